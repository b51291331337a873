import { z } from 'zod';
import { agentSettings } from './agent-settings.ts';
import { environmentKeyCharsMin } from './auth/environment-keys.ts';
import { secretKeyBytesMin } from './auth/tokens.ts';
import { dataFlags } from './lib/data-place.ts';
import { AgentName, limits } from './protocol/index.ts';
import {
  count,
  list,
  Policy,
  parseTrust,
  port,
  type Setting,
  secret,
  TrustProxy,
  text,
  yes,
  yesAllowed,
} from './setting-schemas.ts';
import { transportSettings } from './transport-settings.ts';

/**
 * Everything that can be set, in one table. `--help`, the parser and every error about a wrong value are made
 * from it.
 */
export const settings = {
  host: {
    flag: '--host <host>',
    env: ['HOST'],
    schema: text,
    default: 'localhost',
    doc: 'where to listen for HTTP; beyond this machine: 0.0.0.0',
    allowed: 'a host name or address',
  },
  port: {
    flag: '--port <number>',
    env: ['PORT'],
    schema: port,
    default: '8080',
    doc: 'HTTP: the page, REST, and WebSocket on /ws',
    allowed: 'a number from 0 (any free port) to 65535',
  },
  websocketHost: {
    env: ['WEBSOCKET_HOST'],
    schema: text,
    default: undefined,
    defaultText: 'the value of --host',
    doc: 'where to listen for WebSocket connections',
    allowed: 'a host name or address',
  },
  websocketPort: {
    flag: '--websocket-port <number>',
    env: ['WEBSOCKET_PORT'],
    schema: port,
    default: '8765',
    doc: 'WebSocket on a port of its own, for clients that expect one',
    allowed: 'a number from 0 (any free port) to 65535',
  },
  ...transportSettings,
  dataDir: {
    flag: dataFlags.dataDir,
    env: [],
    schema: text,
    default: undefined,
    defaultText: 'one for each project in ~/.local/state/opencode-slack',
    doc: 'the data folder, with the database chat.db',
    allowed: 'a folder path',
  },
  dbPath: {
    flag: dataFlags.dbPath,
    env: ['OPENCODE_CHAT_DB', 'DATABASE_PATH'],
    schema: text,
    default: undefined,
    defaultText: 'chat.db in the data folder',
    doc: 'the database: chat, team and tasks',
    allowed: 'a file path',
  },
  maxMessages: {
    flag: '--max-messages <number>',
    env: ['OPENCODE_MAX_MESSAGES'],
    schema: z.coerce.number().int().min(0).max(1_000_000_000),
    default: '0',
    doc: 'how many of the newest messages are kept; 0: all',
    allowed: 'a number from 0 (no limit) to 1000000000',
  },
  agentChainMax: {
    flag: '--agent-chain-max <number>',
    env: ['OPENCODE_AGENT_CHAIN_MAX'],
    schema: count(1_000),
    default: '20',
    doc: 'how many tasks may come from one request as agents ask each other; then a person decides',
    allowed: 'a number from 1 to 1000',
  },
  agentChainRate: {
    flag: '--agent-chain-rate <number>',
    env: ['OPENCODE_AGENT_CHAIN_RATE'],
    schema: count(1_000),
    default: '10',
    doc: 'how many of these tasks may come within a minute; then a person decides',
    allowed: 'a number from 1 to 1000',
  },
  stuckTimeout: {
    flag: '--stuck-timeout <minutes>',
    env: ['STUCK_TIMEOUT_MINUTES'],
    schema: z.coerce.number().min(limits.stuckMinutesMin).max(limits.stuckMinutesMax),
    default: '10',
    doc: 'an agent of whose task nothing new comes for so long is stuck, and asks for help',
    allowed: 'minutes, from 0.01 to 1440 (a day)',
  },
  helpers: {
    flag: '--helpers <number>',
    env: ['OPENCODE_HELPERS'],
    schema: z.coerce.number().int().min(0).max(limits.helpersMax),
    default: '2',
    doc: 'how many members are asked when an agent needs help',
    allowed: 'a number from 0 to 10',
  },
  autoRecovery: {
    flag: '--auto-recovery <yes or no>',
    env: ['MONITORING_AUTO_RECOVERY'],
    schema: yes,
    default: 'true',
    doc: 'nudge a stuck agent that nobody helps, have it begin again, then give its task up',
    allowed: yesAllowed,
  },
  maxMessageAgeDays: {
    flag: '--max-message-age-days <number>',
    env: ['OPENCODE_MAX_MESSAGE_AGE_DAYS'],
    schema: z.coerce.number().int().min(0).max(36_500),
    default: '0',
    doc: 'how many days messages are kept; 0: for ever',
    allowed: 'a number from 0 (no limit) to 36500',
  },
  removalNoticeHours: {
    flag: '--removal-notice-hours <number>',
    env: ['OPENCODE_REMOVAL_NOTICE_HOURS'],
    schema: z.coerce.number().min(0).max(limits.removalNoticeHoursMax),
    default: '24',
    doc: 'hours between the announcement that messages will be removed and the first removal',
    allowed: 'hours, from 0 to 720 (30 days)',
  },
  sessionsDir: {
    flag: '--sessions-dir <folder>',
    env: ['SESSIONS_DIR'],
    schema: text,
    default: undefined,
    defaultText: 'sessions, beside the database',
    doc: 'where agents keep their own files',
    allowed: 'a folder path',
  },
  rolesDir: {
    flag: '--roles-dir <folder>',
    env: ['OPENCODE_ROLES_DIR'],
    schema: text,
    default: undefined,
    defaultText: 'roles, beside the database',
    doc: 'jobs of agents besides those that come along: one Markdown file each',
    allowed: 'a folder path',
  },
  projectRoot: {
    flag: '--project-root <folder>',
    env: ['PROJECT_ROOT'],
    schema: text,
    default: '.',
    doc: 'the project that the agents work on',
    allowed: 'a folder that exists',
  },
  ...agentSettings,
  maxConnections: {
    flag: '--max-connections <number>',
    env: ['WEBSOCKET_MAX_CONNECTIONS'],
    schema: count(100_000),
    default: '10000',
    doc: 'WebSocket connections at once',
    allowed: 'a number from 1 to 100000',
  },
  maxConnectionsPerAddress: {
    flag: '--max-connections-per-address <number>',
    env: ['WEBSOCKET_MAX_CONNECTIONS_PER_ADDRESS'],
    schema: count(100_000),
    default: '2000',
    doc: 'of those from one address, or one IPv6 /64; what comes from this machine itself is not counted so',
    allowed: 'a number from 1 to 100000',
  },
  trustProxy: {
    flag: '--trust-proxy <which>',
    env: ['OPENCODE_TRUST_PROXY'],
    schema: z.string().transform(parseTrust).pipe(TrustProxy),
    default: '',
    defaultText: 'nobody',
    doc: 'whose X-Forwarded-For is believed: so many proxies in a row, or proxies by address',
    allowed: 'a number from 1 to 10, or addresses such as loopback,10.0.0.0/8, separated by commas',
  },
  rateLimitFactor: {
    env: ['OPENCODE_RATE_LIMIT_FACTOR'],
    schema: z.coerce.number().min(0.001).max(1_000_000),
    default: '1',
    doc: 'multiplies how often one member and one address may do something; for load tests',
    allowed: 'a number from 0.001 to 1000000',
  },
  approve: {
    flag: '--approve <rules>',
    env: ['OPENCODE_APPROVE'],
    schema: Policy,
    default: '',
    defaultText: 'read=auto,edit=auto,fetch=ask,execute=ask,other=ask',
    doc: 'what agents may do without asking people; one can have rules of its own, which stand above these',
    allowed: 'rules such as execute=auto,edit=ask: read, edit, fetch, execute or other is auto, ask or deny',
  },
  approvalTimeout: {
    flag: '--approval-timeout <minutes>',
    env: ['OPENCODE_APPROVAL_TIMEOUT'],
    schema: z.coerce.number().min(0.01).max(limits.approvalMinutesMax),
    default: '10',
    doc: 'what an agent asks to be allowed is denied when nobody answers for so long',
    allowed: 'minutes, from 0.01 to 10080 (7 days)',
  },
  owner: {
    flag: '--owner <name>',
    env: ['OPENCODE_OWNER'],
    schema: text.max(limits.userIdCharsMax),
    default: undefined,
    defaultText: 'your user name on this machine',
    doc: 'the name that the sign-in link signs in, as admin',
    allowed: 'a name',
  },
  firstAgent: {
    flag: '--first-agent <name>',
    env: ['OPENCODE_FIRST_AGENT'],
    schema: AgentName,
    default: 'elad',
    doc: 'hired when the database is new',
    allowed: 'a letter, then at most 31 letters, digits, "-" or "_"',
  },
  developmentMode: {
    flag: '--development',
    env: ['OPENCODE_DEV_MODE'],
    schema: yes,
    default: 'false',
    doc: 'believe any name without a credential, on this machine only; older clients need it',
    allowed: yesAllowed,
  },
  sessionTimeout: {
    flag: '--session-timeout <minutes>',
    env: ['OPENCODE_SESSION_TIMEOUT'],
    schema: count(limits.sessionIdleMsMax / 60_000),
    default: '43200',
    doc: 'minutes without use after which a device must sign in again (30 days); an open page counts as use',
    allowed: 'minutes, from 1 to 525600 (a year)',
  },
  lockTimeout: {
    flag: '--lock-timeout <seconds>',
    env: ['DEFAULT_LOCK_TIMEOUT'],
    schema: z.coerce
      .number()
      .int()
      .min(10)
      .max(30 * 24 * 3600),
    default: '3600',
    doc: 'a file that somebody holds for no task is free again after so many seconds',
    allowed: 'seconds, from 10 to 2592000 (30 days)',
  },
  allowGuest: {
    flag: '--allow-guest',
    env: ['OPENCODE_ALLOW_GUEST'],
    schema: yes,
    default: 'false',
    doc: 'let anybody who reaches the server look on, without a credential',
    allowed: yesAllowed,
  },
  secretKey: {
    env: ['OPENCODE_SECRET_KEY'],
    schema: secret(secretKeyBytesMin),
    default: undefined,
    defaultText: 'one made at the first start, secret.key in the data folder',
    doc: 'what tokens (JWT, HS256) are signed with',
    allowed: `at least ${secretKeyBytesMin} bytes; make one: openssl rand -base64 48`,
    secret: true,
  },
  apiKey: {
    env: ['OPENCODE_API_KEY'],
    schema: secret(environmentKeyCharsMin).regex(/^\S*$/),
    default: undefined,
    defaultText: 'none',
    doc: 'an API key that signs in as api_user, a developer',
    allowed: `at least ${environmentKeyCharsMin} characters, no blanks; make one: openssl rand -hex 32`,
    secret: true,
  },
  adminKey: {
    env: ['OPENCODE_ADMIN_KEY'],
    schema: secret(environmentKeyCharsMin).regex(/^\S*$/),
    default: undefined,
    defaultText: 'none',
    doc: 'an API key that signs in as admin_user, an admin',
    allowed: `at least ${environmentKeyCharsMin} characters, no blanks; make one: openssl rand -hex 32`,
    secret: true,
  },
  allowedOrigins: {
    env: ['OPENCODE_ALLOWED_ORIGINS'],
    schema: list.pipe(z.array(z.url({ protocol: /^https?$/ }))),
    default: '',
    doc: 'web pages of other origins that may connect, separated by commas',
    allowed: 'origins such as https://chat.example.org, separated by commas',
  },
  allowedHosts: {
    env: ['OPENCODE_ALLOWED_HOSTS'],
    schema: list.pipe(z.array(z.string().regex(/^[\w.-]+$/))),
    default: '',
    doc: 'names besides its own and that of --public-url that the server answers to, separated by commas',
    allowed: 'host names such as chat.example.org, separated by commas',
  },
  publicUrl: {
    flag: '--public-url <url>',
    env: ['OPENCODE_PUBLIC_URL'],
    schema: z.url({ protocol: /^https?$/ }),
    default: undefined,
    defaultText: 'http:// and the value of --host and --port',
    doc: 'the address that people reach this server by; sign-in links begin with it',
    allowed: 'an http or https URL',
  },
  playground: {
    flag: '--playground',
    env: [],
    schema: yes,
    default: 'false',
    doc: 'work on a scratch copy of the sample project, made beside the database',
    allowed: yesAllowed,
  },
  logLevel: {
    flag: '--log-level <level>',
    env: ['LOG_LEVEL'],
    schema: z
      .string()
      .trim()
      .toLowerCase()
      .pipe(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])),
    default: 'warn',
    doc: 'what is logged, as JSON lines on standard error',
    allowed: 'fatal, error, warn, info, debug or silent',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/**
 * Variables of the older program whose features this version does not have; setting one is answered with a
 * warning.
 */
export const unsupportedVariables: readonly string[] = ['TELEGRAM_WEBHOOK_URL'];
