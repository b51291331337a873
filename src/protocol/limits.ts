import { askingLimits } from './asking-limits.ts';
import { sandboxLimits } from './sandbox-limits.ts';

/**
 * Every limit that a peer can run into, in one place, its unit last in its name. Over a limit comes an error
 * with a code (`errors.ts`) or a close code (`close-codes.ts`), never a silent cut.
 */
export const limits = {
  /** One WebSocket frame from a client. */
  frameBytesMax: 64 * 1024,
  /** All frames of a socket before it is signed in. */
  preAuthBytesMax: 16 * 1024,
  preAuthFramesMax: 4,
  /** From connect to sign-in. Traffic does not extend it. */
  authTimeoutMs: 10_000,
  /** Commands of one socket that may wait for their answer; further frames are read when one is done. */
  inFlightCommandsMax: 64,

  /** A chat message's text. */
  textCharsMax: 16_384,
  /** A task's text, and a single field such as a reason. */
  taskCharsMax: 16_384,
  reasonCharsMax: 2_000,
  clientMessageIdCharsMax: 128,
  /** How long sending again with the same `client_message_id` is the same message. */
  clientMessageIdTtlMs: 24 * 60 * 60 * 1000,
  /** Mentions that are read in one message. */
  mentionsMax: 50,
  emojiCharsMax: 32,
  /** Different emojis on one message, and those of one member: others can still react. */
  reactionsPerMessageMax: 20,
  reactionsPerMemberAndMessageMax: 10,
  /** Kept of a message's former texts; of more, the oldest go. */
  revisionsPerMessageMax: 50,
  /** Shown of those who replied in a thread. */
  threadParticipantsMax: 50,
  /** Listed of the threads that a member follows, those with the newest replies. */
  followedThreadsMax: 50,

  /** Channels that are not archived: of one member, who made them, and of all. */
  channelsPerMemberMax: 50,
  channelsMax: 1_000,
  archivedChannelsPerMemberMax: 500,
  /** Direct conversations that one member opened first, and those of all. */
  directsPerMemberMax: 500,
  directsMax: 10_000,
  conversationMembersMax: 200,
  conversationTitleCharsMax: 80,
  pinsPerConversationMax: 100,
  /** Answers outside of threads are followed for so many steps to the message that they belong to. */
  answersFollowedMax: 10,
  /** Unread messages are counted up to here. */
  unreadCountMax: 1_000,

  userIdCharsMax: 64,
  roleCharsMax: 64,
  agentsMax: 200,
  /** Jobs that are known, and what one says. */
  agentRolesMax: 500,
  expertiseMax: 30,
  expertiseCharsMax: 60,
  instructionsCharsMax: 16_000,
  /** What an agent is told to remember: subjects, and notes on one; of more, the oldest go. */
  memoryTopicsMax: 50,
  notesPerTopicMax: 20,
  topicCharsMax: 80,
  noteCharsMax: 1_000,

  historyPageDefault: 50,
  historyPageMax: 200,
  /** A page of a list that has a limit of its own, such as keys or locks. */
  listPageMax: 1_000,
  listCursorCharsMax: 2_000,
  /** In which so many tasks of a chain as the setting says may begin. */
  chainRateWindowMs: 60_000,
  tasksPageDefault: 20,
  tasksPageMax: 100,
  /** Of a task's description, and of why it ended, where tasks are listed. */
  taskSummaryCharsMax: 300,
  /** A search's text, and one value of its filters. */
  searchQueryCharsMax: 500,
  searchValueCharsMax: 100,
  /** Of one filter. */
  searchValuesMax: 20,
  /** Words and phrases of a search; and how many of them may go on (`deplo*`). */
  searchTermsMax: 12,
  searchPrefixesMax: 4,
  searchPageDefault: 20,
  searchPageMax: 100,
  /** By relevance, so many of the newest matches are compared. */
  searchRankedMax: 500,
  searchSnippetCharsMax: 240,
  /** A search computes no longer, and takes no longer in all; its cursor goes on from there. */
  searchWorkMs: 50,
  searchTimeMs: 1_000,
  /** Messages that a search itself brings into the index, when it is behind. */
  searchCatchUpMessagesMax: 5_000,
  /** Searches that wait for their turn. */
  searchesWaitingMax: 64,
  /** The same of one member. */
  searchesPerMemberMax: 8,
  /** Tasks that come with a page of messages. */
  messageTasksMax: 1_000,
  /** Messages that an agent is told about before a turn. */
  contextMessagesMax: 10,

  /** Tasks that may wait for one agent; those of one asker: others can still ask that agent. */
  queuedTasksPerAgentMax: 20,
  queuedTasksPerAskerAndAgentMax: 10,
  /** Tasks of one asker that may wait for all agents together. */
  queuedTasksPerAskerMax: 100,
  /** What one task may be told while it is under way. */
  steersPerTaskMax: 20,
  steerCharsMax: 4_000,
  /** Hired, and given, by one request; and its body. */
  agentsPerBatchMax: 100,
  tasksPerBatchMax: 50,
  batchBodyBytesMax: 1024 * 1024,
  /** Kept of a task's live trace. */
  planEntriesMax: 50,
  planEntryCharsMax: 500,
  toolCallsMax: 200,
  toolCallIdCharsMax: 200,
  toolTitleCharsMax: 300,
  toolPathsMax: 20,
  /** An agent's answer, cut with a visible note. */
  outputCharsMax: 12_000,
  /** Of an answer while it is put together: its messages, and the text of each. */
  answerMessagesMax: 200,
  answerCharsMax: 200_000,
  /** Calls and messages of a turn that are known again when they come late. */
  turnIdsMax: 5_000,
  /** Why a task waits for its model. */
  modelWaitReasonCharsMax: 300,

  /** A message of an agent program; a longer one costs the task that it belongs to. */
  programFrameBytesMax: 32 * 1024 * 1024,
  /** Kept of a longer message, to know what it belongs to; of each text in it; and of what is no message. */
  programFrameKeptBytesMax: 256 * 1024,
  programFrameTextBytesMax: 1_024,
  programNoiseBytesMax: 8 * 1024,
  /** What an agent program wrote last to standard error, in which the cause of its end is looked for. */
  programErrorCharsMax: 16_000,
  /** Ten at once on a small machine take most of a minute to start, and to open a session each. */
  programStartMs: 90_000,
  programSessionMs: 90_000,
  /** From a request to stop until an agent program is ended, and from SIGTERM to SIGKILL. */
  programCancelGraceMs: 5_000,
  programKillGraceMs: 5_000,
  ...sandboxLimits,
  programSessionIdCharsMax: 500,
  programNameCharsMax: 200,
  sessionFolderCharsMax: 4_096,
  /** A host that a person allowed once may be reached for so long: one command often connects again. */
  networkOnceMs: 60_000,
  /** A DNS name of 253 characters, and a port. */
  hostCharsMax: 260,
  /** Hosts that people always allow in one project. */
  allowedHostsMax: 10_000,
  /** How long a call that asks to read is waited for to say what it reads. */
  callDescriptionMs: 2_000,
  /** Messages of a model that are cut at its length limit, one after the other, before the turn is ended. */
  cutMessagesMax: 3,
  /** How often a turn goes on in a new process of its program, when it was not the cause of the end. */
  programResumesMax: 3,
  /** Sessions that an agent keeps in its program, one for each audience; of more, the longest unused go. */
  sessionsPerAgentMax: 20,
  /** Calls of the team's tools that one task has under way, and how long each may take. */
  relayCallsAtOnceMax: 32,
  relayCallMs: 60_000,
  changedFilesMax: 100,
  diffCharsMax: 20_000,
  /** All diffs of one task together. */
  taskDiffCharsMax: 36_000,

  /** What an agent asks to be allowed; a longer command is refused: nobody would read it. */
  approvalInputCharsMax: 8_000,
  /** The same with every invisible character written out. */
  approvalExactCharsMax: 16_000,
  approvalDiffCharsMax: 12_000,
  approvalSentenceCharsMax: 1_000,
  /** Options that an agent program offers with one question; their ids and names. */
  approvalOptionsMax: 20,
  approvalOptionIdCharsMax: 200,
  approvalOptionNameCharsMax: 200,
  /** An agent is refused what the chat could not be asked for so long. */
  approvalUnaskedMs: 10 * 60 * 1000,
  /** 7 days: what can be set for people to answer in. */
  approvalMinutesMax: 7 * 24 * 60,
  /** Of one task, that wait for an answer at once. */
  approvalsPerTaskMax: 20,
  /** The same of all tasks of one agent, and of all that one asker gave. */
  approvalsPerAgentMax: 40,
  approvalsPerAskerMax: 100,
  approvalsPageMax: 100,
  approversNamedMax: 20,
  /** Answered ones that are kept; of more, the oldest go. */
  approvalsKeptMax: 5_000,

  /** What one request for help says; the shortest and the longest time without progress, in minutes. */
  helpIssueCharsMax: 2_000,
  stuckMinutesMin: 0.01,
  stuckMinutesMax: 24 * 60,
  /** The same call of a tool, in a row, before an agent counts as stuck: failed, or with nothing new. */
  identicalFailuresMax: 5,
  repeatedCallsMax: 20,
  /** Different calls that are remembered of a task; of more, the oldest go. */
  rememberedCallsMax: 1_000,
  /** Asked by one task; then it is given up. */
  helpRequestsPerTaskMax: 5,
  /** Who is asked to help at once, whatever is set. */
  helpersMax: 10,
  helpAnswersMax: 20,
  helpPageMax: 100,
  /** Ended ones that are kept; of more, the oldest go. */
  helpRequestsKeptMax: 2_000,
  /** How long an agent that ended its turn to be helped waits in its task. */
  helpWaitMs: 24 * 60 * 60 * 1000,
  /** How long a worker may take to stop a task or to restart a session, before it is restarted itself. */
  recoveryAnswerMs: 30 * 1000,
  workerRestartsPerHourMax: 3,
  /** Kept of what was done about agents that did not get on; of more, the oldest go. */
  recoveriesMax: 2_000,
  recoveriesPageMax: 100,
  /** Measurements of the server's process that are kept in memory: a day. */
  sampleIntervalMs: 60 * 1000,
  samplesMax: 24 * 60,
  /** Of more, those that were resolved or seen longest ago go. */
  alertsMax: 500,
  /** Of one agent, as `/monitoring/agents/NAME` shows them. */
  recoveriesPerAgentShown: 5,

  /** From the project root. */
  lockPathCharsMax: 1_000,
  /** Folders and the name of a path, and the characters of each. */
  lockPathSegmentsMax: 64,
  lockNameCharsMax: 255,
  /** A glob is compared with every lock below its first folders. */
  lockGlobCharsMax: 200,
  lockReasonCharsMax: 500,
  filesPerLockMax: 100,
  /** Held by one member; also those that one member asked for, for itself and for agents. */
  locksPerMemberMax: 200,
  globLocksPerMemberMax: 20,
  /** Of everybody: each lock is compared with all globs. */
  globLocksMax: 200,
  /** Of everybody. */
  locksMax: 10_000,
  /** Requests that wait: of one requester, or asked for by one member; and of everybody. */
  lockRequestsPerMemberMax: 100,
  lockRequestsMax: 2_000,
  /** A lock that is held for no task ends by itself after this. */
  lockTermMs: 60 * 60 * 1000,
  /** The same for a task's, put off while the task is at work. Nothing outlives its holder by more. */
  taskLockTermMs: 10 * 60 * 1000,
  lockTendIntervalMs: 15_000,
  /** How long an agent that has nothing else to do waits in line for a file. */
  lockWaitMs: 10 * 60 * 1000,
  /** Turns of one task in which it goes on with what it was handed over. */
  handedOverTurnsMax: 10,

  /** Changes of files that one report tells; of more, those of held files first. */
  fileChangesPerReportMax: 100,
  /** Changes that are told after one look; of more, only how many, in the worker's log. */
  fileChangesPerLookMax: 1_000,
  /** Diffs of one report together: what it tells of held files. */
  reportedDiffCharsMax: 20_000,
  /** Tools at work when a file changed, of which it cannot be told which one did it. */
  changeSuspectsMax: 20,
  /** Changes that are remembered; of more, the oldest go. */
  fileChangesMax: 20_000,
  /** Of them, those that are looked through for a folder or a glob. */
  fileChangesWalkedMax: 5_000,
  fileChangesPageDefault: 20,
  fileChangesPageMax: 200,
  /** A held file of up to so much is kept beside the project, so that it can be put back. */
  keptFileBytesMax: 16 * 1024 * 1024,
  /** All held files, and all that was changed past a lock; of more, the oldest go. */
  keptBytesMax: 256 * 1024 * 1024,
  keptFilesMax: 2_000,
  /** How long what was changed past a lock can be put back. */
  keptTermMs: 7 * 24 * 60 * 60 * 1000,
  /** How long putting back waits for the worker. */
  putBackTimeoutMs: 10_000,

  /** People that a newcomer is told of one by one; get_members tells all. */
  presentPeopleToldMax: 200,

  /** Unsent bytes at which a socket is closed as too slow (close code `tooSlow`). */
  socketQueueBytesMax: 4 * 1024 * 1024,
  pingIntervalMs: 30_000,
  pongTimeoutMs: 10_000,

  /** A worker that is gone this long has its running tasks declared interrupted. */
  workerGraceMs: 5_000,
  /** A person's devices. Of more, the session that was not used for longest ends. */
  sessionsPerPersonMax: 50,
  /** The longest time without use after which a session can be set to end (a year). */
  sessionIdleMsMax: 365 * 24 * 60 * 60 * 1000,
  /** A browser keeps its cookie longer than any session lasts, so that it can be told why one ended. */
  sessionCookieTtlMs: 400 * 24 * 60 * 60 * 1000,
  /** The use of a session is noted, and its cookie renewed, at most so often. */
  sessionUseNotedMs: 60 * 60 * 1000,
  /** How long, and of how many, it is known why a session ended. */
  endedSessionsKeptMs: 90 * 24 * 60 * 60 * 1000,
  endedSessionsMax: 10_000,
  /** A session's former secret counts this long after it got a new one. */
  sessionRotationGraceMs: 60 * 1000,
  deviceCharsMax: 100,
  /** A token or API key. */
  tokenCharsMax: 4_096,
  apiKeysMax: 200,
  /** Tokens that are known by their id until they expire; for what lasts, make keys. */
  signedTokensMax: 1_000,
  tokenIdCharsMax: 200,
  /** A signed token is believed this long after it was signed, whatever it says itself. */
  tokenAgeMaxMs: 30 * 24 * 60 * 60 * 1000,
  /** What the clocks of the signer of a token and of the server may differ. */
  clockSkewMs: 30 * 1000,
  /** A sign-in link's one-time code. */
  linkCodeTtlMs: 60 * 60 * 1000,
  /** Sign-ins that are refused before whoever comes next is told to wait, and for how long they count. */
  refusedSignInsPerAddressMax: 5,
  refusedSignInsPerAccountMax: 5,
  /** Of an IPv6 network (/48), whose owner has 65,536 times what counts as one address (/64). */
  refusedSignInsPerNetworkMax: 50,
  refusedSignInsWindowMs: 15 * 60 * 1000,
  /** A session that comes in again from the same address is noted in the audit log once in this time. */
  signInNotedAgainMs: 24 * 60 * 60 * 1000,
  /** Sockets that have not signed in; of more, the one that waited longest is ended. */
  unsignedSocketsMax: 5_000,
  unsignedSocketsPerAddressMax: 1_500,

  /** What a member may do within a burst, on all devices together. Over `framesPerMemberBurst`: closed. */
  burstWindowMs: 10_000,
  framesPerMemberBurst: 2_000,
  messagesPerMemberBurst: 500,
  /** Reading history, members, tasks, former texts. */
  readsPerMemberBurst: 600,
  /** And messages over a longer time. */
  sustainedWindowMs: 10 * 60 * 1000,
  messagesPerMemberSustained: 3_000,
  /** A worker, which speaks for all its agents, may do all of that so many times as often. */
  workerRateFactor: 20,
  /** HTTP requests of a member, and of an address, files of the page included. */
  requestWindowMs: 60_000,
  requestsPerMember: 3_000,
  requestsPerAddress: 20_000,
  /** Keys that each count remembers at once: addresses, accounts, members. */
  countedKeysMax: 20_000,

  /** A line of the audit log, and how many are read at once. */
  auditFieldCharsMax: 200,
  auditPageDefault: 50,
  auditPageMax: 500,
  /** Refusals of one kind within this time are one line with their number; so many kinds are told apart. */
  auditWindowMs: 10 * 60 * 1000,
  auditRefusedKindsPerWindowMax: 100,
  /** Lines that are kept, of what was done and of what was refused; of more, the oldest go. */
  auditDoneMax: 200_000,
  auditRefusedMax: 20_000,
  /** Addresses in X-Forwarded-For that are looked at. */
  proxyHopsMax: 10,

  /** From connect, or from the request before, until the head of an HTTP request is there; and all of it. */
  requestHeadersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  /** An HTTP request's body. */
  bodyBytesMax: 128 * 1024,
  /** A replay's page from the journal. */
  journalPageMax: 1_000,
  /** What is looked at together for another chat, and how far behind it may be before it goes on with now. */
  relayPageMax: 200,
  relayBehindEventsMax: 5_000,

  /** Events that the journal keeps. Whoever was away for more loads anew. */
  journalEventsMax: 100_000,
  /** A subscriber that is further behind than this holds back no event and no message. */
  journalEventsForCursorsMax: 1_000_000,
  /** What one step of retention looks at, and what it removes (messages; events). */
  retentionStepRowsMax: 200,
  /** Messages beyond a limit that are counted before the room is told of it; of more, "more than" so many. */
  removalCountMax: 100_000,
  /** How long before the first removal the room can be told, in hours (30 days). */
  removalNoticeHoursMax: 30 * 24,
  /** What one step of giving room back to the disk moves, and how long one request goes on with steps. */
  roomStepBytesMax: 1024 * 1024,
  roomTimeMs: 2_000,
  /** Backups that the running server made itself; of more, the oldest go. */
  backupsKept: 10,
  /** An API key of a model provider. */
  providerKeyCharsMax: 8_192,
  /** A file that holds one secret, such as that of `OPENCODE_SECRET_KEY_FILE`. */
  secretFileBytesMax: 8 * 1024,
  /** The server looks so often whether its database is still where it opened it. */
  databaseCheckMs: 1_000,
  /** An examination of the server is answered again for so long. */
  healthAgeMs: 5_000,
  ...askingLimits,
} as const;
