import {
  Copy,
  Link,
  type LucideIcon,
  MailOpen,
  MessageSquareText,
  Pencil,
  Pin,
  PinOff,
  Trash2,
} from 'lucide-react';
import { useMemo } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { copyText } from '../lib/copy.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { isEditable } from '../state/editable.ts';
import type { Place } from '../state/place.ts';
import { useView } from '../view.ts';
import { formatWhere, whereIs } from '../where.ts';

/** Something that can be done with a message, as the menu, the sheet on a phone and the keyboard offer it. */
export interface MessageAction {
  readonly label: string;
  readonly icon: LucideIcon;
  /** The key that does it on a focused message. */
  readonly key?: string;
  readonly danger?: true;
  run(): void;
}

export function useMessageActions(
  message: ChatMessage,
  place: Place,
  askToDelete: () => void,
): readonly MessageAction[] {
  const { acts, store } = useLive();
  const { openThread } = useView();
  const self = useAppState((state) => state.self.user_id);
  const mayPost = useMay('post');
  const mayModerate = useMay('moderate');
  return useMemo(() => {
    const actions: MessageAction[] = [];
    const { id, conversation_id, pinned, deleted } = message;
    if (place.thread_id === null) {
      const run = () => openThread(conversation_id, id);
      actions.push({
        label: mayPost ? 'Reply in thread' : 'Open the thread',
        icon: MessageSquareText,
        key: 't',
        run,
      });
    }
    const say = (copied: boolean, what: string) =>
      store.dispatch({
        type: 'toast_changed',
        toast: copied
          ? { kind: 'done', text: `${what} copied.` }
          : { kind: 'problem', text: 'The browser does not let the page copy.' },
      });
    const link = () => {
      const { origin, pathname } = window.location;
      const fragment = formatWhere(whereIs(message));
      void copyText(origin + pathname + fragment).then((copied) => say(copied, 'Link'));
    };
    if (!deleted && mayPost) {
      actions.push({
        label: pinned ? 'Unpin' : 'Pin',
        icon: pinned ? PinOff : Pin,
        key: 'p',
        run: () => acts.pin(message, !pinned),
      });
    }
    actions.push({ label: 'Copy link', icon: Link, key: 'l', run: link });
    if (!deleted) {
      const copy = () => void copyText(message.text).then((copied) => say(copied, 'Text'));
      actions.push({ label: 'Copy text', icon: Copy, key: 'c', run: copy });
    }
    actions.push({
      label: 'Mark unread from here',
      icon: MailOpen,
      key: 'u',
      run: () => acts.markUnread(place, message),
    });
    const isOwn = mayPost && isEditable(message, self);
    if (isOwn) {
      const edit = () => store.dispatch({ type: 'editing_changed', editing: { place, message_id: id } });
      actions.push({ label: 'Edit', icon: Pencil, key: 'e', run: edit });
    }
    if (isOwn || (mayModerate && !deleted)) {
      actions.push({ label: 'Delete', icon: Trash2, key: 'Delete', danger: true, run: askToDelete });
    }
    return actions;
  }, [message, place, acts, store, openThread, self, mayPost, mayModerate, askToDelete]);
}
