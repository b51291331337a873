/** Names of variables that are this product's or its surroundings' own and no agent's business. */
const withheld = /^(?:OPENCODE_|TELEGRAM_|NODE_TEST_CONTEXT$|NODE_CHANNEL_|npm_)/;

/**
 * The environment for an agent program: the person's own (so that PATH and the keys of model providers
 * work), without this product's credentials and settings.
 */
export function agentEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.test(name)));
}
