import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Link } from '../../gateway/connection.ts';
import type { Peer } from '../../guard/peer.ts';
import type { Log } from '../../lib/log.ts';
import { type CloseReason, closeCodes, limits } from '../../protocol/index.ts';
import type { Admission, Entrant } from './admission.ts';

export interface SocketLinkDependencies {
  readonly ws: WebSocket;
  /** What is below it. */
  readonly socket: Duplex;
  readonly peer: Peer;
  readonly admission: Admission;
  readonly log: Log;
}

const closeGraceMs = 2_000;

/**
 * A WebSocket, as the gateway and the admission know it. It is a class because there is one for each
 * connection, idle or not: functions of its own would take 400 bytes of each.
 */
export class SocketLink implements Link, Entrant {
  readonly peer: Peer;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #admission: Admission;
  readonly #log: Log;

  constructor({ ws, socket, peer, admission, log }: SocketLinkDependencies) {
    this.peer = peer;
    this.#ws = ws;
    this.#socket = socket;
    this.#admission = admission;
    this.#log = log;
  }

  write(bytes: Uint8Array, more?: Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    const queued = this.#socket.writableLength;
    if (queued > limits.socketQueueBytesMax) {
      this.#log.info({ queued }, 'closing a connection that reads too slowly');
      // If it wakes up in time it reads on to the close frame; else it notices that the link is gone.
      this.close('tooSlow');
      return;
    }
    if (more === undefined) {
      this.#socket.write(bytes);
      return;
    }
    // One system call for both, and no copy of what many share: those would bring garbage collection after
    // garbage collection.
    this.#socket.cork();
    this.#socket.write(bytes);
    this.#socket.write(more);
    this.#socket.uncork();
  }

  async drained(): Promise<void> {
    const socket = this.#socket;
    if (!socket.writableNeedDrain || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }

  close(reason: CloseReason): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#ws.close(closeCodes[reason].code, closeCodes[reason].reason);
    // A peer that does not answer the close, or reads nothing, must not stay.
    setTimeout(() => this.terminate(), closeGraceMs).unref();
  }

  terminate(): void {
    this.#ws.terminate();
  }

  signedIn(): void {
    this.#admission.signedIn(this);
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }
}
