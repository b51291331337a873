import { createContext, useContext } from 'react';

/** What this person looks at: kept beside the state of the team, which is everybody's. */
export interface View {
  readonly conversationId: string;
  readonly panel: PanelTarget | null;
  openAgent(agentName: string): void;
  openTask(agentName: string, taskId: string): void;
  closePanel(): void;
  /** Puts a mention in front of the draft and the caret behind it. */
  mention(name: string): void;
}

/** The agent at the side; without a task, the one it is at, or its last. */
export interface PanelTarget {
  readonly agentName: string;
  readonly taskId: string | null;
}

export const ViewContext = createContext<View | null>(null);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error('useView is for components inside the workspace.');
  return view;
}
