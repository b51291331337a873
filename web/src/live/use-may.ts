import type { Action, Conversation } from '../../../src/protocol/index.ts';
import { isSameName } from '../../../src/protocol/index.ts';
import { useAppState } from './use-live.ts';

/** Whether one may do something. The server decides; the page does not offer what it would refuse. */
export function useMay(action: Action): boolean {
  return useAppState(({ permissions }) => permissions?.includes(action) ?? false);
}

/** Whether one may archive or delete a channel: its maker, and admins. */
export function useMayEnd({ created_by, members }: Conversation): boolean {
  const self = useAppState((state) => state.self.user_id);
  const anyones = useMay('end_channels');
  const own = useMay('post') && isSameName(created_by, self);
  return members !== null && (anyones || own);
}
