import type { ChatClient } from '../client/index.ts';

/** The connection to the chat, as much of it as a worker uses. */
export type TeamConnection = Pick<ChatClient, 'on' | 'onState' | 'request' | 'state'>;
