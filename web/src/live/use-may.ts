import type { Action } from '../../../src/protocol/index.ts';
import { useAppState } from './use-live.ts';

/** Whether one may do something. The server decides; the page does not offer what it would refuse. */
export function useMay(action: Action): boolean {
  return useAppState(({ permissions }) => permissions?.includes(action) ?? false);
}
