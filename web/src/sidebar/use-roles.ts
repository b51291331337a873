import { useQuery } from '@tanstack/react-query';
import type { AgentRole } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';

const none: readonly AgentRole[] = [];

/** The jobs that agents can have; none while they are asked for. */
export function useRoles(): readonly AgentRole[] {
  const { client } = useLive();
  const { data } = useQuery({
    queryKey: ['roles'],
    queryFn: async () => (await client.request('get_roles', {})).roles,
  });
  return data ?? none;
}
