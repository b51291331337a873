import { createApp } from '../../src/app.ts';
import { createLog } from '../../src/lib/log.ts';
import { fuzzConfig } from './fuzz-server.ts';

const [folder = '.', port = '0', maxMessages = '0'] = process.argv.slice(2);
const config = fuzzConfig(folder, Number(port), Number(maxMessages));
const app = await createApp(config, createLog(config.logLevel));
process.send?.(app.webSocketUrl);
process.once('disconnect', () => process.exit(0));
