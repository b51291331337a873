/** Names of variables that are this product's or its surroundings' own and no agent's business. */
const withheld = /^(?:OPENCODE_|TELEGRAM_|NODE_TEST_CONTEXT$|NODE_CHANNEL_|npm_)/;

/**
 * The environment for an agent program: the person's own (so that PATH and the keys of model providers
 * work), without this product's credentials and settings, and without a proxy on the way to this machine
 * itself.
 */
export function agentEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(withDirectLoopback(env)).filter(([name]) => !withheld.test(name)));
}

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
/** Programs differ in how they want an IPv6 address written. */
const loopback = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Where a proxy is set, this machine is excepted from it, in both spellings of the variable: agent programs
 * talk to parts of themselves and to the team's tools over loopback, which a proxy refuses or cannot reach.
 */
export function withDirectLoopback(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!proxyVariables.some((name) => env[name])) return env;
  const given = [env.NO_PROXY, env.no_proxy]
    .flatMap((value) => (value ?? '').split(/[\s,]+/))
    .filter((entry) => entry !== '');
  const direct = given.includes('*') ? '*' : [...new Set([...given, ...loopback])].join(',');
  return { ...env, NO_PROXY: direct, no_proxy: direct };
}
