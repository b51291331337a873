/** How a command ended, for scripts. */
export const exitCodes = {
  done: 0,
  /** It failed, was refused by the server, or found a problem. */
  failed: 1,
  /** It cannot be done as it was asked: a wrong argument, flag or setting. */
  wrongUse: 2,
  /** Ended by Ctrl-C, as shells count it: 128 and the signal. */
  interrupted: 130,
  terminated: 143,
} as const;
