import { useMutation } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import type { ProjectConfig } from '../../../src/protocol/index.ts';
import { useAppState, useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button } from '../ui/button.tsx';

/** The project's own configuration that is not loaded, until an admin trusts exactly what is shown. */
export function ProjectConfigCard() {
  const { client } = useLive();
  const config = useAppState((state) => state.server?.project_config ?? null);
  const online = useAppState((state) => state.link.kind === 'online');
  const mayManage = useMay('manage_system');
  const trust = useMutation({
    mutationFn: (hash: string) => client.request('trust_project', { hash, trusted: true }),
  });
  if (config === null || config.state === 'trusted' || !online) return null;
  const { hash } = config;
  return (
    <section
      aria-label="Configuration of the project"
      data-project-config={config.state}
      className="flex shrink-0 items-start gap-2.5 border-b border-line bg-raised px-4 py-2.5 text-sm"
    >
      <ShieldAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-faint" />
      <div className="min-w-0 flex-1">
        <p className="text-soft [overflow-wrap:anywhere]">{config.reason}</p>
        {mayManage && (
          <details className="mt-1">
            <summary className="cursor-pointer text-xs font-medium text-soft">What it is</summary>
            <ConfigParts config={config} />
            {hash !== null && (
              <Button
                size="small"
                className="mt-2"
                disabled={trust.isPending}
                onClick={() => trust.mutate(hash)}
              >
                Trust exactly this
              </Button>
            )}
          </details>
        )}
        {trust.error && (
          <p role="alert" className="mt-1.5 text-bad">
            {trust.error.message}
          </p>
        )}
      </div>
    </section>
  );
}

function ConfigParts({ config: { files, commands, plugins } }: { readonly config: ProjectConfig }) {
  const parts = [
    ['Files', files],
    ['Commands', commands],
    ['Plugins', plugins],
  ] as const;
  return parts.map(
    ([title, names]) =>
      names.length > 0 && (
        <div key={title} className="mt-1.5">
          <h3 className="text-xs font-semibold text-faint">{title}</h3>
          <ul className="max-h-40 overflow-y-auto font-mono text-xs [overflow-wrap:anywhere]">
            {[...new Set(names)].map((name) => (
              <li key={name} dir="auto">
                {name}
              </li>
            ))}
          </ul>
        </div>
      ),
  );
}
