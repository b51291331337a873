import type { Identity } from '../auth/identity.ts';
import { ChatError, limits } from '../protocol/index.ts';
import type { Counter, Counters, Rule } from './counters.ts';
import { type Peer, placeOf } from './peer.ts';

/**
 * What a member may do how often, all devices together. `message` is also counted over a longer time:
 * a burst is fine, going on like that is not.
 */
const burst = limits.burstWindowMs;
const rules = {
  /** Frames of any kind, also wrong ones. */
  frame: [{ points: limits.framesPerMemberBurst, windowMs: burst }],
  /** What others see or must do something about. */
  message: [
    { points: limits.messagesPerMemberBurst, windowMs: burst },
    { points: limits.messagesPerMemberSustained, windowMs: limits.sustainedWindowMs },
  ],
  /** What makes the database look for something. */
  read: [{ points: limits.readsPerMemberBurst, windowMs: burst }],
  /** HTTP requests. */
  request: [{ points: limits.requestsPerMember, windowMs: limits.requestWindowMs }],
} as const satisfies Record<string, readonly Rule[]>;

export type Budget = keyof typeof rules;

interface Member {
  readonly user_id: string;
  readonly kind: Identity['kind'];
}

/** How often members and addresses may do something. */
export interface Rates {
  /** Counts one. Errors: rate_limited, with the seconds to wait. */
  spend(member: Member, budget: Budget): Promise<void>;
  /** Counts an HTTP request of an address, before anybody knows whose it is. Errors: rate_limited. */
  spendRequest(peer: Peer): Promise<void>;
}

export interface RatesDependencies {
  readonly counters: Counters;
  /** Multiplies what is allowed. */
  readonly factor: number;
}

export function createRates({ counters, factor }: RatesDependencies): Rates {
  const scaled = (name: string, { points, windowMs }: Rule, by: number) =>
    counters(name, { points: Math.max(1, Math.round(points * by)), windowMs });
  const countersFor = (kind: Member['kind'], by: number) =>
    new Map<Budget, Counter[]>(
      (Object.keys(rules) as Budget[]).map((budget) => [
        budget,
        rules[budget].map((rule, index) => scaled(`${kind}-${budget}-${index}`, rule, by)),
      ]),
    );
  const byKind = {
    person: countersFor('person', factor),
    agent: countersFor('agent', factor),
    worker: countersFor('worker', factor * limits.workerRateFactor),
  };
  const perAddress = scaled(
    'address',
    { points: limits.requestsPerAddress, windowMs: limits.requestWindowMs },
    factor,
  );

  return {
    async spend({ user_id, kind }, budget) {
      const key = user_id.toLowerCase();
      for (const counter of byKind[kind].get(budget) ?? []) refuse(await counter.take(key));
    },
    async spendRequest({ address }) {
      refuse(await perAddress.take(placeOf(address)));
    },
  };
}

function refuse(waitMs: number): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new ChatError(
    'rate_limited',
    `That was too much at once. Wait ${seconds} s and send it again.`,
    seconds,
  );
}
