import { type Peer, placeOf } from '../../guard/peer.ts';
import { limits } from '../../protocol/index.ts';

/** Who may have how many sockets, and how many may wait for their sign-in. */
export interface Admission {
  /**
   * Lets a socket in, or says that it may not. Where too many have not signed in, the one that has had the
   * longest time to do so is told to go: whoever has a credential needs a moment only.
   */
  enter(entrant: Entrant): boolean;
  signedIn(entrant: Entrant): void;
  /** One that was let in is gone. */
  left(entrant: Entrant): void;
  count(): number;
}

/** A socket that wants in. */
export interface Entrant {
  readonly peer: Pick<Peer, 'address' | 'local'>;
  /** Ends it: it took too long to sign in. */
  terminate(): void;
}

export interface AdmissionSettings {
  readonly connectionsMax: number;
  /** Of one address. What comes from this machine itself, and through no proxy, is not counted so. */
  readonly perAddressMax: number;
}

export function createAdmission({ connectionsMax, perAddressMax }: AdmissionSettings): Admission {
  const perPlace = new Map<string, number>();
  /** Those who have not signed in, the longest waiting first; also by place. */
  const waiting = new Set<Entrant>();
  const waitingAt = new Map<string, Set<Entrant>>();
  let total = 0;

  function wait(entrant: Entrant, place: string): void {
    waiting.add(entrant);
    const here = waitingAt.get(place) ?? new Set();
    waitingAt.set(place, here.add(entrant));
  }

  function stopWaiting(entrant: Entrant): void {
    if (!waiting.delete(entrant)) return;
    const place = placeOf(entrant.peer.address);
    const here = waitingAt.get(place);
    here?.delete(entrant);
    if (here?.size === 0) waitingAt.delete(place);
  }

  function sendAway(among: ReadonlySet<Entrant> | undefined): boolean {
    const [longest] = among ?? [];
    if (longest === undefined) return false;
    stopWaiting(longest);
    longest.terminate();
    return true;
  }

  return {
    enter(entrant) {
      const { address, local } = entrant.peer;
      const place = placeOf(address);
      const here = perPlace.get(place) ?? 0;
      if (!local && here >= perAddressMax && !sendAway(waitingAt.get(place))) return false;
      if (total >= connectionsMax && !sendAway(waiting)) return false;
      if (waiting.size >= limits.unsignedSocketsMax) sendAway(waiting);
      const waitingHere = waitingAt.get(place);
      if ((waitingHere?.size ?? 0) >= limits.unsignedSocketsPerAddressMax) sendAway(waitingHere);
      total += 1;
      perPlace.set(place, here + 1);
      wait(entrant, place);
      return true;
    },
    signedIn: stopWaiting,
    left(entrant) {
      stopWaiting(entrant);
      total -= 1;
      const place = placeOf(entrant.peer.address);
      const rest = (perPlace.get(place) ?? 1) - 1;
      if (rest === 0) perPlace.delete(place);
      else perPlace.set(place, rest);
    },
    count: () => total,
  };
}
