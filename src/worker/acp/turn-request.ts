import type { PermissionGates, PermissionQuestion } from './permission.ts';
import type { SessionWish } from './sessions.ts';
import type { TurnUpdate } from './updates.ts';

export interface TurnRequest extends SessionWish {
  readonly agent: string;
  /** What it is told; may depend on whether the session has what `session` asks for. */
  readonly prompt: string | ((remembers: boolean) => string);
  /**
   * The program's name for a model, for this turn; without it the program's own choice. A program that has
   * no such setting uses its own choice too.
   */
  readonly model?: string;
  /** Edits are refused: the agent is to answer only. */
  readonly readOnly?: boolean;
  readonly gates: PermissionGates;
  /** A tool call is allowed, and begins when this resolves. */
  readonly beforeTool?: (callId: string, question: PermissionQuestion) => Promise<void>;
  /** Somebody else than the worker allowed something in its program: the turn is broken off. */
  readonly onTampering?: () => void;
  readonly onUpdate: (update: TurnUpdate) => void;
}
