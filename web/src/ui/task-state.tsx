import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleX,
  Clock3,
  Hand,
  LoaderCircle,
  OctagonPause,
  Unplug,
} from 'lucide-react';
import type { TaskStatus } from '../../../src/protocol/index.ts';
import { StateBadge, type StateLook } from './state-badge.tsx';

const looks: Record<TaskStatus, StateLook> = {
  assigned: { word: 'in line', icon: Clock3, colour: 'text-faint' },
  working: { word: 'working', icon: LoaderCircle, colour: 'text-accent', turns: true },
  waiting: { word: 'waiting', icon: Hand, colour: 'text-warn' },
  stuck: { word: 'stuck', icon: CircleAlert, colour: 'text-stuck' },
  stopping: { word: 'stopping', icon: OctagonPause, colour: 'text-warn' },
  completed: { word: 'completed', icon: CircleCheck, colour: 'text-ok' },
  failed: { word: 'failed', icon: CircleX, colour: 'text-bad' },
  stopped: { word: 'stopped', icon: Ban, colour: 'text-faint' },
  interrupted: { word: 'interrupted', icon: Unplug, colour: 'text-warn' },
};

/** How far a task is in its life. */
export function TaskStateBadge({ status }: { readonly status: TaskStatus }) {
  return <StateBadge look={looks[status]} state={status} />;
}
