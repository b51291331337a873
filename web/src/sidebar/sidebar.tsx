import { LogOut, Plus, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { WaitingList } from '../approval/waiting-list.tsx';
import { openQuickSwitcher } from '../conversations/switcher-key.ts';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { DevicesButton } from '../session/devices-button.tsx';
import { InviteButton } from '../session/invite-button.tsx';
import { agentsOf, peopleOf } from '../state/selectors.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Logo } from '../ui/logo.tsx';
import { AgentRow } from './agent-row.tsx';
import { ConversationLists } from './conversation-lists.tsx';
import { HireDialog } from './hire-dialog.tsx';
import { LinkState } from './link-state.tsx';
import { PersonRow } from './person-row.tsx';
import { Section } from './section.tsx';
import { WorkerBadge } from './worker-badge.tsx';

/** The team: conversations, agents and how each is, people and who is here. */
export function Sidebar({ onSignOut }: { readonly onSignOut: () => void }) {
  return (
    <div className="flex h-full flex-col bg-rail">
      <header className="flex h-14 shrink-0 items-center gap-2.5 px-4">
        <Logo className="size-7 shrink-0" />
        <span className="truncate font-semibold tracking-tight">opencode-slack</span>
      </header>
      <div className="px-2 pb-2">
        <button
          type="button"
          onClick={openQuickSwitcher}
          aria-keyshortcuts="Control+K Meta+K"
          className={classNames(
            'flex h-8 w-full items-center gap-2 rounded-lg border border-line bg-canvas px-2',
            'text-left text-sm text-faint hover:border-line-strong',
          )}
        >
          <Search aria-hidden="true" className="size-3.5" />
          <span className="flex-1">Go to…</span>
          <kbd className="font-sans text-xs">Ctrl K</kbd>
        </button>
      </div>
      <nav aria-label="Team" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4" data-testid="user-list">
        <WaitingList />
        <ConversationLists />
        <Agents />
        <People />
      </nav>
      <Footer onSignOut={onSignOut} />
    </div>
  );
}

function Agents() {
  const members = useAppState((state) => state.members);
  const statuses = useAppState((state) => state.agents);
  const loaded = useAppState((state) => state.loaded);
  const online = useAppState((state) => state.link.kind === 'online');
  const agents = useMemo(() => agentsOf({ members, agents: statuses }), [members, statuses]);
  const mayHire = useMay('hire');
  const [hiring, setHiring] = useState(false);
  return (
    <Section
      title="Agents"
      stale={!online}
      action={
        mayHire && (
          <IconButton label="Hire an agent" className="size-7" onClick={() => setHiring(true)}>
            <Plus aria-hidden="true" className="size-4" />
          </IconButton>
        )
      }
    >
      {agents.map((agent) => (
        <AgentRow key={agent.member.name} agent={agent} />
      ))}
      {loaded && agents.length === 0 && (
        <li className="px-2 py-1 text-sm text-faint">Nobody is hired yet.</li>
      )}
      <HireDialog open={hiring} onOpenChange={setHiring} />
    </Section>
  );
}

function People() {
  const self = useAppState((state) => state.self);
  const link = useAppState((state) => state.link);
  const members = useAppState((state) => state.members);
  const connected = useAppState((state) => state.connected);
  const people = useMemo(
    () => peopleOf({ self, link, members, connected }),
    [self, link, members, connected],
  );
  return (
    <Section title="People" action={<InviteButton />}>
      {people.map((person) => (
        <PersonRow key={person.name} person={person} />
      ))}
    </Section>
  );
}

function Footer({ onSignOut }: { readonly onSignOut: () => void }) {
  const self = useAppState((state) => state.self.user_id);
  const link = useAppState((state) => state.link);
  const server = useAppState((state) => state.server);
  return (
    <footer className="shrink-0 border-t border-line p-2">
      <WorkerBadge server={server} />
      <div className="flex items-center gap-2.5 px-2 py-1">
        <Avatar name={self} kind="person" size="small" />
        <div className="min-w-0 flex-1 leading-tight">
          <div className="truncate text-sm font-medium">{self}</div>
          <LinkState link={link} />
        </div>
        <DevicesButton />
        <IconButton label="Sign out" onClick={onSignOut}>
          <LogOut aria-hidden="true" className="size-4" />
        </IconButton>
      </div>
    </footer>
  );
}
