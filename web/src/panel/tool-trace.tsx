import {
  Brain,
  Check,
  FileText,
  Globe,
  LoaderCircle,
  type LucideIcon,
  MoveRight,
  Pencil,
  Search,
  SquareTerminal,
  Trash2,
  Wrench,
  X,
} from 'lucide-react';
import type { ToolCall } from '../../../src/protocol/index.ts';
import { classNames } from '../ui/class-names.ts';

const icons: Record<string, LucideIcon> = {
  read: FileText,
  edit: Pencil,
  delete: Trash2,
  move: MoveRight,
  search: Search,
  execute: SquareTerminal,
  think: Brain,
  fetch: Globe,
};

interface ToolTraceProps {
  readonly tools: readonly ToolCall[];
  readonly running: boolean;
}

/** Every tool call, in the order in which they began. */
export function ToolTrace({ tools, running }: ToolTraceProps) {
  return (
    <ol>
      {tools.map((tool) => (
        <ToolLine key={tool.id} tool={tool} running={running} />
      ))}
    </ol>
  );
}

function ToolLine({ tool, running }: { readonly tool: ToolCall; readonly running: boolean }) {
  const Icon = icons[tool.kind] ?? Wrench;
  const paths = tool.paths.filter((path) => !tool.title.includes(path));
  return (
    <li
      data-tool={tool.id}
      data-status={tool.status}
      className={classNames(
        'relative flex items-start gap-2.5 py-1 before:absolute before:top-6 before:-bottom-1',
        'before:left-2.75 before:w-px before:bg-line last:before:hidden',
      )}
    >
      <span
        className={classNames(
          'z-1 grid size-5.5 shrink-0 place-items-center rounded-md border border-line bg-raised',
          'text-soft',
        )}
      >
        <Icon aria-label={tool.kind} className="size-3.5" />
      </span>
      <span
        dir="auto"
        className="min-w-0 flex-1 pt-px font-mono text-[0.8125rem] leading-5 [overflow-wrap:anywhere]"
      >
        {tool.title}
        {paths.map((path) => (
          <span key={path} className="block text-xs text-faint">
            {path}
          </span>
        ))}
      </span>
      <span className="pt-0.5">
        <ToolStatus status={tool.status} running={running} />
      </span>
    </li>
  );
}

function ToolStatus({ status, running }: { readonly status: ToolCall['status']; readonly running: boolean }) {
  if (status === 'completed') return <Check aria-label="done" className="size-4 text-ok" />;
  if (status === 'failed') return <X aria-label="failed" className="size-4 text-bad" />;
  if (!running) return <span className="text-xs text-faint">not finished</span>;
  return (
    <LoaderCircle
      aria-label={status === 'pending' ? 'about to run' : 'running'}
      className={classNames(
        'size-4 animate-spin [animation-duration:2s]',
        status === 'pending' ? 'text-faint' : 'text-accent',
      )}
    />
  );
}
