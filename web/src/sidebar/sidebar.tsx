import { Hash, LogOut, Plus } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useAppState } from '../live/use-live.ts';
import { agentsOf, peopleOf } from '../state/selectors.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Logo } from '../ui/logo.tsx';
import { AgentRow } from './agent-row.tsx';
import { HireDialog } from './hire-dialog.tsx';
import { LinkState } from './link-state.tsx';
import { PersonRow } from './person-row.tsx';
import { WorkerBadge } from './worker-badge.tsx';

/** The team: conversations, agents and how each is, people and who is here. */
export function Sidebar({ onSignOut }: { readonly onSignOut: () => void }) {
  const state = useAppState((whole) => whole);
  const agents = useMemo(() => agentsOf(state), [state]);
  const people = useMemo(() => peopleOf(state), [state]);
  const [hiring, setHiring] = useState(false);

  return (
    <div className="flex h-full flex-col bg-rail">
      <header className="flex h-14 shrink-0 items-center gap-2.5 px-4">
        <Logo className="size-7 shrink-0" />
        <span className="truncate font-semibold tracking-tight">opencode-slack</span>
      </header>

      <nav aria-label="Team" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4" data-testid="user-list">
        <ul>
          {(state.conversations.length > 0
            ? state.conversations
            : [{ conversation_id: 'main', title: 'main' }]
          ).map(({ conversation_id }) => (
            <li key={conversation_id}>
              <a
                href={`#${conversation_id}`}
                aria-current="page"
                onClick={(event) => event.preventDefault()}
                className={classNames(
                  'flex h-8 items-center gap-2 rounded-lg bg-accent-soft px-2 font-medium',
                  'text-accent-strong',
                )}
              >
                <Hash aria-hidden="true" className="size-4" />
                {conversation_id}
              </a>
            </li>
          ))}
        </ul>

        <Section
          title="Agents"
          stale={state.link.kind !== 'online'}
          action={
            <IconButton label="Hire an agent" className="size-7" onClick={() => setHiring(true)}>
              <Plus aria-hidden="true" className="size-4" />
            </IconButton>
          }
        >
          {agents.map((agent) => (
            <AgentRow key={agent.member.name} agent={agent} />
          ))}
          {state.loaded && agents.length === 0 && (
            <li className="px-2 py-1 text-sm text-faint">Nobody is hired yet.</li>
          )}
        </Section>

        <Section title="People">
          {people.map((person) => (
            <PersonRow key={person.name} person={person} />
          ))}
        </Section>
      </nav>

      <footer className="shrink-0 border-t border-line p-2">
        <WorkerBadge server={state.server} />
        <div className="flex items-center gap-2.5 px-2 py-1">
          <Avatar name={state.self.user_id} kind="person" size="small" />
          <div className="min-w-0 flex-1 leading-tight">
            <div className="truncate text-sm font-medium">{state.self.user_id}</div>
            <LinkState link={state.link} />
          </div>
          <IconButton label="Sign out" onClick={onSignOut}>
            <LogOut aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
      </footer>
      <HireDialog open={hiring} onOpenChange={setHiring} />
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  /** There is no connection: what is shown is what was last heard. */
  readonly stale?: boolean;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Section({ title, stale, action, children }: SectionProps) {
  return (
    <section aria-label={title} className="mt-5">
      <div className="flex h-7 items-center justify-between pr-0.5 pl-2">
        <h2 className="text-xs font-semibold tracking-wide text-faint">{title}</h2>
        {action}
      </div>
      <ul className={classNames('mt-0.5 space-y-px', stale && 'stale')}>{children}</ul>
    </section>
  );
}
