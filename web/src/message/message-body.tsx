import { useCallback } from 'react';
import { type ChatMessage, type Supply, withoutFileLine } from '../../../src/protocol/index.ts';
import { ApprovalCard } from '../approval/approval-card.tsx';
import { BypassCard } from '../files/bypass-card.tsx';
import { HelpCard } from '../help/help-card.tsx';
import { useAppState } from '../live/use-live.ts';
import { Markdown } from '../room/markdown.tsx';
import { ResultCard } from '../room/result-card.tsx';
import { TaskChip } from '../room/task-chip.tsx';
import type { Place } from '../state/place.ts';
import { StopOffer } from '../task-card/stop-offer.tsx';
import { TaskCards } from '../task-card/task-cards.tsx';
import { useView } from '../view.ts';
import { Edited } from './byline.tsx';
import { MessageEditor } from './message-editor.tsx';
import { PausedHandover } from './paused-handover.tsx';
import { ReactionBar } from './reaction-bar.tsx';
import { ReplyQuote } from './reply-quote.tsx';
import { ReplyNote, SteerNote } from './steer-note.tsx';
import { ThreadFooter } from './thread-footer.tsx';

const outcomes = new Set(['task_completed', 'task_failed', 'task_stopped', 'task_interrupted']);

interface MessageBodyProps {
  readonly message: ChatMessage;
  readonly editing: boolean;
  /** Nothing above says whose it is, and that it was edited. */
  readonly continued: boolean;
  readonly place: Place;
}

/** Names of files that the message's own task changed lead to the task, which shows how. */
function MessageText({ message }: { readonly message: ChatMessage }) {
  const { openTask } = useView();
  const { entities, sender_name, sender_kind, metadata } = message;
  const { changes, task_id, kind } = metadata;
  const isSaidAbove = useAppState(({ server }) => isOfSupplyCard(message, server?.supply ?? null));
  // The card below lists the files.
  const told = kind !== undefined && outcomes.has(kind) ? withoutFileLine(message) : message.text;
  const text = isSaidAbove ? 'Tasks wait in line: the notice at the top says why.' : told;
  const fileOpener = useCallback(
    (path: string) => {
      const isShown = task_id !== undefined && changes?.some((change) => isSameFile(change.path, path));
      return isShown === true ? () => openTask(sender_name, task_id) : null;
    },
    [changes, task_id, sender_name, openTask],
  );
  return (
    <Markdown text={text} mentions={entities} quiet={sender_kind === 'system'} fileOpener={fileOpener} />
  );
}

/** The news that agents cannot work, while the card above the room says the same. */
function isOfSupplyCard({ sender_kind, text }: ChatMessage, supply: Supply | null): boolean {
  const isShown = supply !== null && supply.problem !== null && supply.state !== 'ready';
  return sender_kind === 'system' && isShown && text === supply.reason;
}

/** Agents also write paths from the root of the disk, or with "./". */
function isSameFile(changed: string, written: string): boolean {
  const path = written.replace(/^(?:\.\/)+/, '');
  return path === changed || (path.startsWith('/') && path.endsWith(`/${changed}`));
}

/** What was said, or that it is gone, and what hangs from it. */
export function MessageBody({ message, place, editing, continued }: MessageBodyProps) {
  const { kind, task_id, approval, help, handover } = message.metadata;
  const ended = kind !== undefined && outcomes.has(kind);
  return (
    <>
      <ReplyQuote message={message} place={place} />
      {editing ? (
        <MessageEditor message={message} place={place} />
      ) : message.deleted ? (
        <p className="text-faint italic">This message was deleted.</p>
      ) : approval ? (
        <ApprovalCard card={approval} />
      ) : help ? (
        <HelpCard card={help} />
      ) : (
        <MessageText message={message} />
      )}
      {continued && !editing && <Edited message={message} />}
      {kind === 'lock_bypassed' && <BypassCard message={message} />}
      {ended && <ResultCard message={message} />}
      {kind === 'acknowledgement' && task_id && (
        <TaskChip taskId={task_id} agentName={message.sender_name} below={message} />
      )}
      {kind === 'request_deleted' && task_id && <StopOffer taskId={task_id} />}
      {handover && !message.deleted && <PausedHandover message={message} handover={handover} place={place} />}
      {kind === 'steer' && task_id && <SteerNote message={message} taskId={task_id} />}
      {kind === undefined && message.thread_id !== null && <ReplyNote message={message} />}
      <ReactionBar message={message} />
      <TaskCards message={message} place={place} />
      {place.thread_id === null && <ThreadFooter message={message} />}
    </>
  );
}
