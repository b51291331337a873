import { useMemo } from 'react';
import { type DiffLine, parseDiff } from '../../../src/lib/unified-diff.ts';
import { classNames } from '../ui/class-names.ts';

const looks: Record<DiffLine['kind'], string> = {
  hunk: 'bg-sunken text-faint',
  context: '',
  added: 'bg-ok-soft',
  removed: 'bg-bad-soft',
  note: 'text-faint italic',
};

const signs: Record<DiffLine['kind'], string> = {
  hunk: '',
  context: ' ',
  added: '+',
  removed: '−',
  note: '',
};

/** A unified diff with line numbers, told by sign and colour. */
export function DiffView({ diff }: { readonly diff: string }) {
  const lines = useMemo(() => parseDiff(diff), [diff]);
  if (diff === '') {
    return (
      <p className="border-t border-line px-3 py-2 text-xs text-faint">A binary file: there is no diff.</p>
    );
  }
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section aria-label="Diff" tabIndex={0} className="max-h-96 overflow-auto border-t border-line bg-canvas">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a diff is shown whole and never reordered
            <tr key={index} data-line={line.kind} className={looks[line.kind]}>
              <Line line={line} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const gutter = 'w-px px-2 text-right text-faint select-none tabular-nums';

function Line({ line }: { readonly line: DiffLine }) {
  if (line.kind === 'hunk' || line.kind === 'note') {
    return (
      <td colSpan={4} className="px-3 whitespace-pre">
        {line.kind === 'hunk' ? `⋯ line ${line.newLine ?? 0}  ${line.text}` : line.text}
      </td>
    );
  }
  return (
    <>
      <td className={gutter}>{line.oldLine}</td>
      <td className={gutter}>{line.newLine}</td>
      <td
        className={classNames(
          'w-px px-1 select-none',
          line.kind === 'added' && 'text-ok',
          line.kind === 'removed' && 'text-bad',
        )}
      >
        {signs[line.kind]}
      </td>
      <td className="pr-3 whitespace-pre">{line.text}</td>
    </>
  );
}
