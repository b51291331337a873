import { fullTime } from '../lib/time.ts';
import type { Remembered } from './remembered.ts';

/** Why somebody is not signed in, as the server said it. */
export interface Refusal {
  /** Of the table of errors; null: the server said none. */
  readonly code: string | null;
  readonly reason: string | null;
  /** The person signed out here. */
  readonly isOwn?: true;
}

/** What the page says to somebody who was signed in. */
export interface SessionEnd {
  readonly title: string;
  /** null: nobody was signed in here. */
  readonly why: string | null;
  /** Somebody was signed in here, whose drafts this browser keeps. */
  readonly wasHere: boolean;
}

/**
 * Why a sign-in ended. The server's own reason comes first. To a browser that sends no sign-in any more it
 * gives none, so that is told from what the browser remembers.
 */
export function sessionEnd({ code, reason, isOwn }: Refusal, before: Remembered | null): SessionEnd {
  if (isOwn) return { title: 'You signed out', why: null, wasHere: true };
  const cameWithNothing = code === 'auth_required' || reason === null;
  const wasHere = before !== null;
  if (!wasHere) return { title: 'Sign in with a link', why: cameWithNothing ? null : reason, wasHere };
  const title = 'You are signed out';
  if (!cameWithNothing) return { title, why: reason, wasHere };
  const why =
    `You were signed in here as ${before.user_id}, last on ${fullTime(before.at)}. This browser has no ` +
    'sign-in any more: it expires when it is not used for some weeks, and goes when the data of this site ' +
    'is cleared.';
  return { title, why, wasHere };
}

/**
 * The more exact of two reasons: of the connection that closed, and of the server when it is asked again. The
 * second says no more than "sign in first" when it does not know what came before.
 */
export function moreExact(closed: Refusal, asked: Refusal): Refusal {
  return asked.reason === null || asked.code === 'auth_required' ? closed : asked;
}
