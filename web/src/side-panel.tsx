import { MembersPanel } from './conversations/members-panel.tsx';
import { FilesPanel } from './files/files-panel.tsx';
import { AgentPanel } from './panel/agent-panel.tsx';
import { PinsPanel } from './room/pins-panel.tsx';
import { SearchPanel } from './search/search-panel.tsx';
import { ThreadPanel } from './thread/thread-panel.tsx';
import { ThreadsPanel } from './thread/threads-panel.tsx';
import type { Scene } from './view.ts';

/** What is beside the conversation: a panel, or the thread that the address names. */
export function SidePanel({ here: { conversationId, threadId }, panel }: Scene) {
  switch (panel?.kind) {
    case 'agent':
      return <AgentPanel key={panel.agentName} target={panel} />;
    case 'pins':
      return <PinsPanel key={conversationId} conversationId={conversationId} />;
    case 'members':
      return <MembersPanel key={conversationId} conversationId={conversationId} />;
    case 'search':
      return <SearchPanel />;
    case 'threads':
      return <ThreadsPanel />;
    case 'files':
      return <FilesPanel />;
    case undefined:
      return threadId === null ? null : (
        <ThreadPanel key={threadId} conversationId={conversationId} rootId={threadId} />
      );
  }
}

/** Its name, or null when nothing is there. */
export function sidePanelTitle({ here, panel }: Scene): string | null {
  switch (panel?.kind) {
    case 'agent':
      return `Agent ${panel.agentName}`;
    case 'pins':
      return 'Pinned messages';
    case 'members':
      return 'Members';
    case 'search':
      return 'Search';
    case 'threads':
      return 'Threads';
    case 'files':
      return 'Held files';
    case undefined:
      return here.threadId === null ? null : 'Thread';
  }
}
