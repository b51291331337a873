import type { AuditedOperation, Store } from '../store.ts';
import * as approvalRows from './approval-rows.ts';
import * as approvals from './approvals.ts';
import * as audit from './audit.ts';
import * as channelEnds from './channel-ends.ts';
import * as conversations from './conversations.ts';
import * as copies from './copies.ts';
import * as credentials from './credentials.ts';
import type { Database } from './database.ts';
import * as fileChanges from './file-changes.ts';
import * as followed from './followed-threads.ts';
import * as help from './help.ts';
import * as helpRows from './help-rows.ts';
import * as history from './history.ts';
import type { JournalWriter } from './journal.ts';
import * as journals from './journal.ts';
import * as keys from './keys.ts';
import * as knowledge from './knowledge.ts';
import * as lockRows from './lock-rows.ts';
import * as locks from './locks.ts';
import * as members from './members.ts';
import * as changes from './message-changes.ts';
import * as marks from './message-marks.ts';
import * as messageTasks from './message-tasks.ts';
import * as messages from './messages.ts';
import * as people from './people.ts';
import * as readStates from './read-states.ts';
import * as retention from './retention.ts';
import * as removalNotice from './retention-notice.ts';
import * as room from './room.ts';
import { listTasksOf } from './task-history.ts';
import * as taskLife from './task-life.ts';
import * as taskRows from './task-rows.ts';
import * as tasks from './tasks.ts';
import * as tokens from './tokens.ts';
import * as told from './told.ts';

/** Operations that change something: run by the writing thread, in a transaction. */
export const writeNames = [
  'saveCursor',
  'upsertPerson',
  'hireAgent',
  'fireAgent',
  'setAgentStates',
  'appendMessage',
  'tellState',
  'createConversation',
  'joinConversation',
  'leaveConversation',
  'inviteToConversation',
  'archiveConversation',
  'deleteConversation',
  'markRead',
  'markUnread',
  'editMessage',
  'deleteMessage',
  'react',
  'pinMessage',
  'followThread',
  'assignTask',
  'stepTask',
  'recordProgress',
  'takeUpTask',
  'moveTask',
  'steerTask',
  'withdrawSteer',
  'takeSteers',
  'requestApproval',
  'withdrawApproval',
  'answerApproval',
  'expireApprovals',
  'setAgentPolicy',
  'requestHelp',
  'answerHelp',
  'resumeTask',
  'escalateHelp',
  'addRecovery',
  'acquireLocks',
  'releaseLocks',
  'requestLock',
  'resolveLockRequest',
  'tendLocks',
  'recordFileChanges',
  'recordPutBack',
  'setModel',
  'remember',
  'forget',
  'noteCopies',
  'addCredential',
  'removeCredential',
  'removeLocalCredentials',
  'removeExpiredCredentials',
  'removeMessages',
  'removeDeleted',
  'trimJournal',
  'saveRemovalNotice',
  'announceRemoval',
  'giveBackRoom',
  'touchCredentials',
  'redeemLink',
  'endSessions',
  'rotateSession',
  'setPersonRole',
  'removePerson',
  'addKey',
  'revokeKey',
  'addToken',
  'revokeToken',
  'audited',
  'appendAudit',
] as const satisfies readonly (keyof Store)[];

/** Operations that only look: run by the reading thread, on a connection that cannot write. */
export const readNames = [
  'head',
  'firstPosition',
  'readJournal',
  'readCursor',
  'listMembers',
  'listModels',
  'listNotes',
  'listAgentStatuses',
  'listConversations',
  'readConversations',
  'readMessages',
  'readMessage',
  'readPinnedMessages',
  'listThreadAgents',
  'listTasksOfMessages',
  'readRevisions',
  'readFollowedThreads',
  'readTask',
  'readAsker',
  'listActiveTasks',
  'listRecentTasks',
  'listTasks',
  'listTasksOf',
  'listApprovals',
  'readApproval',
  'listHelpRequests',
  'readHelpRequest',
  'listRecoveries',
  'listLocks',
  'listLockRequests',
  'readLockRequest',
  'readFileChanges',
  'readFileChange',
  'listCopies',
  'readCopy',
  'findCredential',
  'readSessionEnding',
  'listSessions',
  'listAccounts',
  'readPerson',
  'readKey',
  'listKeys',
  'listTokens',
  'judgeToken',
  'readAudit',
  'measureRoom',
  'readRemovalNotice',
  'countRemovable',
] as const satisfies readonly (keyof Store)[];

/** Operations on the search index: run by a thread of its own. */
export const searchNames = ['searchMessages'] as const satisfies readonly (keyof Store)[];

export type WriteName = (typeof writeNames)[number];
export type ReadName = (typeof readNames)[number];
export type SearchName = (typeof searchNames)[number] | 'indexMessages';
export type OperationName = WriteName | ReadName | SearchName;

/** A store operation as a thread runs it. */
type Run<K extends WriteName | ReadName> = (...args: Parameters<Store[K]>) => Awaited<ReturnType<Store[K]>>;
export type Writes = { readonly [K in WriteName]: Run<K> };
export type Reads = { readonly [K in ReadName]: Run<K> };

export function createWrites(db: Database, journal: JournalWriter): Writes {
  const writes: Writes = {
    saveCursor: (name, position) => journals.saveCursor(db, name, position),
    upsertPerson: (person) => members.upsertPerson(db, journal, person),
    hireAgent: (agent) => members.hireAgent(db, journal, agent),
    fireAgent: (name, reason, at) => tasks.fireAgent(db, journal, name, reason, at),
    setAgentStates: (change) => members.setAgentStates(db, journal, change),
    appendMessage: (message) => messages.appendMessage(db, journal, message),
    tellState: (news) => told.tellState(db, journal, news),
    createConversation: (conversation) => conversations.createConversation(db, journal, conversation),
    joinConversation: (membership) => conversations.joinConversation(db, journal, membership),
    leaveConversation: (membership) => conversations.leaveConversation(db, journal, membership),
    inviteToConversation: (invitation) => conversations.inviteToConversation(db, journal, invitation),
    archiveConversation: (archival) => channelEnds.archiveConversation(db, journal, archival),
    deleteConversation: (deletion) => channelEnds.deleteConversation(db, journal, deletion),
    markRead: (mark) => readStates.markRead(db, journal, mark),
    markUnread: (mark) => readStates.markUnread(db, journal, mark),
    editMessage: (edit) => changes.editMessage(db, journal, edit),
    deleteMessage: (deletion) => changes.deleteMessage(db, journal, deletion),
    react: (reaction) => marks.react(db, journal, reaction),
    pinMessage: (pin) => marks.pinMessage(db, journal, pin),
    followThread: (follow) => marks.followThread(db, journal, follow),
    assignTask: (task) => tasks.assignTask(db, journal, task),
    stepTask: (step) => tasks.stepTask(db, journal, step),
    recordProgress: (progress) => tasks.recordProgress(db, journal, progress),
    takeUpTask: (task, former) => taskLife.takeUpTask(db, journal, task, former),
    moveTask: (move) => taskLife.moveTask(db, journal, move),
    steerTask: (steering) => taskLife.steerTask(db, journal, steering),
    withdrawSteer: (withdrawal) => taskLife.withdrawSteer(db, journal, withdrawal),
    takeSteers: (take) => taskLife.takeSteers(db, journal, take),
    requestApproval: (ask) => approvals.requestApproval(db, journal, ask),
    withdrawApproval: (withdrawal) => approvals.withdrawApproval(db, journal, withdrawal),
    answerApproval: (answer) => approvals.answerApproval(db, journal, answer),
    expireApprovals: (now) => approvals.expireApprovals(db, journal, now),
    setAgentPolicy: (change) => members.setAgentPolicy(db, journal, change),
    requestHelp: (ask) => help.requestHelp(db, journal, ask),
    answerHelp: (given) => help.answerHelp(db, journal, given),
    resumeTask: (resumption) => help.resumeTask(db, journal, resumption),
    escalateHelp: (escalation) => help.escalateHelp(db, journal, escalation),
    addRecovery: (recovery) => help.addRecovery(db, journal, recovery),
    acquireLocks: (ask) => locks.acquireLocks(db, journal, ask),
    releaseLocks: (release) => locks.releaseLocks(db, journal, release),
    requestLock: (ask) => locks.requestLock(db, journal, ask),
    resolveLockRequest: (resolution) => locks.resolveLockRequest(db, journal, resolution),
    tendLocks: (now) => locks.tendLocks(db, journal, now),
    recordFileChanges: (seen) => fileChanges.recordFileChanges(db, journal, seen),
    recordPutBack: (done) => fileChanges.recordPutBack(db, journal, done),
    setModel: (level) => knowledge.setModel(db, level),
    remember: (note) => knowledge.remember(db, note),
    forget: (agent, which) => knowledge.forget(db, agent, which),
    noteCopies: (noted) => copies.noteCopies(db, noted),
    addCredential: (credential) => credentials.addCredential(db, credential),
    removeCredential: (hash) => credentials.removeCredential(db, hash),
    removeMessages: (step) => retention.removeMessages(db, journal, step),
    removeDeleted: (step) => channelEnds.removeDeleted(db, journal, step),
    trimJournal: (step) => retention.trimJournal(db, step),
    saveRemovalNotice: (notice) => removalNotice.saveRemovalNotice(db, notice),
    announceRemoval: (announcement) => removalNotice.announceRemoval(db, journal, announcement),
    giveBackRoom: (bytesMax) => room.giveBackRoom(db, bytesMax),
    removeLocalCredentials: () => credentials.removeLocalCredentials(db),
    removeExpiredCredentials: (moment) => credentials.removeExpiredCredentials(db, moment),
    touchCredentials: (ids, moment, address) => credentials.touchCredentials(db, ids, moment, address),
    redeemLink: (hash, session, replaces) => credentials.redeemLink(db, journal, hash, session, replaces),
    endSessions: (end) => credentials.endSessions(db, end),
    rotateSession: (rotation) => credentials.rotateSession(db, rotation),
    setPersonRole: (change) => people.setPersonRole(db, journal, change),
    removePerson: (removal) => people.removePerson(db, journal, removal),
    addKey: (key) => keys.addKey(db, journal, key),
    revokeKey: (id, at) => keys.revokeKey(db, id, at),
    addToken: (token) => tokens.addToken(db, token),
    revokeToken: (revocation) => tokens.revokeToken(db, revocation),
    audited(note, operation, ...args) {
      // The arguments are those of this very operation.
      const result = (writes[operation] as Run<AuditedOperation>)(...(args as [never, never, never]));
      audit.noteDone(db, note, operation, result);
      return result;
    },
    appendAudit: (note) => audit.appendAudit(db, note),
  };
  return writes;
}

export function createReads(db: Database): Reads {
  return {
    head: () => journals.readHead(db),
    firstPosition: () => journals.readFirstPosition(db),
    readJournal: (after, limit) => journals.readJournal(db, after, limit),
    readCursor: (name) => journals.readCursor(db, name),
    listModels: () => knowledge.listModels(db),
    listNotes: (agent) => knowledge.listNotes(db, agent),
    listMembers: () => members.listMembers(db),
    listAgentStatuses: () => members.listAgentStatuses(db),
    listConversations: () => conversations.listConversations(db),
    readConversations: (viewer) => readStates.readConversations(db, viewer),
    readMessages: (page) => history.readMessages(db, page),
    readMessage: (id) => history.readMessage(db, id),
    readPinnedMessages: (id, viewer) => history.readPinnedMessages(db, id, viewer),
    listThreadAgents: (root) => messageTasks.listThreadAgents(db, root),
    listTasksOfMessages: (ids) => messageTasks.listTasksOfMessages(db, ids),
    readRevisions: (messageId, viewer) => changes.readRevisions(db, messageId, viewer),
    readFollowedThreads: (member) => followed.readFollowedThreads(db, member),
    readTask: (taskId) => taskRows.readTask(db, taskId),
    readAsker: (taskId) => taskRows.readAsker(db, taskId),
    listActiveTasks: () => taskRows.listActiveTasks(db),
    listRecentTasks: (limit, agent) => taskRows.listRecentTasks(db, limit, agent),
    listTasks: (query) => taskRows.listTasks(db, query),
    listTasksOf: (query) => listTasksOf(db, query),
    listCopies: (messageId) => copies.listCopies(db, messageId),
    readCopy: (place) => copies.readCopy(db, place),
    readSessionEnding: (hash, moment) => credentials.readSessionEnding(db, hash, moment),
    findCredential: (hash, moment) => credentials.findCredential(db, hash, moment),
    listAccounts: () => credentials.listAccounts(db),
    listSessions: (userId, moment) => credentials.listSessions(db, userId, moment),
    readPerson: (name) => credentials.readPerson(db, name),
    readKey: (id) => keys.readKey(db, id),
    listKeys: () => keys.listKeys(db),
    listTokens: () => tokens.listTokens(db),
    judgeToken: (token) => tokens.judgeToken(db, token),
    listApprovals: (query) => approvalRows.listApprovals(db, query),
    readApproval: (approvalId) => approvalRows.readApproval(db, approvalId),
    listHelpRequests: (query) => helpRows.listHelpRequests(db, query),
    readHelpRequest: (id) => helpRows.readHelpRequest(db, id),
    listRecoveries: (limit, agent) => helpRows.listRecoveries(db, limit, agent),
    listLocks: (now) => lockRows.listLocks(db, now),
    listLockRequests: () => lockRows.listLockRequests(db),
    readLockRequest: (requestId) => lockRows.readLockRequest(db, requestId),
    readFileChanges: (query) => fileChanges.readFileChanges(db, query),
    readFileChange: (changeId) => fileChanges.readFileChange(db, changeId),
    readAudit: (query) => audit.readAudit(db, query),
    readRemovalNotice: () => removalNotice.readRemovalNotice(db),
    countRemovable: (rules) => removalNotice.countRemovable(db, rules),
    measureRoom: () => room.measureRoom(db),
  };
}
