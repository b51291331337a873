/** Of what the server asks workers and people. */
export const askingLimits = {
  /** How long a worker has to answer a question of the server. */
  workerAnswerMs: 8_000,
  providerKeyTimeoutMs: 8_000,
  /** Files, folders and globs whose files a worker counts at once. */
  countedPlacesMax: 100,
  /** A person is asked before an agent holds more of the project, or names more files one by one. */
  lockUnaskedPercentMax: 25,
  lockNamedFilesUnaskedMax: 10,
  /** How long a call waits for that person. The same call takes the lock later. */
  lockAnswerWaitMs: 20_000,
} as const;
