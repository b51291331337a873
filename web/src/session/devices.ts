import { z } from 'zod';
import { Session } from '../../../src/protocol/index.ts';
import { serverUrl } from '../lib/server-url.ts';

const Sessions = z.object({ sessions: z.array(Session) });

/** The devices that one is signed in on, this one first. */
export async function listDevices(): Promise<Session[]> {
  const { sessions } = Sessions.parse(await ask('GET', ''));
  return sessions.sort((a, b) => Number(b.current) - Number(a.current));
}

export async function signDeviceOut(id: string): Promise<void> {
  await ask('DELETE', `/${encodeURIComponent(id)}`);
}

export async function signOthersOut(): Promise<void> {
  await ask('DELETE', '');
}

async function ask(method: 'GET' | 'DELETE', path: string): Promise<unknown> {
  const response = await fetch(serverUrl(`auth/sessions${path}`), { method, cache: 'no-store' });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return await response.json();
}
