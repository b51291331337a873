import type { ChatClient, ConnectionState } from '../client/index.ts';
import { type AgentStatus, type ChangedFile, ChatError, type ChatMessage } from '../protocol/index.ts';
import { createLiveTasks } from './live-tasks.ts';
import { changeLines, day, messageLines, statusWords } from './render.ts';
import { cleanLine } from './sanitise.ts';
import type { Screen } from './screen.ts';
import type { Style } from './style.ts';

/** The room `main` at a terminal: what was said, what is said, and what the agents do. */
export interface Room {
  /** Resolves when the room was shown for the first time, or could not be. */
  readonly shown: Promise<void>;
  agentNames(): string[];
  memberNames(): string[];
  /** The newest messages once more. */
  showHistory(count: number): Promise<void>;
  /** The whole diff of the newest message that had one. */
  lastDiff(): string[];
  close(): void;
}

const historyAtStart = 20;
const missedMax = 200;

export interface RoomOptions {
  readonly client: ChatClient;
  readonly screen: Screen;
  readonly style: Style;
  /** Live lines are written at most this often. */
  readonly liveIntervalMs: number;
}

/** Shows the room, and after each reconnect what was missed. The client is signed in. */
export function openRoom({ client, screen, style, liveIntervalMs }: RoomOptions): Room {
  const live = createLiveTasks();
  const statuses = new Map<string, AgentStatus>();
  const members = new Set<string>();
  const present = new Set<string>();
  /** What happens while the room is being loaded, or comes when the link was lost, is shown after that. */
  let waiting: (() => void)[] | undefined;
  let lastMessageId = 0;
  let lastDay = '';
  let lastChanges: readonly ChangedFile[] = [];
  let worker: string | null | undefined;
  let self: string | undefined;
  let wasLost = false;
  let liveTimer: NodeJS.Timeout | undefined;
  let loading = Promise.resolve();

  const aside = (text: string) => screen.print([style.paint('dim', `      ${text}`)]);
  const warn = (text: string) => screen.print([style.paint('yellow', `      ! ${text}`)]);

  function showMessage(message: ChatMessage, withDiff: boolean): void {
    lastMessageId = Math.max(lastMessageId, message.id);
    const lines: string[] = [];
    if (day(message.timestamp) !== lastDay) {
      lastDay = day(message.timestamp);
      lines.push(style.paint('dim', `── ${lastDay} ──`));
    }
    lines.push(...messageLines(message, { style, self, columns: screen.columns() }));
    const { changes } = message.metadata;
    if (changes !== undefined && changes.length > 0) {
      lastChanges = changes;
      if (withDiff) lines.push(...changeLines(changes, style));
    }
    screen.print(lines);
  }

  function drawLiveSoon(): void {
    liveTimer ??= setTimeout(() => {
      liveTimer = undefined;
      screen.setLive(live.lines(screen.columns(), style));
    }, liveIntervalMs);
  }

  function whenLoaded(show: () => void): void {
    if (waiting === undefined) show();
    else waiting.push(show);
  }

  async function load(): Promise<void> {
    waiting ??= [];
    const first = lastMessageId === 0;
    try {
      const limit = first ? historyAtStart : missedMax;
      const [team, history, tasks] = await Promise.all([
        client.request('get_members', {}),
        client.request('get_chat_history', { limit }),
        client.request('get_active_tasks', {}),
        client.request('subscribe_agent', { agent_name: '*' }),
      ]);
      replace(
        members,
        team.members.map(({ name }) => name),
      );
      replace(present, team.connected);
      statuses.clear();
      for (const [name, status] of Object.entries(team.agents)) statuses.set(name, status);
      live.load(Object.values(tasks));
      const missed = history.messages.filter(({ id }) => id > lastMessageId);
      if (!first && history.has_more && missed.length === history.messages.length) {
        warn('More was said than is shown here. The page in the browser has it all.');
      }
      for (const message of missed) showMessage(message, false);
      if (first) introduce();
      drawLiveSoon();
    } catch (error) {
      // A lost connection is told of by its state; the next one loads again.
      if (!(error instanceof ChatError && error.code === 'unavailable')) warn(sentence(error));
      throw error;
    } finally {
      showHeld();
    }
  }

  function showHeld(): void {
    const held = waiting ?? [];
    waiting = undefined;
    for (const show of held) show();
  }

  /** Those who came and went while this terminal was offline are told by no event. */
  async function refreshPresent(): Promise<void> {
    try {
      replace(present, (await client.request('get_members', {})).connected);
    } catch (error) {
      if (!(error instanceof ChatError && error.code === 'unavailable')) warn(sentence(error));
    }
  }

  function introduce(): void {
    const agents = [...statuses.values()].map((s) => `${cleanLine(s.agent_name)} ${statusWords(s)}`);
    const people = [...present].filter((name) => name !== self).map(cleanLine);
    aside(agents.length > 0 ? `Agents: ${agents.join(', ')}.` : 'No agents yet: /hire NAME ROLE');
    if (people.length > 0) aside(`Here: ${people.join(', ')}.`);
    aside(
      `You are ${self ?? 'unknown'}. Say something, e.g. @NAME and what to do. /help lists the commands.`,
    );
  }

  function connectionChanged(state: ConnectionState): void {
    if (state.kind === 'online') {
      self = cleanLine(state.self.user_id);
      if (wasLost) aside(state.recovered ? 'Connected again. Nothing was missed.' : 'Connected again.');
      wasLost = false;
      if (!state.recovered) return;
      showHeld();
      void refreshPresent();
    } else if (state.kind === 'waiting' && !wasLost) {
      wasLost = true;
      waiting ??= [];
      warn(`${cleanLine(state.reason)} Trying to reconnect.`);
    } else if (state.kind === 'closed' && state.code !== undefined) {
      warn(cleanLine(state.reason));
    }
  }

  const stops = [
    client.onState(connectionChanged),
    client.on('chat_message', (message) =>
      whenLoaded(() => {
        if (message.conversation_id === 'main' && message.id > lastMessageId) showMessage(message, true);
      }),
    ),
    client.on('task_notification', (notification) =>
      whenLoaded(() => {
        live.notice(notification);
        drawLiveSoon();
      }),
    ),
    client.on('agent_status_update', (status) =>
      whenLoaded(() => {
        const before = statuses.get(status.agent_name);
        statuses.set(status.agent_name, status);
        if (before?.status !== status.status)
          aside(`${cleanLine(status.agent_name)}: ${statusWords({ ...status, indeterminate: true })}`);
      }),
    ),
    client.on('member_joined', (member) =>
      whenLoaded(() => {
        members.add(member.name);
        if (member.kind === 'agent')
          aside(`${cleanLine(member.name)} was hired as ${cleanLine(member.role)}`);
      }),
    ),
    client.on('member_left', ({ name }) =>
      whenLoaded(() => {
        members.delete(name);
        statuses.delete(name);
        aside(`${cleanLine(name)} was fired`);
      }),
    ),
    client.on('user_status', ({ user_id, status }) => {
      // Those who are here at the start come with the members.
      if (waiting !== undefined) return;
      if (status === 'connected' && !present.has(user_id)) {
        present.add(user_id);
        aside(`${cleanLine(user_id)} came in`);
      } else if (status === 'disconnected' && present.delete(user_id)) {
        aside(`${cleanLine(user_id)} left`);
      }
    }),
    client.on('notice', ({ message }) => whenLoaded(() => warn(cleanLine(message)))),
    client.on('server_status', (status) =>
      whenLoaded(() => {
        if (worker !== undefined && worker !== status.worker) {
          aside(status.worker === null ? 'No worker is connected.' : `Worker: ${cleanLine(status.worker)}`);
        }
        worker = status.worker;
      }),
    ),
  ];
  connectionChanged(client.state);
  stops.push(
    client.onReload(() => {
      loading = load();
      return loading;
    }),
  );

  return {
    shown: loading.catch(() => undefined),
    agentNames: () => [...statuses.keys()].sort(),
    memberNames: () => [...new Set([...statuses.keys(), ...members])].sort(),
    async showHistory(count) {
      const { messages } = await client.request('get_chat_history', { limit: count });
      lastDay = '';
      for (const message of messages) showMessage(message, false);
    },
    lastDiff: () =>
      lastChanges.length > 0 ? changeLines(lastChanges, style, true) : ['No changes were reported yet.'],
    close() {
      clearTimeout(liveTimer);
      for (const stop of stops) stop();
    },
  };
}

/** What to tell a person of an error: a ChatError's sentence; anything else is a bug and shows as it is. */
export function sentence(error: unknown): string {
  return cleanLine(error instanceof Error ? error.message : String(error));
}

function replace(set: Set<string>, values: readonly string[]): void {
  set.clear();
  for (const value of values) set.add(value);
}
