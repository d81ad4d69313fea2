import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the functions asked of one service. */
export interface Calls {
  /** Requests by operation. */
  readonly operations: Map<string, number>;
  /** Requests as SQS bills them: each 64 KB begun is one. */
  billedRequests: number;
  /** Capacity units of DynamoDB. */
  readUnits: number;
  writeUnits: number;
}

export interface CountingProxy {
  readonly url: string;
  readonly calls: Calls;
  /** Where requests go on to. */
  forwardTo(url: string): void;
  reset(): void;
  stop(): void;
}

const SQS_REQUEST_BYTES = 64 * 1024;
const READS = /^(GetItem|BatchGetItem|Query|Scan)$/;

const operationOf = ({ headers, method }: IncomingMessage): string =>
  String(headers['x-amz-target'] ?? method)
    .split('.')
    .at(-1) ?? '';

/** Asks DynamoDB to say what each operation consumes. */
const withCapacity = (body: Buffer, { headers }: IncomingMessage): Buffer =>
  String(headers['x-amz-target']).startsWith('DynamoDB')
    ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'TOTAL' }))
    : body;

const capacityIn = (answer: Buffer): number => {
  const { ConsumedCapacity: consumed } = JSON.parse(answer.toString() || '{}');
  return [consumed ?? []].flat().reduce((sum, { CapacityUnits: units }) => sum + units, 0);
};

/** Passes a service's requests on to where it is, and counts them. */
export const startCountingProxy = async (): Promise<CountingProxy> => {
  let target = '';
  const calls: Calls = { operations: new Map(), billedRequests: 0, readUnits: 0, writeUnits: 0 };

  const count = (request: IncomingMessage, body: Buffer, answer: Buffer): void => {
    const operation = operationOf(request);
    calls.operations.set(operation, (calls.operations.get(operation) ?? 0) + 1);
    calls.billedRequests += Math.max(1, Math.ceil(body.length / SQS_REQUEST_BYTES));
    if (!String(request.headers['x-amz-target']).startsWith('DynamoDB')) return;
    if (READS.test(operation)) calls.readUnits += capacityIn(answer);
    else calls.writeUnits += capacityIn(answer);
  };

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = withCapacity(await buffer(request), request);
    const { host: _, 'content-length': __, connection: ___, ...headers } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method ?? 'GET',
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    count(request, body, content);
    const { 'content-encoding': ____, 'transfer-encoding': _____, ...passed } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, { ...passed, 'content-length': content.length }).end(content);
  };

  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    forwardTo: (url) => {
      target = url;
    },
    reset() {
      calls.operations.clear();
      Object.assign(calls, { billedRequests: 0, readUnits: 0, writeUnits: 0 });
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
};
