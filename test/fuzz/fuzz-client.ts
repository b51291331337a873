import { type ChatClient, connect } from '../../src/client/index.ts';
import { ChatError, type ConversationView, limits } from '../../src/protocol/index.ts';
import {
  type ChatModel,
  createChatModel,
  fromView,
  type HeardEvent,
  type HeldConversation,
  heardTypes,
  takePage,
} from './chat-model.ts';
import { createDroppingSockets, type DroppingSockets } from './dropping-sockets.ts';
import type { Random } from './random.ts';

/** A client as an application is one: it holds what it was told, and loads only when it is told to. */
export interface FuzzClient {
  readonly name: string;
  readonly client: ChatClient;
  readonly sockets: DroppingSockets;
  /** What it holds. */
  readonly model: ChatModel;
  /** The conversations as they were loaded last, with the server's counts. */
  views(): readonly ConversationView[];
  /** Loads all anew, as whoever comes in. */
  load(): Promise<void>;
  /** Resolves when it has heard of a message in main and has nothing left to load. */
  hasHeard(id: number): Promise<void>;
  /** How many events it has heard. */
  heard(): number;
  /** Resolves when it hears something more; false: nothing came for so long. */
  hearsMore(withinMs: number): Promise<boolean>;
  /** What was not as promised. */
  readonly faults: readonly string[];
}

export function openFuzzClient(name: string, url: string, random: Random): FuzzClient {
  const sockets = createDroppingSockets(random);
  const faults: string[] = [];
  const waiting = new Set<() => void>();
  let model = createChatModel(name);
  let views: readonly ConversationView[] = [];
  let heard = 0;
  let lastPosition = 0;
  let lastMessage = 0;
  let lastEpoch: string | undefined;
  /** What was heard while it loads: it comes on top of what is loaded. */
  let meanwhile: HeardEvent[] | undefined;
  let stale = true;
  let loading: Promise<void> | undefined;
  const client = connect({
    url,
    auth: { user_id: name },
    WebSocket: sockets.WebSocket,
    timing: { reconnectBaseMs: 2, reconnectCeilingMs: 20 },
    random: () => random.number(1_000) / 1_000,
    onProblem: (problem) => faults.push(problem),
  });

  function changed(): void {
    for (const wake of [...waiting]) wake();
  }

  /** Loads until what it holds is whole: the link may be lost, or something go, in the middle of it. */
  function load(): Promise<void> {
    stale = true;
    loading ??= loadAll().finally(() => {
      loading = undefined;
      changed();
    });
    return loading;
  }

  async function loadAll(): Promise<void> {
    while (stale) {
      stale = false;
      meanwhile = [];
      try {
        await client.ready();
        const fresh = await loadModel();
        for (const event of meanwhile) if (fresh.hear(event)) stale = true;
        model = fresh;
      } catch (error) {
        if (client.state.kind === 'closed') return;
        if (!(error instanceof ChatError)) throw error;
        stale = true;
      }
    }
    meanwhile = undefined;
  }

  async function loadModel(): Promise<ChatModel> {
    const fresh = createChatModel(name);
    ({ conversations: views } = await client.request('get_conversations', {}));
    for (const view of views) {
      const held = fromView(view);
      fresh.conversations.set(view.conversation_id, held);
      await loadMessages(held, { conversation_id: view.conversation_id });
      for (const { id, thread } of [...held.messages.values()]) {
        if (thread === null) continue;
        await loadMessages(held, { conversation_id: view.conversation_id, thread_id: id });
      }
    }
    return fresh;
  }

  async function loadMessages(
    held: HeldConversation,
    list: { conversation_id: string; thread_id?: number },
  ): Promise<void> {
    for (let before: { before?: number } = {}; ; ) {
      const page = await client.request('get_chat_history', {
        ...list,
        ...before,
        limit: limits.historyPageMax,
      });
      takePage(held, page);
      if (!page.has_more || page.messages[0] === undefined) return;
      before = { before: page.messages[0].id };
    }
  }

  client.onReload(load);
  client.onState((state) => {
    if (state.kind !== 'online') return;
    if (lastEpoch !== undefined && lastEpoch !== state.self.epoch) faults.push('the epoch changed');
    lastEpoch = state.self.epoch;
  });
  for (const type of heardTypes) {
    client.on(type, (data, position) => {
      if (position === undefined || position <= lastPosition) faults.push(`position ${position} came again`);
      lastPosition = position ?? lastPosition;
      heard += 1;
      const event = { type, data } as HeardEvent;
      if (event.type === 'chat_message') {
        if (event.data.id <= lastMessage) faults.push(`message ${event.data.id} came out of order`);
        lastMessage = event.data.id;
      }
      meanwhile?.push(event);
      if (model.hear(event)) void load();
      changed();
    });
  }

  function more(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
    });
  }

  return {
    name,
    client,
    sockets,
    faults,
    get model() {
      return model;
    },
    views: () => views,
    load,
    async hasHeard(id) {
      while (loading !== undefined || model.conversations.get('main')?.messages.has(id) !== true)
        await more();
    },
    heard: () => heard,
    async hearsMore(withinMs) {
      const late = Promise.withResolvers<false>();
      const timer = setTimeout(() => late.resolve(false), withinMs);
      const heard = await Promise.race([more().then(() => true), late.promise]);
      clearTimeout(timer);
      return heard;
    },
  };
}
