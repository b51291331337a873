import type { Clock } from '../lib/clock.ts';
import { limits } from '../protocol/index.ts';
import type { StoreRoom } from '../store/retention-store.ts';
import type { Store } from '../store/store.ts';

/**
 * Gives back room that nothing uses: step by step, so that what people say in between does not wait, and no
 * longer than `limits.roomTimeMs`.
 */
export async function giveBackRoom(
  store: Pick<Store, 'measureRoom' | 'giveBackRoom'>,
  clock: Clock,
): Promise<StoreRoom & { readonly freed_bytes: number }> {
  const before = await store.measureRoom();
  let room = before;
  for (const endsAt = clock.now() + limits.roomTimeMs; room.free_bytes > 0 && clock.now() < endsAt; ) {
    const next = await store.giveBackRoom(limits.roomStepBytesMax);
    if (next.free_bytes >= room.free_bytes) break;
    room = next;
  }
  return { freed_bytes: Math.max(0, before.bytes - room.bytes), ...room };
}
