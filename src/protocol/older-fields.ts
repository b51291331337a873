/**
 * Fields that older clients are known to send and that nothing here depends on. They are the only ones that
 * REST accepts without acting on them; every other unknown field or query parameter is refused by its name.
 */
export const olderFields = [
  {
    method: 'POST',
    path: '/tasks',
    field: 'priority',
    why: 'An agent does its tasks in their order. POST /tasks/TASK_ID/move changes it.',
  },
  { method: 'POST', path: '/tasks/batch', field: 'tasks.priority', why: 'As for POST /tasks.' },
] as const satisfies readonly OlderField[];

export interface OlderField {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The route, as OpenAPI has it. */
  readonly path: string;
  /** In the body; in a list without its index. */
  readonly field: string;
  /** Why nothing comes of it. */
  readonly why: string;
}
