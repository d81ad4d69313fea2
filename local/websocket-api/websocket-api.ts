import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { mappedPaths } from '../api-gateway/api-mappings.ts';
import { type ApiRoute, routesOf } from '../api-gateway/routes.ts';
import { createThrottle, stageOf, type Throttle } from '../api-gateway/throttle.ts';
import { within } from '../api-gateway/time-limit.ts';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { Functions } from '../lambda/functions.ts';
import { Connection, type ConnectionLimits, LARGEST_MESSAGE_BYTES } from './connection.ts';
import { toConnectAuthorization, toConnectionEvent, upgradeDetails } from './connection-event.ts';
import { selectRoute } from './route-selection.ts';

/** Milliseconds that clients get to answer a close frame when the runtime stops. */
const CLOSE_GRACE_MS = 500;
/** Close code of a client that went away without one. */
const CLOSE_ABNORMAL = 1006;

const REFUSALS = { unauthorized: 401, forbidden: 403, failed: 500 };

interface ConnectDecision {
  /** Below 400 the client is let in. */
  readonly status: number;
  /** The subprotocol that `$connect` chose of those the client offered. */
  readonly subprotocol?: string;
}

interface ProxyResponse {
  readonly statusCode?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

const refuse = (socket: Duplex, status: number): void => {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
};

const subprotocolIn = ({ headers = {} }: ProxyResponse): { readonly subprotocol?: string } => {
  const [, subprotocol] = Object.entries(headers).find(([name]) => /^sec-websocket-protocol$/i.test(name)) ?? [];
  return subprotocol === undefined ? {} : { subprotocol };
};

/** Where clients of socket.io look when they are not told; served without a custom domain as well. */
const SOCKET_IO_PATH = '/socket.io';

/** A WebSocket API with one stage: its routes, its limits, and its connections for the management API to post to. */
export class WebSocketApi {
  /** `/prod` */
  readonly path: string;
  /** That of the stage, and those that custom domains map to the API. */
  readonly paths: ReadonlySet<string>;
  readonly #limits: ConnectionLimits;
  readonly #api: { readonly apiId: string; readonly stage: string };
  readonly #routeSelection: string;
  readonly #routes: ReadonlyMap<string, ApiRoute>;
  readonly #take: Throttle;
  readonly #connections = new Map<string, Connection>();
  #stopping = false;
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE_BYTES,
    clientTracking: false,
    handleProtocols: (_, request) => this.#subprotocols.get(request) ?? false,
  });

  constructor(inventory: Inventory, api: KnownResource, functions: Functions, limits: ConnectionLimits) {
    const stage = stageOf(inventory, api);
    this.#api = { apiId: api.identity.ref, stage: String(stage?.properties['StageName']) };
    this.path = `/${this.#api.stage}`;
    this.paths = new Set([this.path, SOCKET_IO_PATH, ...mappedPaths(inventory, api)]);
    this.#limits = limits;
    this.#routeSelection = String(api.properties['RouteSelectionExpression']);
    this.#routes = new Map(routesOf(inventory, api, functions).map((route) => [route.routeKey, route]));
    this.#take = createThrottle(stage);
  }

  /** An open connection; undefined as well while its `$connect` is still being asked. */
  find(connectionId: string): Connection | undefined {
    const connection = this.#connections.get(connectionId);
    return connection?.isOpen === true ? connection : undefined;
  }

  /** Asks the authorizer and `$connect`, then accepts the connection or refuses it with the status they gave. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const connection = new Connection(request, this.#api, this.#limits);
    // A client may go away while it waits; without a listener that would be an uncaught error.
    socket.on('error', () => socket.destroy());
    const { status, subprotocol } = await this.#connect(connection, request);
    if (status >= 400) return refuse(socket, status);
    if (this.#stopping) socket.destroy();
    if (socket.destroyed) return this.#disconnect(connection, CLOSE_ABNORMAL, '');
    if (subprotocol !== undefined) this.#subprotocols.set(request, subprotocol);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(connection, webSocket, socket));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#connections.values()].map((connection) => connection.shutDown(CLOSE_GRACE_MS)));
  }

  async #connect(connection: Connection, request: IncomingMessage): Promise<ConnectDecision> {
    const route = this.#routes.get('$connect');
    if (!this.#take('$connect')) return { status: 429 };
    if (route === undefined) return { status: 200 };
    if (route.authorizer !== undefined) {
      const { identity, event } = toConnectAuthorization(connection.context, request);
      const authorization = await route.authorizer(identity, event);
      if (authorization.status !== 'allowed') return { status: REFUSALS[authorization.status] };
      connection.context.authorizer = authorization.context;
    }
    const event = toConnectionEvent(connection.context, 'CONNECT', '$connect', upgradeDetails(request));
    const result = await within(route.target.invoke(event), route.timeoutMs);
    if (result === 'late') return { status: 504 };
    if (!result.ok) return { status: 502 };
    const response = (result.payload ?? {}) as ProxyResponse;
    return { status: response.statusCode ?? 200, ...subprotocolIn(response) };
  }

  #open(connection: Connection, webSocket: WebSocket, socket: Duplex): void {
    this.#connections.set(connection.id, connection);
    connection.open(webSocket, socket, {
      onMessage: (text) => this.#route(connection, text),
      onClose: (code, reason) => {
        this.#connections.delete(connection.id);
        this.#disconnect(connection, code, reason);
      },
    });
  }

  #route(connection: Connection, text: string): void {
    const selected = selectRoute(this.#routeSelection, text);
    const routeKey = selected !== undefined && this.#routes.has(selected) ? selected : '$default';
    const route = this.#routes.get(routeKey);
    const event = toConnectionEvent(connection.context, 'MESSAGE', routeKey, { body: text });
    const { requestId } = event.requestContext;
    if (!this.#take(routeKey)) this.#report(connection, 'Too Many Requests', requestId);
    else if (route === undefined) this.#report(connection, 'Forbidden', requestId);
    // Not awaited: API Gateway invokes the messages of one connection side by side.
    else void this.#integrate(connection, route, event, requestId);
  }

  async #integrate(connection: Connection, route: ApiRoute, event: object, requestId: string): Promise<void> {
    const result = await within(route.target.invoke(event), route.timeoutMs);
    if (result === 'late' || !result.ok) return this.#report(connection, 'Internal server error', requestId);
    const { body } = (result.payload ?? {}) as ProxyResponse;
    if (route.routeResponse && typeof body === 'string') connection.send(body);
  }

  #report(connection: Connection, message: string, requestId: string): void {
    connection.send(JSON.stringify({ message, connectionId: connection.id, requestId }));
  }

  #disconnect(connection: Connection, code: number, reason: string): void {
    const requestContext = { disconnectStatusCode: code, disconnectReason: reason };
    const event = toConnectionEvent(connection.context, 'DISCONNECT', '$disconnect', { requestContext });
    void this.#routes.get('$disconnect')?.target.invoke(event);
  }
}
