import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { limits } from '../protocol/index.ts';
import type { RemovalNotice, RemovalRules } from '../store/retention-store.ts';
import type { Store } from '../store/store.ts';

/** What the settings let messages be removed by. */
export interface RemovalLimits {
  /** Newest messages that are kept; 0: all. */
  readonly maxMessages: number;
  /** 0: messages of any age. */
  readonly maxMessageAgeDays: number;
  /** From the announcement to the first removal. */
  readonly removalNoticeHours: number;
}

/** Sees to it that the room knows of a limit before it removes anything. */
export interface RemovalNotices {
  /**
   * Whether messages beyond these rules may go now. Where the room was not told of the limits, or of laxer
   * ones only, and there is something to remove, it tells the room and answers no until the notice is over.
   */
  mayRemove(rules: RemovalRules): Promise<boolean>;
}

export interface RemovalNoticeDependencies extends RemovalLimits {
  readonly store: Pick<
    Store,
    'readRemovalNotice' | 'saveRemovalNotice' | 'announceRemoval' | 'countRemovable'
  >;
  readonly clock: Clock;
}

const hourMs = 60 * 60 * 1000;

export function createRemovalNotices(dependencies: RemovalNoticeDependencies): RemovalNotices {
  const { store, clock, maxMessages: max_messages, maxMessageAgeDays: max_age_days } = dependencies;
  const wanted = { max_messages, max_age_days };
  /** What the store has; undefined: not read yet. */
  let noted: RemovalNotice | null | undefined;

  async function tell(rules: RemovalRules): Promise<RemovalNotice | null> {
    const { count } = await store.countRemovable(rules);
    if (count === 0) return null;
    const from = new Date(clock.now() + dependencies.removalNoticeHours * hourMs).toISOString();
    const notice = { ...wanted, from };
    await store.announceRemoval({
      notice,
      message: {
        conversation_id: 'main',
        sender_name: 'system',
        sender_kind: 'system',
        text: removalText(dependencies, count, from),
        mentions: [],
        reply_to: null,
        client_message_id: null,
        metadata: { kind: 'notice' },
        at: isoTime(clock),
      },
    });
    return notice;
  }

  return {
    async mayRemove(rules) {
      noted ??= await store.readRemovalNotice();
      if (noted === null || isStricter(wanted, noted)) {
        const told = await tell(rules);
        if (told === null) return false;
        noted = told;
      } else if (isStricter(noted, wanted)) {
        // Lowering it again is news again.
        noted = { ...wanted, from: noted.from };
        await store.saveRemovalNotice(noted);
      }
      return isoTime(clock) >= noted.from;
    },
  };
}

type Limits = Pick<RemovalNotice, 'max_messages' | 'max_age_days'>;

/** Whether some message that the other limits let stay would go. */
function isStricter(limit: Limits, other: Limits): boolean {
  return isLess(limit.max_messages, other.max_messages) || isLess(limit.max_age_days, other.max_age_days);
}

/** 0 is no limit. */
function isLess(limit: number, other: number): boolean {
  return limit > 0 && (other === 0 || limit < other);
}

/** Says what will be removed, why, from when, and what to do about it. */
function removalText(limit: RemovalLimits, count: number, from: string): string {
  const { maxMessages, maxMessageAgeDays, removalNoticeHours } = limit;
  const messages = count === 1 ? '1 message is' : `${countText(count)} messages are`;
  const when = removalNoticeHours === 0 ? 'now' : `${from.slice(0, 16).replace('T', ' ')} UTC`;
  const settings = [
    ...(maxMessages === 0
      ? []
      : [`\`OPENCODE_MAX_MESSAGES\` keeps the newest ${numberText(maxMessages)} messages`]),
    ...(maxMessageAgeDays === 0
      ? []
      : [`\`OPENCODE_MAX_MESSAGE_AGE_DAYS\` keeps messages for ${numberText(maxMessageAgeDays)} days`]),
  ];
  return (
    `Older messages will be removed from ${when} on: ${settings.join(', and ')}. ` +
    `At present ${messages} beyond that. Pinned messages and those of unfinished tasks stay. ` +
    `To keep everything, set ${settings.length > 1 ? 'both' : 'it'} to 0 and restart the server. ` +
    'To keep a copy, run `opencode-slack backup` or ' +
    '`opencode-slack export`.'
  );
}

function countText(count: number): string {
  const { removalCountMax } = limits;
  return count > removalCountMax ? `more than ${numberText(removalCountMax)}` : numberText(count);
}

function numberText(value: number): string {
  return value.toLocaleString('en');
}
