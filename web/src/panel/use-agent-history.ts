import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Task, TaskSummary } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';

export interface AgentTasks {
  /** The newest first, as far as they were asked for. */
  readonly tasks: readonly TaskSummary[];
  readonly problem: string | null;
  readonly busy: boolean;
  /** Asks for older ones; null: there are none. */
  readonly more: (() => void) | null;
}

/** What an agent did and does, asked for anew when one of those that the page knows of changes. */
export function useAgentHistory(agentName: string, known: readonly Task[]): AgentTasks {
  const { client } = useLive();
  const queries = useQueryClient();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['history', agentName],
    queryFn: ({ pageParam: before }) => client.request('get_agent_tasks', { agent_name: agentName, before }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ has_more, tasks }) => (has_more ? tasks.at(-1)?.task_id : undefined),
    staleTime: 0,
  });
  const changes = known.map(({ task_id, status }) => `${task_id} ${status}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on every change of what is known
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ['history', agentName] });
  }, [queries, agentName, changes]);
  return {
    tasks: data?.pages.flatMap(({ tasks }) => tasks) ?? [],
    problem: error?.message ?? null,
    busy: isFetchingNextPage,
    more: hasNextPage ? () => void fetchNextPage() : null,
  };
}
