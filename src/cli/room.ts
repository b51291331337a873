import type { ChatClient } from '../client/index.ts';
import { ChatError } from '../protocol/index.ts';
import { listedApproval } from './approval-lines.ts';
import { nameOf } from './conversation-names.ts';
import { type Conversations, createConversations, everythingRead, isOwn } from './conversations.ts';
import { createGate } from './gate.ts';
import { createLiveTasks } from './live-tasks.ts';
import { loadConversation } from './load-conversation.ts';
import { margin, type View } from './message-lines.ts';
import { createMessageMemory, type MessageMemory } from './message-memory.ts';
import { createReadMarker } from './read-marker.ts';
import { unreadLines } from './render.ts';
import { cleanLine, sentence } from './sanitise.ts';
import type { Screen } from './screen.ts';
import type { Style } from './style.ts';
import { openTeamView } from './team-view.ts';
import { wrap } from './text.ts';
import { createTranscript } from './transcript.ts';
import { watchApprovals } from './watch-approvals.ts';
import { watchConversations } from './watch-conversations.ts';
import { watchFiles } from './watch-files.ts';
import { watchLink } from './watch-link.ts';

/** The chat at a terminal: one conversation at a time, what is said elsewhere, what the agents do. */
export interface Room {
  /** Resolves when the chat was shown for the first time, or could not be. */
  readonly shown: Promise<void>;
  readonly conversations: Conversations;
  readonly memory: MessageMemory;
  /** Who looks, and at which conversation: what is typed goes there. */
  readonly here: { readonly self: string; readonly current: string };
  view(): View;
  agentNames(): string[];
  memberNames(): string[];
  /** As they are typed: `#backend`, `@ruth`. */
  conversationNames(): string[];
  /** The numbers of what agents ask to be allowed. */
  approvalIds(): string[];
  /** What waits for an answer in the current conversation, as lines. */
  waitingApprovals(): string[];
  nameOf(conversation_id: string): string;
  /** Shows a conversation: its newest messages, and where the new ones begin. They count as read then. */
  goTo(id: string): Promise<void>;
  /** The newest messages once more. */
  showHistory(count: number): Promise<void>;
  /** The whole diff of the newest message that had one. */
  lastDiff(): string[];
  /** Resolves when the server knows what was read, or cannot. */
  marked(): Promise<void>;
  /** A line of our own among what is said. */
  aside(text: string): void;
  close(): void;
}

const historyAtStart = 20;
const missedMax = 200;
const main = 'main';

export interface RoomOptions {
  readonly client: ChatClient;
  readonly screen: Screen;
  readonly style: Style;
  /** Live lines are written at most this often. */
  readonly liveIntervalMs: number;
  /** Whether a live line tells where something is unread; else it is told once, at the start. */
  readonly unreadIsLive: boolean;
}

/** Shows the chat, and after each reconnect what was missed. The client is signed in. */
export function openRoom({ client, screen, style, liveIntervalMs, unreadIsLive }: RoomOptions): Room {
  const here = { self: '', current: main };
  const live = createLiveTasks();
  const gate = createGate();
  const memory = createMessageMemory();
  const conversations = createConversations();
  const view = (): View => ({ style, self: here.self, columns: screen.columns() });
  const transcript = createTranscript({ screen, style, memory, view });
  let wasLoaded = false;
  /** Went to a conversation offline, whose messages are still to be loaded. */
  let isBehind = false;
  let liveTimer: NodeJS.Timeout | undefined;
  let loading = Promise.resolve();

  const note = (format: Parameters<Style['paint']>[0], text: string) => {
    const lines = wrap(text, screen.columns() - margin.length - 1);
    screen.print(lines.map((line) => style.paint(format, margin + line)));
  };
  const aside = (text: string) => note('dim', text);
  const warn = (text: string) => note('yellow', `! ${text}`);
  /** A lost connection is told of by its state. */
  const failed = (error: unknown) => {
    if (!(error instanceof ChatError && error.code === 'unavailable')) warn(sentence(error));
  };
  const marker = createReadMarker(client, (state) => conversations.settled(state), failed);

  function drawLiveSoon(): void {
    liveTimer ??= setTimeout(() => {
      liveTimer = undefined;
      const unread = unreadIsLive ? unreadElsewhere() : [];
      screen.setLive([...live.lines(screen.columns(), style), ...unread]);
    }, liveIntervalMs);
  }

  function unreadElsewhere(): string[] {
    const elsewhere = conversations.all().filter(({ conversation_id }) => conversation_id !== here.current);
    return unreadLines(elsewhere, view());
  }

  function setCurrent(id: string): void {
    here.current = id;
    screen.setPrompt(`${titleOf(id)}> `);
    drawLiveSoon();
  }

  function titleOf(id: string): string {
    const conversation = conversations.find(id);
    return conversation === undefined ? `#${id}` : nameOf(conversation, here.self);
  }

  /** The newest messages of the current conversation, or those that were missed in it. */
  async function showCurrent(): Promise<void> {
    const id = here.current;
    const { last_read_id, unread_count } = conversations.find(id) ?? nothingKnown;
    const before = transcript.newestId();
    const atLeast = before === 0 ? historyAtStart : missedMax;
    const page = await loadConversation(client, { conversation_id: id, unread_count }, atLeast);
    // The person went on meanwhile.
    if (id !== here.current) return;
    isBehind = false;
    const missing = page.messages.filter((message) => message.id > before);
    const isCut = missing.length === page.messages.length && (before > 0 || unread_count > missing.length);
    if (isCut && page.has_more) warn('More was said than is shown here. The page in the browser has it all.');
    transcript.page(missing, (message) => message.id > last_read_id && !isOwn(message, here.self));
    const newest = transcript.newestId();
    if (newest > 0 && newest !== last_read_id) marker.mark(id, newest);
  }

  async function countAnew(): Promise<void> {
    const [{ conversations: views }, { threads }] = await Promise.all([
      client.request('get_conversations', {}),
      client.request('get_followed_threads', {}),
    ]);
    conversations.load({ views, followed: threads.map(({ message }) => message.id), self: here.self });
    drawLiveSoon();
  }

  async function load(): Promise<void> {
    gate.shut();
    link.release();
    try {
      const [members, tasks] = await Promise.all([
        client.request('get_members', {}),
        client.request('get_active_tasks', {}),
        client.request('subscribe_agent', { agent_name: '*' }),
        countAnew(),
        approvals.load(),
      ]);
      team.load(members);
      live.load(Object.values(tasks));
      if (conversations.find(here.current)?.joined !== true) setCurrent(main);
      await showCurrent();
      if (!wasLoaded) introduce();
      wasLoaded = true;
      drawLiveSoon();
    } catch (error) {
      // The next connection loads again.
      failed(error);
      throw error;
    } finally {
      gate.open();
    }
  }

  function introduce(): void {
    for (const line of team.introduction(here.self)) aside(line);
    if (!unreadIsLive) screen.print(unreadElsewhere());
    const name = cleanLine(here.self);
    aside(`You are ${name}. Say something, e.g. @NAME and what to do. /help lists the commands.`);
  }

  async function goTo(id: string): Promise<void> {
    setCurrent(id);
    transcript.begin(titleOf(id));
    isBehind = client.state.kind !== 'online';
    if (isBehind) return;
    gate.shut();
    try {
      await showCurrent();
      if (transcript.newestId() === 0) aside('Nothing was said here yet.');
    } finally {
      gate.open();
    }
  }

  const team = openTeamView({ client, gate, live, liveChanged: drawLiveSoon, aside });
  const approvals = watchApprovals(client, gate, aside);
  const link = watchLink({
    client,
    gate,
    aside,
    warn,
    signedIn: ({ user_id }) => {
      here.self = user_id;
    },
    recovered() {
      client.request('get_members', {}).then(({ connected }) => team.loadPresent(connected), failed);
      if (isBehind) goTo(here.current).catch(failed);
    },
  });
  const stops = [
    team.close,
    approvals.stop,
    link.stop,
    watchConversations({
      client,
      gate,
      conversations,
      memory,
      transcript,
      here,
      aside,
      markRead: marker.mark,
      countsChanged: drawLiveSoon,
      countAnew: () => void countAnew().catch(failed),
      lostCurrent: () => void goTo(main).catch(failed),
    }),
    watchFiles({ client, gate, self: () => here.self, aside }),
    client.on('notice', ({ message }) => gate.pass(() => warn(cleanLine(message)))),
    client.onReload(() => {
      loading = load();
      return loading;
    }),
  ];

  return {
    shown: loading.catch(() => undefined),
    conversations,
    memory,
    here,
    view,
    agentNames: team.agentNames,
    memberNames: team.memberNames,
    conversationNames: () => conversations.all().map((each) => nameOf(each, here.self)),
    approvalIds: approvals.ids,
    waitingApprovals: () =>
      approvals.pending(here.current).flatMap((approval) => listedApproval(approval, view())),
    nameOf: titleOf,
    goTo,
    async showHistory(limit) {
      const conversation_id = here.current;
      const page = await client.request('get_chat_history', { conversation_id, limit, replies: true });
      transcript.page(page.messages);
    },
    lastDiff: transcript.lastDiff,
    marked: marker.told,
    aside,
    close() {
      clearTimeout(liveTimer);
      for (const stop of stops) stop();
    },
  };
}

const nothingKnown = { last_read_id: everythingRead, unread_count: 0 };
