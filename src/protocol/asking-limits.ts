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
  /** Of a project's own configuration. More files or bytes are not trusted by their content. */
  configFilesMax: 5_000,
  configBytesMax: 32 * 1024 * 1024,
  /** What people are shown of it. */
  configNamesMax: 20,
  configNameCharsMax: 300,
  /** Hosts that people always allowed, the newest, and those of the setting, as they are listed. */
  allowedHostsShownMax: 200,
  /** Contents that are trusted; of more, the oldest go. */
  trustedConfigsMax: 100,
  /** Between two looks at whether it changed. */
  configLookMs: 5_000,
} as const;
