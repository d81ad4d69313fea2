import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestUrl } from './api-gateway/request-url.ts';
import type { RequestHandler } from './http-api/http-api.ts';
import { RuntimeError } from './settings.ts';
import type { WebSocketApi } from './websocket-api/websocket-api.ts';

/** Milliseconds that requests in flight get to be answered when the runtime stops. */
const ANSWER_GRACE_MS = 3_000;

export interface Front {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves the HTTP API and, at the paths of its stage and of its mapping, the WebSocket API on one port.
 *
 * @throws {RuntimeError} when the port is taken.
 */
export const startFront = async (
  handleRequest: RequestHandler,
  webSocketApi: WebSocketApi,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Front> => {
  const server = createServer((request, response) => {
    handleRequest(request, response).catch((error: unknown) => {
      // A client that went away in the middle of its request is no fault of ours.
      if (!request.destroyed) console.error('Request failed:', error);
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { pathname } = requestUrl(request);
    if (webSocketApi.paths.has(pathname.replace(/\/$/, ''))) {
      webSocketApi.upgrade(request, socket, head).catch((error: unknown) => {
        console.error('Connection failed:', error);
        socket.destroy();
      });
    } else socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const isTaken = code === 'EADDRINUSE';
      reject(new RuntimeError(isTaken ? `Port ${port} is taken; set ANALYTICS_PORT to another` : message));
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await webSocketApi.stop();
      const timer = setTimeout(() => server.closeAllConnections(), ANSWER_GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
};
