/** Of the sandboxes in which agents and their commands run. */
export const sandboxLimits = {
  /** Commands of one task at once, in its sandbox; and how long it has to say which still run at its end. */
  commandsAtOnceMax: 50,
  commandsEndMs: 5_000,
  /** A sandbox for commands that does not take a command for so long is ended. */
  commandStartMs: 15_000,
  /** Sessions of one agent program with a sandbox for commands. */
  commandSandboxesMax: 200,
  /** Commands that still ran at the end of a task, as far as they are told. */
  leftCommandsMax: 100,
  leftCommandCharsMax: 200,
  /** What a sandbox for commands answers in one line. */
  sandboxAnswerCharsMax: 200_000,
  /** In memory, for each sandbox: its `/tmp`, its home folder and its shared memory. */
  sandboxMemoryFolderBytesMax: 1024 * 1024 * 1024,
  /** Processes and threads in one sandbox. */
  sandboxProcessesMax: 4_096,
  /** Connections of one sandbox to the network at once. */
  sandboxConnectionsMax: 512,
  /** What a program says when it asks for a place for a command. */
  slotQuestionBytesMax: 8_192,
} as const;
