import { useCallback, useState } from 'react';
import { ComposerHandleContext, createComposerHandle } from './composer/composer-handle.ts';
import { useFilesRefused } from './composer/use-files-refused.ts';
import { ProjectConfigCard } from './confinement/project-config-card.tsx';
import { ConnectionBar } from './connection-bar.tsx';
import { QuickSwitcher } from './conversations/quick-switcher.tsx';
import { ErrorBoundary } from './errors/error-boundary.tsx';
import { PaneBoundary } from './errors/pane-boundary.tsx';
import { useAppState } from './live/use-live.ts';
import { Room } from './room/room.tsx';
import { useSearchKey } from './search/use-search-key.ts';
import { SidePanel, sidePanelTitle } from './side-panel.tsx';
import { Sidebar } from './sidebar/sidebar.tsx';
import { StorageCard } from './storage-card.tsx';
import { SupplyCard } from './supply/supply-card.tsx';
import { ToastView } from './toast-view.tsx';
import { Sheet } from './ui/sheet.tsx';
import { useMediaQuery } from './ui/use-media-query.ts';
import { useViewState } from './use-view-state.ts';
import { panelFitsQuery, SceneContext, ViewContext } from './view.ts';

const nothing = () => null;

/** Everything for somebody who is signed in: where to go, the conversation, and what is beside it. */
export function Workspace({ onSignOut }: { readonly onSignOut: () => void }) {
  useFilesRefused();
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const [composer] = useState(createComposerHandle);
  const closeSidebar = useCallback(() => setSidebarOpen(false), []);
  const [scene, view] = useViewState(composer, closeSidebar);
  const loaded = useAppState((state) => state.loaded);
  const sidebarFits = useMediaQuery('(min-width: 48rem)');
  const panelFits = useMediaQuery(panelFitsQuery);
  const { openPanel } = view;
  useSearchKey(useCallback(() => openPanel({ kind: 'search' }), [openPanel]));
  const { conversationId } = scene.here;
  const title = sidePanelTitle(scene);

  const sidebar = (
    <PaneBoundary name="The sidebar">
      <Sidebar onSignOut={onSignOut} />
    </PaneBoundary>
  );
  const sidePanel = (
    <PaneBoundary name="This panel" subject={scene}>
      <SidePanel {...scene} />
    </PaneBoundary>
  );

  return (
    <ViewContext value={view}>
      <SceneContext value={scene}>
        <ComposerHandleContext value={composer}>
          <div data-testid="chat-interface" className="flex h-dvh flex-col">
            <ErrorBoundary fallback={nothing}>
              <ConnectionBar />
            </ErrorBoundary>
            <div className="flex min-h-0 flex-1">
              {sidebarFits ? (
                <aside aria-label="Team" className="w-66 shrink-0 border-r border-line">
                  {sidebar}
                </aside>
              ) : (
                <Sheet open={sidebarOpen} onClose={closeSidebar} side="left" title="Team">
                  {sidebar}
                </Sheet>
              )}
              <main className="flex min-w-0 flex-1 flex-col">
                <StorageCard />
                <SupplyCard />
                <ProjectConfigCard />
                {loaded && (
                  <PaneBoundary name="The conversation" subject={conversationId}>
                    <Room
                      key={conversationId}
                      conversationId={conversationId}
                      onOpenSidebar={sidebarFits ? null : () => setSidebarOpen(true)}
                    />
                  </PaneBoundary>
                )}
              </main>
              {panelFits && title !== null && (
                <aside aria-label={title} className="w-100 shrink-0 border-l border-line xl:w-112">
                  {sidePanel}
                </aside>
              )}
              {!panelFits && (
                <Sheet open={title !== null} onClose={view.closePanel} side="right" title={title ?? ''}>
                  {sidePanel}
                </Sheet>
              )}
            </div>
            <ErrorBoundary fallback={nothing}>
              <QuickSwitcher />
              <ToastView />
            </ErrorBoundary>
          </div>
        </ComposerHandleContext>
      </SceneContext>
    </ViewContext>
  );
}
