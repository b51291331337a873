import { type Peer, placeOf } from '../../guard/peer.ts';
import { limits } from '../../protocol/index.ts';

/** Who may have how many sockets, and how many may wait for their sign-in. */
export interface Admission {
  /**
   * Lets a socket in, or gives back undefined. Where too many have not signed in, the one that has had the
   * longest time to do so is told to go: whoever has a credential needs a moment only.
   */
  enter(peer: Peer, tooLate: () => void): Admitted | undefined;
  count(): number;
}

export interface Admitted {
  signedIn(): void;
  left(): void;
}

export interface AdmissionSettings {
  readonly connectionsMax: number;
  /** Of one address. What comes from this machine itself, and through no proxy, is not counted so. */
  readonly perAddressMax: number;
}

interface Waiting {
  readonly place: string;
  readonly tooLate: () => void;
}

export function createAdmission({ connectionsMax, perAddressMax }: AdmissionSettings): Admission {
  const perPlace = new Map<string, number>();
  /** The longest waiting first; also by place. */
  const waiting = new Set<Waiting>();
  const waitingAt = new Map<string, Set<Waiting>>();
  let total = 0;

  function wait(entry: Waiting): void {
    waiting.add(entry);
    const here = waitingAt.get(entry.place) ?? new Set();
    waitingAt.set(entry.place, here.add(entry));
  }

  function stopWaiting(entry: Waiting): void {
    waiting.delete(entry);
    const here = waitingAt.get(entry.place);
    here?.delete(entry);
    if (here?.size === 0) waitingAt.delete(entry.place);
  }

  function sendAway(among: ReadonlySet<Waiting> | undefined): boolean {
    const [longest] = among ?? [];
    if (longest === undefined) return false;
    stopWaiting(longest);
    longest.tooLate();
    return true;
  }

  return {
    enter({ address, local }, tooLate) {
      const place = placeOf(address);
      const here = perPlace.get(place) ?? 0;
      if (!local && here >= perAddressMax && !sendAway(waitingAt.get(place))) return undefined;
      if (total >= connectionsMax && !sendAway(waiting)) return undefined;
      if (waiting.size >= limits.unsignedSocketsMax) sendAway(waiting);
      const waitingHere = waitingAt.get(place);
      if ((waitingHere?.size ?? 0) >= limits.unsignedSocketsPerAddressMax) sendAway(waitingHere);
      const entry = { place, tooLate };
      total += 1;
      perPlace.set(place, here + 1);
      wait(entry);
      return {
        signedIn: () => stopWaiting(entry),
        left() {
          stopWaiting(entry);
          total -= 1;
          const rest = (perPlace.get(place) ?? 1) - 1;
          if (rest === 0) perPlace.delete(place);
          else perPlace.set(place, rest);
        },
      };
    },
    count: () => total,
  };
}
