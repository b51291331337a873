import type { ChatClient } from '../client/index.ts';
import type { CommandInput } from '../protocol/index.ts';
import type { Room } from './room.ts';
import type { Screen } from './screen.ts';
import type { PagedSearch } from './search.ts';

export type Said = CommandInput<'chat_message'>;

export interface ChatContext {
  readonly client: ChatClient;
  readonly screen: Screen;
  readonly room: Room;
  readonly search: PagedSearch;
  /** Said offline, it is sent when the link is back. Never rejects: why it was not sent is shown. */
  say(said: Said): Promise<void>;
  quit(): void;
}

/** What can be typed with a slash. */
export interface ChatCommand {
  readonly usage: string;
  readonly doc: string;
  /** What its first argument is, for Tab. */
  readonly takes?: 'agent' | 'member' | 'conversation' | 'approval' | 'query';
  /** It goes to another conversation: what is typed after it waits for that. */
  readonly moves?: true;
  /** Gives back what to print; undefined when the arguments are not what it needs. */
  run(
    rest: string,
    context: ChatContext,
  ): Promise<readonly string[] | undefined> | readonly string[] | undefined;
}

export type ChatCommands = Readonly<Record<string, ChatCommand>>;
