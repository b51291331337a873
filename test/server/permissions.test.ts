import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RunningApp } from '../../src/app.ts';
import { may, permissionsOf } from '../../src/auth/policy.ts';
import {
  type Action,
  type CommandDefinition,
  commands,
  environmentKeyNames,
  personRoles,
  type Role,
  roles,
} from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import type { RawClient } from '../support/raw-client.ts';
import { ask, type BrowserHeaders, bearer, enter, redeem, secretKey, tokenFor } from '../support/sign-in.ts';

/** Each way in, and the roles that can come in by it: a browser's cookie, or a secret to bear. */
const adminKey = 'an-admin-key-of-the-environment';
const apiKey = 'a-developer-key-of-the-environment';

type WayIn = { readonly auth: object; readonly headers: Record<string, string>; readonly rest: boolean };
type Method = (app: RunningApp, role: Role, owner: BrowserHeaders) => Promise<WayIn>;

const bears = (secret: string, auth: object): WayIn => ({ auth, rest: true, ...bearer(secret) });

const methods: Readonly<Record<string, { readonly roles: readonly Role[]; readonly comeIn: Method }>> = {
  token: {
    // An agent's is for /mcp only; it has tests there.
    roles: roles.filter((role) => role !== 'agent'),
    async comeIn(_, role) {
      const token = await tokenFor(`t_${role}`, role);
      return bears(token, { method: 'token', token });
    },
  },
  api_key: {
    roles,
    async comeIn(app, role, owner) {
      const { answer } = await ask(app, 'POST', '/keys', {
        body: { name: `k_${role}`, role },
        headers: owner,
      });
      return bears(String(answer.key), { method: 'api_key', api_key: answer.key });
    },
  },
  'api_key of the environment': {
    roles: ['admin', 'developer'],
    async comeIn(_, role) {
      const key = role === 'admin' ? adminKey : apiKey;
      return bears(key, { method: 'api_key', api_key: key });
    },
  },
  session: {
    roles: personRoles,
    async comeIn(app, role, owner) {
      const made = await ask(app, 'POST', '/auth/links', {
        body: { user_id: `s_${role}`, role },
        headers: owner,
      });
      return {
        auth: { method: 'session' },
        headers: await redeem(app, String(made.answer.link)),
        rest: true,
      };
    },
  },
  guest: {
    roles: ['guest'],
    comeIn: async () => ({ auth: { method: 'guest', guest_id: 'visitor' }, headers: {}, rest: false }),
  },
  development: {
    roles,
    comeIn: async (_, role) => ({
      auth: { method: 'development', user_id: `d_${role}`, role },
      headers: {},
      rest: false,
    }),
  },
};

/** Sends every command without its fields: what is not allowed is refused before they are looked at. */
async function refusedCommands(client: RawClient): Promise<Set<string>> {
  const refused = new Set<string>();
  for (const type of Object.keys(commands).filter((name) => name !== 'auth')) {
    client.send({ type, request_id: `of ${type}` });
    const answer = await client.ever((frame) => frame.request_id === `of ${type}`);
    if (answer.type === 'error' && answer.code === 'forbidden' && /^Your role/.test(String(answer.message))) {
      refused.add(type);
    }
  }
  return refused;
}

const startLenient = (t: TestContext) =>
  startApp(
    t,
    { developmentMode: 'true', allowGuest: 'true' },
    { OPENCODE_SECRET_KEY: secretKey, OPENCODE_ADMIN_KEY: adminKey, OPENCODE_API_KEY: apiKey },
  );

for (const [name, { roles: possible, comeIn }] of Object.entries(methods)) {
  for (const role of possible) {
    test(`by ${name} as ${role}, the policy and nothing else says what one may do`, async (t) => {
      const app = await startLenient(t);
      const owner = await redeem(app, app.signInLink);
      const { auth, headers, rest } = await comeIn(app, role, owner);
      const client = await enter(t, app, auth, headers);
      const success = await client.nextOf('auth_success');
      assert.equal(success.role, role);
      assert.deepEqual(success.permissions, permissionsOf(role));

      const refused = await refusedCommands(client);
      for (const [type, { needs }] of Object.entries<CommandDefinition>(commands)) {
        if (needs !== null) assert.equal(refused.has(type), !may({ role }, needs), `${type} needs ${needs}`);
      }
      if (rest) await checkRoutes(app, role, headers);
    });
  }
}

/** Asks every route that OpenAPI tells of, with an empty body: what is not allowed is refused first. */
async function checkRoutes(app: RunningApp, role: Role, headers: Record<string, string>): Promise<void> {
  const { answer } = await ask(app, 'GET', '/openapi.json');
  const paths = answer.paths as Record<string, Record<string, { 'x-needs'?: Action }>>;
  let asked = 0;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { 'x-needs': needs }] of Object.entries(operations)) {
      // Signing all others out would sign those of the other methods out; it has a test of its own.
      if (needs === undefined || (method === 'delete' && path === '/auth/sessions')) continue;
      const body = method === 'get' || method === 'delete' ? {} : { body: {} };
      const url = path.replaceAll(/\{\w+\}/g, 'nothing');
      const { status, answer: said } = await ask(app, method.toUpperCase(), url, { ...body, headers });
      const isRefused = status === 403 && /^Your role/.test(String(said.error));
      assert.equal(isRefused, !may({ role }, needs), `${method} ${path} needs ${needs}, answered ${status}`);
      assert.notEqual(status, 401, `${method} ${path}`);
      asked += 1;
    }
  }
  assert.ok(asked > 15);
}

test('without any credential every route but the public ones says that one must sign in', async (t) => {
  const app = await startApp(t);
  const { answer } = await ask(app, 'GET', '/openapi.json');
  const open: string[] = [];
  for (const [path, operations] of Object.entries(answer.paths as Record<string, object>)) {
    for (const method of Object.keys(operations)) {
      const body = method === 'get' || method === 'delete' ? {} : { body: {} };
      const { status } = await ask(app, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'nothing'), body);
      if (status !== 401) open.push(`${method} ${path}`);
    }
  }
  assert.deepEqual(open.sort(), ['get /health', 'post /auth/exchange', 'post /auth/logout']);
});

test('the keys of the environment act by names that nobody else can have', async (t) => {
  const app = await startLenient(t);
  const me = await ask(app, 'GET', '/auth/me', bearer(adminKey));
  assert.equal(me.answer.user_id, environmentKeyNames.admin);
  const links = { body: { user_id: environmentKeyNames.admin }, ...bearer(adminKey) };
  assert.equal((await ask(app, 'POST', '/auth/links', links)).answer.code, 'name_taken');
});
