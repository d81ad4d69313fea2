import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import { routesOf } from '../http-api/http-api.ts';
import type { FunctionPool, InvocationResult } from '../lambda/function-pool.ts';
import type { RuntimeSettings } from '../settings.ts';
import { type ConnectionContext, toConnectionEvent, upgradeDetails } from './connection-event.ts';

/** API Gateway's limits: a message, and the one frame that clients send it in. */
const LARGEST_MESSAGE_BYTES = 128 * 1024;
const LARGEST_FRAME_BYTES = 32 * 1024;
/** What may wait for a client that does not read; beyond it the connection is cut, as it costs everyone's memory. */
const LARGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

const CLOSE_NORMAL = 1000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_UNSUPPORTED = 1003;
const CLOSE_TOO_BIG = 1009;

interface Connection extends ConnectionContext {
  /** Undefined until `$connect` has been accepted. */
  socket: WebSocket | undefined;
  lastActiveAt: number;
  lifetime: NodeJS.Timeout | undefined;
  idle: NodeJS.Timeout | undefined;
}

interface Route {
  readonly target: FunctionPool;
  /** Whether what the function returns goes back to the client. */
  readonly routeResponse: boolean;
}

/** Twelve characters and `=`, like API Gateway's own. */
const newConnectionId = (): string => `${randomBytes(9).toString('base64url')}=`;

const refuse = (socket: Duplex, status: number): void => {
  const reason = status === 403 ? 'Forbidden' : status < 500 ? 'Bad Request' : 'Internal Server Error';
  socket.end(`HTTP/1.1 ${status} ${reason}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
};

const selectedRoute = (expression: string, text: string): string | undefined => {
  const path = expression.replace(/^\$request\.body\./, '').split('.');
  try {
    const value = path.reduce<unknown>(
      (at, key) => (at as { [name: string]: unknown } | null)?.[key],
      JSON.parse(text),
    );
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A WebSocket API with one stage: its routes, its limits, and its connections for the management API to post to. */
export class WebSocketApi {
  /** `/prod` */
  readonly path: string;
  readonly #settings: RuntimeSettings;
  readonly #apiId: string;
  readonly #stage: string;
  readonly #routeSelection: string;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #connections = new Map<string, Connection>();
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES, clientTracking: false });

  constructor(
    inventory: Inventory,
    api: KnownResource,
    functions: ReadonlyMap<string, FunctionPool>,
    settings: RuntimeSettings,
  ) {
    const stage = inventory
      .ofType('AWS::ApiGatewayV2::Stage')
      .find(({ properties }) => properties['ApiId'] === api.identity.ref);
    this.#stage = String(stage?.properties['StageName']);
    this.path = `/${this.#stage}`;
    this.#apiId = api.identity.ref;
    this.#settings = settings;
    this.#routeSelection = String(api.properties['RouteSelectionExpression']);
    this.#routes = new Map(routesOf(inventory, api, functions).map(({ routeKey, ...route }) => [routeKey, route]));
  }

  /** Asks `$connect`, then accepts the connection or refuses it with the status the function gave. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const connection = this.#register(request);
    const { connectionId } = connection;
    socket.on('error', () => this.#connections.delete(connectionId));
    const connect = this.#routes.get('$connect');
    if (connect !== undefined) {
      const event = toConnectionEvent(connection, 'CONNECT', '$connect', upgradeDetails(request));
      const result = await connect.target.invoke(event);
      const status = result.ok ? ((result.payload as { statusCode?: number } | null)?.statusCode ?? 200) : 500;
      if (status >= 400 || socket.destroyed) {
        this.#connections.delete(connectionId);
        refuse(socket, status >= 400 ? status : 500);
        return;
      }
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(connection, webSocket));
  }

  /** Sends text to a connection; `gone` when there is none, or it is still being asked whether it may connect. */
  post(connectionId: string, data: string): 'sent' | 'gone' {
    const connection = this.#connections.get(connectionId);
    if (connection?.socket === undefined || connection.socket.readyState !== connection.socket.OPEN) return 'gone';
    if (connection.socket.bufferedAmount > LARGEST_BACKLOG_BYTES) {
      connection.socket.terminate();
      return 'gone';
    }
    connection.socket.send(data);
    this.#touch(connection);
    return 'sent';
  }

  describe(connectionId: string): object | undefined {
    const connection = this.#connections.get(connectionId);
    if (connection?.socket === undefined) return undefined;
    return {
      connectedAt: new Date(connection.connectedAt).toISOString(),
      lastActiveAt: new Date(connection.lastActiveAt).toISOString(),
      identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
    };
  }

  disconnect(connectionId: string): boolean {
    const socket = this.#connections.get(connectionId)?.socket;
    socket?.close(CLOSE_NORMAL, 'Connection Closed Normally');
    return socket !== undefined;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#connections.values()) socket?.close(CLOSE_GOING_AWAY, 'Going away');
    const deadline = Date.now() + 500;
    while (this.#connections.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const { socket } of this.#connections.values()) socket?.terminate();
  }

  #register(request: IncomingMessage): Connection {
    const connection: Connection = {
      connectionId: newConnectionId(),
      connectedAt: Date.now(),
      apiId: this.#apiId,
      stage: this.#stage,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? '',
      domainName: request.headers.host?.split(':')[0] ?? 'localhost',
      socket: undefined,
      lastActiveAt: Date.now(),
      lifetime: undefined,
      idle: undefined,
    };
    this.#connections.set(connection.connectionId, connection);
    return connection;
  }

  #open(connection: Connection, socket: WebSocket): void {
    connection.socket = socket;
    connection.lifetime = setTimeout(
      () => socket.close(CLOSE_GOING_AWAY, 'Going away'),
      this.#settings.webSocketLifetimeSeconds * 1000,
    );
    this.#touch(connection);
    socket.on('message', (data, isBinary) => this.#receive(connection, socket, data, isBinary));
    // ws closes a connection that breaks the protocol; without a listener its error would end the process.
    socket.on('error', () => {});
    socket.on('close', (code, reason) => void this.#close(connection, code, reason.toString()));
  }

  #touch(connection: Connection): void {
    connection.lastActiveAt = Date.now();
    clearTimeout(connection.idle);
    connection.idle = setTimeout(
      () => connection.socket?.close(CLOSE_GOING_AWAY, 'Going away'),
      this.#settings.webSocketIdleSeconds * 1000,
    );
  }

  #receive(connection: Connection, socket: WebSocket, data: RawData, isBinary: boolean): void {
    this.#touch(connection);
    const text = data.toString();
    if (isBinary) socket.close(CLOSE_UNSUPPORTED, 'Unsupported Data');
    else if (Buffer.byteLength(text) > LARGEST_FRAME_BYTES) socket.close(CLOSE_TOO_BIG, 'Message too big');
    else this.#route(connection, text);
  }

  #route(connection: Connection, text: string): void {
    const selected = selectedRoute(this.#routeSelection, text);
    const routeKey = selected !== undefined && this.#routes.has(selected) ? selected : '$default';
    const route = this.#routes.get(routeKey);
    const event = toConnectionEvent(connection, 'MESSAGE', routeKey, { body: text });
    if (route === undefined) this.#reportFailure(connection, 'Forbidden');
    // Not awaited: API Gateway invokes the messages of one connection side by side.
    else void route.target.invoke(event).then((result) => this.#reply(connection, route, result));
  }

  #reply(connection: Connection, { target, routeResponse }: Route, result: InvocationResult): void {
    if (!result.ok) {
      console.error(`[${target.options.name}] ${result.errorType}: ${result.errorMessage}`);
      this.#reportFailure(connection, 'Internal server error');
      return;
    }
    const body = (result.payload as { body?: string } | null)?.body;
    if (routeResponse && body !== undefined) this.post(connection.connectionId, body);
  }

  #reportFailure({ connectionId }: Connection, message: string): void {
    this.post(connectionId, JSON.stringify({ message, connectionId, requestId: newConnectionId() }));
  }

  async #close(connection: Connection, code: number, reason: string): Promise<void> {
    clearTimeout(connection.lifetime);
    clearTimeout(connection.idle);
    this.#connections.delete(connection.connectionId);
    const requestContext = { disconnectStatusCode: code, disconnectReason: reason };
    await this.#routes
      .get('$disconnect')
      ?.target.invoke(toConnectionEvent(connection, 'DISCONNECT', '$disconnect', { requestContext }));
  }
}
