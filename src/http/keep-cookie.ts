import type { FastifyReply } from 'fastify';
import type { SignedIn } from '../auth/sign-in.ts';
import { limits } from '../protocol/index.ts';
import { type HttpDependencies, setSessionCookie } from './fastify.ts';

/** Gives a browser its cookie again where that is due: a new secret at once, the same one now and then. */
export type KeepCookie = (reply: FastifyReply, entered: SignedIn, token: string) => void;

/** A cookie lasts for a time from when it was set, a session from its last use: so cookies are renewed. */
export function createKeepCookie(dependencies: HttpDependencies): KeepCookie {
  const { clock } = dependencies;
  /** When the cookies of sessions were set, by the sessions' ids; after a restart all are set anew. */
  const setAt = new Map<string, number>();

  return (reply, { identity: { proof }, session_token }, token) => {
    if (proof.kind !== 'session') return;
    const dueAt = (setAt.get(proof.id) ?? Number.NEGATIVE_INFINITY) + limits.sessionUseNotedMs;
    if (session_token === undefined && clock.now() < dueAt) return;
    if (setAt.size >= limits.countedKeysMax) setAt.clear();
    setAt.set(proof.id, clock.now());
    setSessionCookie(reply, dependencies, session_token ?? token);
  };
}
