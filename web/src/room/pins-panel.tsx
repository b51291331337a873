import { PinOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ChatMessage } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { MessageCard } from '../thread/message-card.tsx';
import { IconButton } from '../ui/button.tsx';
import { PanelHeader } from '../ui/panel-header.tsx';
import { useView } from '../view.ts';
import { whereIs } from '../where.ts';

/** What is pinned to a conversation, the newest first. */
export function PinsPanel({ conversationId }: { readonly conversationId: string }) {
  const { acts } = useLive();
  const { closePanel, go } = useView();
  const { pins, problem } = usePins(conversationId);
  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="pins-panel">
      <PanelHeader title="Pinned" onClose={closePanel} />
      <div className="min-h-0 flex-1 overflow-y-auto p-3">
        {problem && <p className="p-3 text-sm text-bad">{problem}</p>}
        {pins?.length === 0 && (
          <p className="p-3 text-sm text-soft">
            Nothing is pinned. What should be found again can be, from a message's menu.
          </p>
        )}
        <ul className="space-y-2">
          {pins?.toReversed().map((message) => (
            <li key={message.id} className="relative">
              <MessageCard message={message} placed={false} onOpen={() => go(whereIs(message))}>
                <span dir="auto" className="mt-0.5 line-clamp-4 pr-6 text-sm whitespace-pre-line">
                  {message.text}
                </span>
              </MessageCard>
              <IconButton
                label="Unpin"
                className="absolute right-1.5 bottom-1.5 size-7"
                onClick={() => acts.pin(message, false)}
              >
                <PinOff aria-hidden="true" className="size-3.5" />
              </IconButton>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Asked for anew whenever something that is pinned may have changed. */
function usePins(conversation_id: string) {
  const { client } = useLive();
  const [pins, setPins] = useState<readonly ChatMessage[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let wanted = true;
    const load = () =>
      client.request('get_pinned_messages', { conversation_id }).then(
        ({ messages }) => wanted && setPins(messages),
        (error: unknown) => wanted && setProblem(error instanceof Error ? error.message : String(error)),
      );
    const changed = (event: { conversation_id: string }) => {
      if (event.conversation_id === conversation_id) void load();
    };
    const stops = [
      client.on('message_pinned', changed),
      client.on('message_edited', changed),
      client.on('message_deleted', changed),
      client.onReload(async () => void (await load())),
    ];
    return () => {
      wanted = false;
      for (const stop of stops) stop();
    };
  }, [client, conversation_id]);
  return { pins, problem };
}
