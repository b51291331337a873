/** Mentions while they are typed: the page completes them as the terminal does. */
export { completeMention, matchNames, mentionFirst, mentionQueryAt } from '../../../src/protocol/index.ts';
