import { appendFileSync, existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import {
  type AgentContext,
  agent,
  type McpServer,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk';

/**
 * A program that speaks the protocol and keeps its sessions in a file. By its second argument, `resume`,
 * `load` or `neither`, it goes on in a session of a former life. It answers with all that it was told in the
 * session. At a prompt with "hold on" it works until it is cancelled, or there is a file `go` in the project.
 * By its third argument it takes tools of the team: it is the file in which it notes each way to them.
 */

const [file = '', ability, serversFile] = process.argv.slice(2);
const sessions: Record<string, string[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const held = new Map<string, () => void>();

function known(id: string): string[] {
  const told = sessions[id];
  if (told === undefined) throw RequestError.sessionNotFound(id);
  return told;
}

agent({ name: 'remembering' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: PROTOCOL_VERSION,
    agentCapabilities: {
      loadSession: ability === 'load',
      mcpCapabilities: { http: serversFile !== undefined },
      sessionCapabilities: ability === 'resume' ? { resume: {} } : {},
    },
  }))
  .onRequest(methods.agent.session.new, ({ params }) => {
    note(params.mcpServers);
    const sessionId = `session-${Object.keys(sessions).length + 1}`;
    sessions[sessionId] = [];
    return { sessionId };
  })
  .onRequest(methods.agent.session.resume, ({ params }) => {
    known(params.sessionId);
    note(params.mcpServers);
    return {};
  })
  .onRequest(methods.agent.session.load, async ({ params, client }) => {
    note(params.mcpServers);
    for (const text of known(params.sessionId)) await say(client, params.sessionId, `Long ago: ${text}`);
    return {};
  })
  .onNotification(methods.agent.session.cancel, ({ params }) => held.get(params.sessionId)?.())
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [block] = params.prompt;
    const text = block?.type === 'text' ? block.text : '';
    const told = known(params.sessionId);
    told.push(text);
    writeFileSync(file, JSON.stringify(sessions));
    await say(client, params.sessionId, JSON.stringify(told));
    return { stopReason: text.includes('hold on') ? await hold(params.sessionId) : 'end_turn' };
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));

function note(servers: readonly McpServer[] = []): void {
  if (serversFile !== undefined) appendFileSync(serversFile, `${JSON.stringify(servers)}\n`);
}

function hold(sessionId: string): Promise<'end_turn' | 'cancelled'> {
  return new Promise((resolve) => {
    const watcher = watch('.', look);
    held.set(sessionId, () => end('cancelled'));
    look();
    function look(): void {
      if (existsSync('go')) end('end_turn');
    }
    function end(reason: 'end_turn' | 'cancelled'): void {
      watcher.close();
      resolve(reason);
    }
  });
}

async function say(client: AgentContext, sessionId: string, text: string): Promise<void> {
  await client.notify(methods.client.session.update, {
    sessionId,
    update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
  });
}
