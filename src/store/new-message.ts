import type { MessageEntity, MessageMetadata, SenderKind } from '../protocol/index.ts';
import type { CopyPlace } from './copy-store.ts';

/** What somebody says. */
export interface NewMessage {
  readonly conversation_id: string;
  readonly sender_name: string;
  readonly sender_kind: SenderKind;
  readonly text: string;
  readonly mentions: readonly string[];
  /** Where the text mentions members. Without it, the text is read with the names of the team. */
  readonly entities?: readonly MessageEntity[];
  readonly reply_to: number | null;
  /** Any message of the thread it goes to, or the one it shall hang from. */
  readonly thread_id?: number | null;
  readonly client_message_id: string | null;
  readonly metadata: MessageMetadata;
  /** Where it was said, if that was another chat. */
  readonly copy?: CopyPlace | undefined;
  readonly at: string;
}
