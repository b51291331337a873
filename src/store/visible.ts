/** Who looks at a list: only what is of conversations that the viewer may see. */
export interface VisibleTo {
  /** null sees all. Without it: all, too. */
  readonly viewer?: string | null | undefined;
}
