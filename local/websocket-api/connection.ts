import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionContext } from './connection-event.ts';
import { createFrameSizeReader } from './frame-sizes.ts';

/** Clients send a message of up to 128 KB in frames of up to 32 KB. */
export const LARGEST_MESSAGE_BYTES = 128 * 1024;
const LARGEST_FRAME_BYTES = 32 * 1024;
/** What may wait for a client that does not read; beyond it the connection is cut, as it costs everyone's memory. */
const LARGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

const CLOSE_NORMAL = 1000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_UNSUPPORTED = 1003;
const CLOSE_TOO_BIG = 1009;

export interface ConnectionLimits {
  readonly idleSeconds: number;
  readonly lifetimeSeconds: number;
}

export interface ConnectionListener {
  onMessage(text: string): void;
  onClose(code: number, reason: string): void;
}

/** Like API Gateway's own ids: some characters and `=`. */
const newConnectionId = (): string => `${randomBytes(9).toString('base64url')}=`;

/** One client: known from its upgrade request on, open once `$connect` has let it in. */
export class Connection {
  readonly context: ConnectionContext;
  #socket: WebSocket | undefined;
  #lastActiveAt = Date.now();
  #idleTimer: NodeJS.Timeout | undefined;
  #lifetimeTimer: NodeJS.Timeout | undefined;
  readonly #limits: ConnectionLimits;

  constructor(
    request: IncomingMessage,
    api: { readonly apiId: string; readonly stage: string },
    limits: ConnectionLimits,
  ) {
    this.#limits = limits;
    this.context = {
      ...api,
      connectionId: newConnectionId(),
      connectedAt: Date.now(),
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? '',
      domainName: request.headers.host ?? 'localhost',
      authorizer: undefined,
    };
  }

  get id(): string {
    return this.context.connectionId;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === this.#socket?.OPEN && this.#socket !== undefined;
  }

  open(socket: WebSocket, bytes: Duplex, { onMessage, onClose }: ConnectionListener): void {
    this.#socket = socket;
    this.#lifetimeTimer = setTimeout(() => this.#goAway(), this.#limits.lifetimeSeconds * 1000);
    this.#touch();
    // Ahead of the library's own listener, so that a frame is measured before its message is handed over.
    bytes.prependListener(
      'data',
      createFrameSizeReader((size) => {
        if (size > LARGEST_FRAME_BYTES) socket.close(CLOSE_TOO_BIG, 'Message too big');
      }),
    );
    socket.on('message', (data, isBinary) => {
      if (!this.isOpen) return;
      this.#touch();
      if (isBinary) socket.close(CLOSE_UNSUPPORTED, 'Unsupported data');
      else onMessage(data.toString());
    });
    // ws closes a connection that breaks the protocol; without a listener its error would end the process.
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      clearTimeout(this.#lifetimeTimer);
      clearTimeout(this.#idleTimer);
      onClose(code, reason.toString());
    });
  }

  /** @returns whether the connection could take the text */
  send(text: string): boolean {
    if (this.#socket === undefined || !this.isOpen) return false;
    if (this.#socket.bufferedAmount > LARGEST_BACKLOG_BYTES) {
      this.#socket.terminate();
      return false;
    }
    this.#socket.send(text);
    this.#touch();
    return true;
  }

  /** What GET @connections tells. */
  describe(): object {
    const { connectedAt, sourceIp, userAgent } = this.context;
    return {
      connectedAt: new Date(connectedAt).toISOString(),
      lastActiveAt: new Date(this.#lastActiveAt).toISOString(),
      identity: { sourceIp, userAgent },
    };
  }

  close(): void {
    this.#socket?.close(CLOSE_NORMAL, 'Connection Closed Normally');
  }

  /** Closes politely, then for good after `graceMs`. */
  async shutDown(graceMs: number): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    socket.once('close', () => resolve());
    const timer = setTimeout(() => socket.terminate(), graceMs);
    this.#goAway();
    await closed;
    clearTimeout(timer);
  }

  #goAway(): void {
    this.#socket?.close(CLOSE_GOING_AWAY, 'Going away');
  }

  #touch(): void {
    this.#lastActiveAt = Date.now();
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#goAway(), this.#limits.idleSeconds * 1000);
  }
}
