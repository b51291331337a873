import { Dialog as Radix } from 'radix-ui';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import { useAppState } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { type Destination, findDestinations } from '../state/conversation-list.ts';
import { classNames } from '../ui/class-names.ts';
import { useReturnFocus } from '../ui/use-return-focus.ts';
import { useView } from '../view.ts';
import { ConversationIcon, MemberFace } from './conversation-icon.tsx';
import { onQuickSwitcher } from './switcher-key.ts';

const shownMax = 9;

/** Goes to any conversation or member by a few letters: Ctrl+K. */
export function QuickSwitcher() {
  const [open, setOpen] = useState(false);
  const focus = useReturnFocus();
  useEffect(() => onQuickSwitcher(() => setOpen((now) => !now)), []);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...focus}
          aria-describedby={undefined}
          className={classNames(
            'fixed top-[12dvh] left-1/2 z-50 w-[min(34rem,94vw)] -translate-x-1/2',
            'overflow-hidden rounded-2xl border border-line-strong bg-raised shadow-float focus:outline-none',
          )}
        >
          <Radix.Title className="sr-only">Go to a conversation</Radix.Title>
          <Finder onDone={() => setOpen(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Finder({ onDone }: { readonly onDone: () => void }) {
  const self = useAppState((state) => state.self);
  const conversations = useAppState((state) => state.conversations);
  const members = useAppState((state) => state.members);
  const mayPost = useMay('post');
  const { openConversation, openDirect } = useView();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const found = useMemo(
    () =>
      findDestinations({ self, conversations, members: mayPost ? members : {} }, typed).slice(0, shownMax),
    [self, conversations, members, mayPost, typed],
  );

  function choose(destination: Destination | undefined) {
    if (!destination) return;
    onDone();
    if (destination.kind === 'conversation') openConversation(destination.view.conversation_id);
    else openDirect(destination.name);
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) setActive((active + step + found.length) % found.length);
    else if (event.key === 'Enter') choose(found[active]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <input
        dir="auto"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
        aria-label="Go to"
        placeholder="A channel, a person or an agent"
        className="h-12 w-full border-b border-line bg-transparent px-4 outline-none placeholder:text-faint"
      />
      <div id={id} role="listbox" aria-label="Conversations and members" className="p-1.5">
        {found.map((destination, index) => (
          <div
            key={keyOf(destination)}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            onPointerMove={() => index !== active && setActive(index)}
            onPointerDown={(event) => {
              event.preventDefault();
              choose(destination);
            }}
            className={classNames(
              'flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm',
              index === active && 'bg-accent-soft text-accent-strong',
            )}
          >
            <DestinationLine destination={destination} />
          </div>
        ))}
        {found.length === 0 && <p className="px-2.5 py-2 text-sm text-faint">Nothing is called so.</p>}
      </div>
    </>
  );
}

function keyOf(destination: Destination): string {
  return destination.kind === 'member' ? `@${destination.name}` : destination.view.conversation_id;
}

function DestinationLine({ destination }: { readonly destination: Destination }) {
  if (destination.kind === 'member') {
    return (
      <>
        <MemberFace name={destination.name} />
        <span dir="auto" className="truncate">
          {destination.name}
        </span>
        <span className="ml-auto text-xs text-faint">{destination.member.role}</span>
      </>
    );
  }
  const { view, name } = destination;
  return (
    <>
      <span className="grid w-6 shrink-0 place-items-center">
        <ConversationIcon conversation={view} />
      </span>
      <span dir="auto" className={classNames('truncate', view.unread_count > 0 && 'font-bold')}>
        {name}
      </span>
      <span className="ml-auto text-xs text-faint tabular-nums">
        {view.unread_count > 0 ? `${view.unread_count} new` : view.joined ? '' : 'not joined'}
      </span>
    </>
  );
}
