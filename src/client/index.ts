import './runtime.ts';

export type { ChatClient, ChatClientOptions, ConnectionState } from './api.ts';
export { connect } from './client.ts';
export type { EventData, EventType } from './frames.ts';
export type { RequestOptions } from './requests.ts';
export { searchMessages } from './search.ts';
export type { ClientTiming } from './timing.ts';
export { toWebSocketUrl } from './url.ts';
