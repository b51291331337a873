/** Variables that a command needs to find its tools and to speak the person's language. None is secret. */
const passed: ReadonlySet<string> = new Set([
  ...['PATH', 'LANG', 'LANGUAGE', 'TZ', 'TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'CI'],
  ...['EDITOR', 'PAGER', 'JAVA_HOME', 'GOROOT', 'GOFLAGS', 'GOPROXY', 'RUSTUP_HOME', 'NODE_ENV'],
  ...['PYTHONPATH', 'VIRTUAL_ENV', 'PKG_CONFIG_PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
]);

export interface GitIdentity {
  readonly name: string | null;
  readonly email: string | null;
}

/** The port of the proxy in every sandbox, which is its only way out. */
export const proxyPort = 3128;

/** The proxy, for all programs that know the usual variables. `direct`: what is not to go through it. */
export function proxyEnvironment(direct: readonly string[]): NodeJS.ProcessEnv {
  const proxy = `http://127.0.0.1:${proxyPort}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  return {
    ...Object.fromEntries(names.map((name) => [name, proxy])),
    NO_PROXY: direct.join(','),
    no_proxy: direct.join(','),
    // Node's own fetch uses a proxy only when told so.
    NODE_USE_ENV_PROXY: '1',
  };
}

/**
 * Who commits, without the person's git configuration, which may hold credentials; and nothing of a
 * repository that an agent made within the project is executed.
 */
export function gitEnvironment({ name, email }: GitIdentity): NodeJS.ProcessEnv {
  const settings = [
    ['safe.bareRepository', 'explicit'],
    ['safe.directory', '*'],
    ['core.fsmonitor', 'false'],
    ...(name === null ? [] : [['user.name', name]]),
    ...(email === null ? [] : [['user.email', email]]),
  ];
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ]);
}

function isPassed(name: string): boolean {
  return passed.has(name) || name.startsWith('LC_');
}

/** All that a command is given. */
export function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => isPassed(name));
  return {
    ...Object.fromEntries(own),
    ...proxyEnvironment(['127.0.0.1', 'localhost', '::1']),
    HOME: commandHome,
    TMPDIR: '/tmp',
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/sh',
  };
}

/** An empty folder in memory, for the time of a task. */
export const commandHome = '/home/agent';
