import { Ban, Check, MessageCircleQuestionMark } from 'lucide-react';
import type { ToolRule } from '../../../src/protocol/index.ts';
import type { Segment } from '../ui/segmented.tsx';

/** What a rule for tools is called, and how it looks. */
export const ruleLooks: Record<ToolRule, Segment<ToolRule>> = {
  auto: {
    value: 'auto',
    word: 'Allow',
    means: 'done without asking',
    icon: Check,
    chosen: 'bg-ok-soft text-ok',
  },
  ask: {
    value: 'ask',
    word: 'Ask',
    means: 'people are asked in the chat first',
    icon: MessageCircleQuestionMark,
    chosen: 'bg-warn-soft text-warn',
  },
  deny: { value: 'deny', word: 'Never', means: 'it is refused', icon: Ban, chosen: 'bg-bad-soft text-bad' },
};
