import { createContext, useContext } from 'react';
import type { Visit } from './use-where.ts';
import type { Where } from './where.ts';

/** The ways to what can be looked at. It never changes, so that a list may use it without cost. */
export interface View {
  /** `keepsPanel`: what is beside the conversation stays. */
  go(where: Where, keepsPanel?: boolean): void;
  openConversation(conversationId: string): void;
  openThread(conversationId: string, rootId: number): void;
  openAgent(agentName: string): void;
  openTask(agentName: string, taskId: string): void;
  openPanel(panel: Panel): void;
  /** Closes what is beside the conversation. */
  closePanel(): void;
  /** Goes to the direct conversation with somebody, which begins if there was none. */
  openDirect(name: string): void;
  /** Puts a mention in front of the draft and the caret behind it. */
  mention(name: string): void;
}

/** What is beside the conversation instead of a thread. */
export type Panel =
  /** An agent; without a task, the one it is at, or its last. */
  | { readonly kind: 'agent'; readonly agentName: string; readonly taskId: string | null }
  | { readonly kind: 'pins' }
  | { readonly kind: 'members' }
  | { readonly kind: 'search' }
  | { readonly kind: 'threads' }
  | { readonly kind: 'files' };

export type AgentTarget = Extract<Panel, { kind: 'agent' }>;

/** What is looked at now. */
export interface Scene {
  readonly here: Visit;
  readonly panel: Panel | null;
}

/** Where the panel fits beside the conversation; elsewhere it lies above it. */
export const panelFitsQuery = '(min-width: 70rem)';

export const ViewContext = createContext<View | null>(null);
export const SceneContext = createContext<Scene | null>(null);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error('useView is for components inside the workspace.');
  return view;
}

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (!scene) throw new Error('useScene is for components inside the workspace.');
  return scene;
}
