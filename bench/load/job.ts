import type { ProtocolName } from './protocols.ts';

/** What the load client is asked to do. */
export interface LoadJob {
  readonly port: number;
  /** The server's process, whose CPU time is read. */
  readonly pid: number;
  readonly protocol: ProtocolName;
  /** Connections; all of them receive, and they send in turn. */
  readonly receivers: number;
  /** Messages a second; null: as many as go while `inFlight` are under way. */
  readonly rate: number | null;
  /** Messages that may be under way: sent, and not yet with every receiver. */
  readonly inFlight: number;
  readonly textBytes: number;
  /**
   * At first, as many messages as go: a server that has been up for a day has compiled what it does often,
   * and at a low rate that takes minutes.
   */
  readonly heatMs: number;
  /** Then, at the rate that is measured. */
  readonly warmupMs: number;
  readonly windowMs: number;
}

/** What it saw within the window. */
export interface LoadResult {
  readonly seconds: number;
  /** Messages that reached a receiver, counted once for each of them. */
  readonly deliveries: number;
  /** CPU time of the server: all its threads and processes. */
  readonly serverCpuSeconds: number;
  /** Of the load client, to see that it was not what everything waited for. */
  readonly clientCpuSeconds: number;
  readonly residentBytes: number;
  /** From the write of the sender to the read of a receiver, over a sample of the receivers. */
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  /** Messages under way at the end: many, when the server is slower than the rate. */
  readonly backlog: number;
}
