import { useCallback, useMemo, useState } from 'react';
import { ComposerHandleContext, createComposerHandle } from './composer/composer-handle.ts';
import { ConnectionBar } from './connection-bar.tsx';
import { AgentPanel } from './panel/agent-panel.tsx';
import { Room } from './room/room.tsx';
import { Sidebar } from './sidebar/sidebar.tsx';
import { Sheet } from './ui/sheet.tsx';
import { useMediaQuery } from './ui/use-media-query.ts';
import { type PanelTarget, type View, ViewContext } from './view.ts';

const conversationId = 'main';

/** Everything for somebody who is signed in: the team, the room, and the agent at work beside it. */
export function Workspace({ onSignOut }: { readonly onSignOut: () => void }) {
  const [panel, setPanel] = useState<PanelTarget | null>(null);
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const [composer] = useState(createComposerHandle);
  const sidebarFits = useMediaQuery('(min-width: 48rem)');
  const panelFits = useMediaQuery('(min-width: 70rem)');

  const closePanel = useCallback(() => setPanel(null), []);
  const closeSidebar = useCallback(() => setSidebarOpen(false), []);
  const view = useMemo<View>(
    () => ({
      conversationId,
      panel,
      openAgent: (agentName) => {
        setPanel({ agentName, taskId: null });
        setSidebarOpen(false);
      },
      openTask: (agentName, taskId) => setPanel({ agentName, taskId }),
      closePanel,
      mention: (name) => {
        setSidebarOpen(false);
        composer.mention(name);
      },
    }),
    [panel, closePanel, composer],
  );

  return (
    <ViewContext value={view}>
      <ComposerHandleContext value={composer}>
        <div data-testid="chat-interface" className="flex h-dvh flex-col">
          <ConnectionBar />
          <div className="flex min-h-0 flex-1">
            {sidebarFits ? (
              <aside aria-label="Team" className="w-66 shrink-0 border-r border-line">
                <Sidebar onSignOut={onSignOut} />
              </aside>
            ) : (
              <Sheet open={sidebarOpen} onClose={closeSidebar} side="left" title="Team">
                <Sidebar onSignOut={onSignOut} />
              </Sheet>
            )}
            <main className="flex min-w-0 flex-1 flex-col">
              <Room onOpenSidebar={sidebarFits ? null : () => setSidebarOpen(true)} />
            </main>
            {panelFits && panel && (
              <aside
                aria-label={`Agent ${panel.agentName}`}
                className="w-100 shrink-0 border-l border-line xl:w-112"
              >
                <AgentPanel key={panel.agentName} target={panel} />
              </aside>
            )}
            {!panelFits && (
              <Sheet
                open={panel !== null}
                onClose={closePanel}
                side="right"
                title={panel ? `Agent ${panel.agentName}` : 'Agent'}
              >
                {panel && <AgentPanel key={panel.agentName} target={panel} />}
              </Sheet>
            )}
          </div>
        </div>
      </ComposerHandleContext>
    </ViewContext>
  );
}
