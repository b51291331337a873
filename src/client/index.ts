export { type ChatClient, type ChatClientOptions, type ConnectionState, connect } from './client.ts';
export type { EventData, EventType } from './frames.ts';
export type { RequestOptions } from './requests.ts';
export type { ClientTiming } from './timing.ts';
export { toWebSocketUrl } from './url.ts';
