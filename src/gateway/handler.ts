import type { CommandReply, CommandRequest, CommandType } from '../protocol/index.ts';
import type { Actor } from '../store/store.ts';
import type { SignedInConnection } from './connection.ts';

/** Commands that handlers answer; `auth` the gateway answers itself. */
export type Served = Exclude<CommandType, 'auth'>;

/** How one command is answered, once the policy allows what the command needs. */
export interface Handler<T extends CommandType> {
  readonly run: (
    connection: SignedInConnection,
    request: CommandRequest<T>,
  ) => CommandReply<T> | Promise<CommandReply<T>>;
}

/** One handler for every command. */
export type Handlers = { readonly [T in Served]: Handler<T> };

/** Who sent a command, for the audit log. */
export function actorOf({ link: { peer }, state }: SignedInConnection): Actor {
  return { actor: state.identity.user_id, address: peer.address, device: peer.device };
}
