import { ChatError, type LockTarget, limits } from '../protocol/index.ts';

/**
 * Refuses a path that costs too much to compare with others, before anything is done with it. Without its
 * kind, it is what somebody wrote. Errors: bad_frame.
 */
export function demandComparable(path: string, kind?: LockTarget['kind']): void {
  const names = path.split('/');
  const shown = path.length > shownCharsMax ? `${path.slice(0, shownCharsMax)}…` : path;
  const refuse = (what: string) => {
    throw new ChatError('bad_frame', `"${shown}" ${what}. Lock a folder above it instead.`);
  };
  if (names.length > limits.lockPathSegmentsMax) {
    refuse(`has ${names.length} parts; a path has at most ${limits.lockPathSegmentsMax}`);
  }
  if (names.some((name) => name.length > limits.lockNameCharsMax)) {
    refuse(`has a name of more than ${limits.lockNameCharsMax} characters`);
  }
  if (kind === 'glob' && path.length > limits.lockGlobCharsMax) {
    refuse(`is a glob of more than ${limits.lockGlobCharsMax} characters`);
  }
}

const shownCharsMax = 60;
