import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import {
  agent,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type SessionUpdate,
  type ToolCall,
} from '@agentclientprotocol/sdk';

/** A program that speaks the protocol and edits whatever it is told: each prompt becomes a file. */

let files = 0;

agent({ name: 'eager' })
  .onRequest(methods.agent.initialize, () => ({ protocolVersion: PROTOCOL_VERSION, agentCapabilities: {} }))
  .onRequest(methods.agent.session.new, () => {
    files += 1;
    return { sessionId: `eager-${files}` };
  })
  .onNotification(methods.agent.session.cancel, () => undefined)
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [block] = params.prompt;
    const newText = block?.type === 'text' ? block.text : '';
    const { sessionId } = params;
    files += 1;
    const path = join(process.cwd(), `edit-${files}.txt`);
    const toolCall: ToolCall = {
      toolCallId: `call-${files}`,
      kind: 'edit',
      title: `Write edit-${files}.txt`,
      locations: [{ path }],
      content: [{ type: 'diff', path, oldText: null, newText }],
    };
    const tell = (update: SessionUpdate) =>
      client.notify(methods.client.session.update, { sessionId, update });
    await tell({ sessionUpdate: 'tool_call', ...toolCall, title: 'Write', status: 'pending' });
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId,
      toolCall,
      options: [
        { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
        { optionId: 'no', name: 'Deny', kind: 'reject_once' },
      ],
    });
    const isAllowed = outcome.outcome === 'selected' && outcome.optionId === 'yes';
    if (isAllowed) writeFileSync(path, newText);
    const status = isAllowed ? 'completed' : 'failed';
    await tell({ sessionUpdate: 'tool_call_update', ...toolCall, status });
    const text = isAllowed ? 'Edited.' : 'I was not allowed to edit.';
    await tell({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
    return { stopReason: 'end_turn' };
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
