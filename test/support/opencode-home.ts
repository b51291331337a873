import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives a test a person's home with an opencode that uses the scripted model. The result is the environment
 * of a worker started by that person: nothing of the machine's real user comes in. `key` null: it is to be
 * given by signing in.
 */
export async function writeOpencodeHome(
  home: string,
  baseUrl: string,
  { key = 'test-only' }: { readonly key?: string | null } = {},
): Promise<NodeJS.ProcessEnv> {
  const configDirectory = join(home, '.config', 'opencode');
  await mkdir(configDirectory, { recursive: true });
  await writeFile(
    join(configDirectory, 'opencode.json'),
    JSON.stringify(opencodeConfig(baseUrl, key), null, 2),
  );
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
  };
}

function opencodeConfig(baseUrl: string, key: string | null) {
  const model = { tool_call: true, limit: { context: 100_000, output: 10_000 } };
  return {
    $schema: 'https://opencode.ai/config.json',
    model: 'scripted/scripted',
    small_model: 'scripted/scripted',
    enabled_providers: ['scripted'],
    provider: {
      scripted: {
        name: 'Scripted',
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: baseUrl, ...(key === null ? {} : { apiKey: key }) },
        models: {
          scripted: { name: 'Scripted', ...model },
          other: { name: 'Other', ...model },
        },
      },
    },
  };
}
