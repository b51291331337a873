import type {
  ApprovalPage,
  ApprovalQuery,
  HelpPage,
  HelpQuery,
  TasksPage,
  TasksQuery,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Viewer } from './visibility.ts';

/**
 * Pages of lists that show only what is of conversations that the viewer may see. The store looks for it, so
 * that a page is full as long as there is more.
 */

export async function tasksPage(
  store: Pick<Store, 'listTasks'>,
  query: TasksQuery,
  viewer: Viewer,
): Promise<TasksPage> {
  const { page: tasks, has_more } = cut(await store.listTasks(oneMore(query, viewer)), query.limit);
  return { tasks, has_more };
}

export async function approvalsPage(
  store: Pick<Store, 'listApprovals'>,
  query: ApprovalQuery,
  viewer: Viewer,
): Promise<ApprovalPage> {
  const { page: approvals, has_more } = cut(await store.listApprovals(oneMore(query, viewer)), query.limit);
  return { approvals, has_more };
}

export async function helpPage(
  store: Pick<Store, 'listHelpRequests'>,
  query: HelpQuery,
  viewer: Viewer,
): Promise<HelpPage> {
  const found = await store.listHelpRequests(oneMore(query, viewer));
  const { page: help_requests, has_more } = cut(found, query.limit);
  return { help_requests, has_more };
}

function oneMore<Q extends { readonly limit: number }>(query: Q, { user_id, kind }: Viewer) {
  return { ...query, limit: query.limit + 1, viewer: kind === 'worker' ? null : user_id };
}

function cut<T>(found: T[], limit: number): { page: T[]; has_more: boolean } {
  return { page: found.slice(0, limit), has_more: found.length > limit };
}
