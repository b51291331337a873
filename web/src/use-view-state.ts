import { useCallback, useMemo, useRef, useState } from 'react';
import type { ComposerHandle } from './composer/composer-handle.ts';
import { useLive } from './live/use-live.ts';
import { useWhere } from './use-where.ts';
import type { Panel, Scene, View } from './view.ts';
import { home, type Where } from './where.ts';

/** What is looked at, and the ways to look elsewhere; `onMove` is told of each. */
export function useViewState(composer: ComposerHandle, onMove: () => void): readonly [Scene, View] {
  const { acts } = useLive();
  const [here, goThere] = useWhere();
  const [panel, setPanel] = useState<Panel | null>(null);

  const go = useCallback(
    (where: Where, keepsPanel = false) => {
      if (!keepsPanel) setPanel(null);
      onMove();
      goThere(where);
    },
    [goThere, onMove],
  );

  const latest = useRef<Scene>({ here, panel });
  latest.current = { here, panel };

  const view = useMemo<View>(() => {
    const show = (next: Panel) => {
      setPanel(next);
      onMove();
    };
    return {
      go,
      openConversation: (id) => go({ ...home, conversationId: id }),
      openThread: (id, rootId) => go({ conversationId: id, threadId: rootId, messageId: null }),
      openAgent: (agentName) => show({ kind: 'agent', agentName, taskId: null }),
      openTask: (agentName, taskId) => show({ kind: 'agent', agentName, taskId }),
      openPanel: show,
      closePanel() {
        const { conversationId, threadId } = latest.current.here;
        if (latest.current.panel === null && threadId !== null) goThere({ ...home, conversationId });
        setPanel(null);
      },
      async openDirect(name) {
        const id = await acts.openDirect([name]);
        if (id !== null) go({ ...home, conversationId: id });
      },
      mention(name) {
        onMove();
        composer.mention(name);
      },
    };
  }, [go, goThere, acts, composer, onMove]);

  const scene = useMemo(() => ({ here, panel }), [here, panel]);
  return [scene, view];
}
