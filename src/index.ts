/** Running the server from a program of one's own: `createApp(loadConfig({ ... }), createLog('warn'))`. */
export { createApp, type RunningApp } from './app.ts';
export { type Config, ConfigError, type Flags, loadConfig } from './config.ts';
export { createLog, type Log } from './lib/log.ts';
