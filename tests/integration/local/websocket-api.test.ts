import { once } from 'node:events';
import { createConnection } from 'node:net';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type FixtureRuntime, QUEUE_URL, startFixture } from './fixture-runtime.ts';

let runtime: FixtureRuntime;
let management: ApiGatewayManagementApiClient;
beforeAll(async () => {
  runtime = await startFixture();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const endpoint = runtime.endpoints.apiGatewayManagement;
  management = new ApiGatewayManagementApiClient({ endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
  management.destroy();
  await runtime.end();
});

type Message = { readonly [name: string]: unknown };

interface Client {
  readonly socket: WebSocket;
  /** Close code. */
  readonly closed: Promise<number>;
  next(): Promise<Message>;
  ask(message: object): Promise<Message>;
}

const connect = async (name: string, url = runtime.webSocketUrl): Promise<Client> => {
  const socket = new WebSocket(`${url}?token=good&name=${name}`);
  const messages: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    const take = waiting.shift();
    if (take === undefined) messages.push(message);
    else take(message);
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  const next = async () => messages.shift() ?? new Promise<Message>((resolve) => waiting.push(resolve));
  return {
    socket,
    closed,
    next,
    ask: (message) => {
      socket.send(JSON.stringify(message));
      return next();
    },
  };
};

const idOf = async (client: Client): Promise<string> =>
  String((await client.ask({ action: 'whoami' }))['connectionId']);

const refusalOf = async (query: string): Promise<number | undefined> => {
  const socket = new WebSocket(`${runtime.webSocketUrl}?${query}`);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
};

test('a message is answered on its connection, with what the authorizer said about the client', async () => {
  const client = await connect('ann');

  const answer = await client.ask({ action: 'whoami' });

  expect(answer).toMatchObject({ authorizer: { principalId: 'someone', tenant: 'acme', name: 'ann' } });
  client.socket.close();
});

test('a client is refused by the authorizer, and by $connect', async () => {
  expect(await refusalOf('name=x')).toBe(401);
  expect(await refusalOf('token=stranger&name=x')).toBe(401);
  expect(await refusalOf('token=bad&name=x')).toBe(403);
  expect(await refusalOf('token=good&name=x&status=409')).toBe(409);
});

test('posting to a connection is 410 while $connect has not returned and once it is closed', async () => {
  const [early, other] = [await connect('early'), await connect('other')];
  const id = await idOf(early);

  const during = await runtime.awaitItem('connect#early', 'value');
  const open = await other.ask({ action: 'post', to: id, text: '{"hello":"there"}' });
  const received = await early.next();
  early.socket.close();
  await early.closed;
  const after = await other.ask({ action: 'post', to: id, text: 'too late' });

  expect(JSON.parse(during)).toBe('410 GoneException');
  expect(open).toEqual({ result: 'sent' });
  expect(received).toEqual({ hello: 'there' });
  expect(after).toEqual({ result: '410 GoneException' });
  expect(await other.ask({ action: 'post', to: 'unknown=', text: '' })).toEqual({ result: '410 GoneException' });
  other.socket.close();
});

test('a post above 128 KB is too large', async () => {
  const client = await connect('greedy');

  const answer = await client.ask({ action: 'post', to: await idOf(client), size: 128 * 1024 + 1 });

  expect(answer).toEqual({ result: '413 PayloadTooLargeException' });
  client.socket.close();
});

test('the management API describes a connection and closes it', async () => {
  const client = await connect('managed');
  const ConnectionId = await idOf(client);

  const description = await management.send(new GetConnectionCommand({ ConnectionId }));
  await management.send(new DeleteConnectionCommand({ ConnectionId }));
  const code = await client.closed;

  expect(description.Identity?.SourceIp).toBe('127.0.0.1');
  expect(description.ConnectedAt).toBeInstanceOf(Date);
  expect(code).toBe(1000);
  await expect(management.send(new GetConnectionCommand({ ConnectionId }))).rejects.toThrow(/Gone/);
});

test('a function that fails is told to the client; a route without a response is silent', async () => {
  const client = await connect('unlucky');
  const connectionId = await idOf(client);

  client.socket.send(JSON.stringify({ action: 'quiet' }));
  const failure = await client.ask({ action: 'throw' });

  expect(failure).toEqual({ message: 'Internal server error', connectionId, requestId: expect.any(String) });
  client.socket.close();
});

test('messages of one connection are handled side by side', async () => {
  const client = await connect('busy');
  await idOf(client);

  client.socket.send(JSON.stringify({ action: 'wait', ms: 400 }));
  const first = await client.ask({ action: 'wait', ms: 1 });

  expect(first).toEqual({ waited: 1 });
  client.socket.close();
});

test('a frame above 32 KB closes with 1009, a message of several smaller ones does not, binary closes with 1003', async () => {
  const [large, split, binary] = [await connect('large'), await connect('split'), await connect('binary')];
  const message = JSON.stringify({ action: 'whoami', filler: 'x'.repeat(60_000) });

  large.socket.send(message);
  split.socket.send(message.slice(0, 30_000), { fin: false });
  split.socket.send(message.slice(30_000, 60_000), { fin: false });
  const answer = split.next();
  split.socket.send(message.slice(60_000), { fin: true });
  binary.socket.send(Buffer.from([1, 2, 3]));

  expect(await large.closed).toBe(1009);
  expect(await answer).toMatchObject({ authorizer: { name: 'split' } });
  expect(await binary.closed).toBe(1003);
  split.socket.close();
});

test('a message above 128 KB closes with 1009', async () => {
  const client = await connect('huge');
  for (let sent = 0; sent < 5; sent += 1) client.socket.send('x'.repeat(30_000), { fin: sent === 4 });

  expect(await client.closed).toBe(1009);
});

test('$disconnect is told the code and reason of the client', async () => {
  const client = await connect('leaver');

  client.socket.close(4001, 'enough');

  expect(JSON.parse(await runtime.awaitItem('disconnect#leaver', 'value'))).toEqual({
    disconnectStatusCode: 4001,
    disconnectReason: 'enough',
  });
});

test('a client that never reads is cut off, and holds up nobody', async () => {
  const [idle, sender] = [await connect('idle'), await connect('sender')];
  const id = await idOf(idle);
  idle.socket.pause();

  const flood = await sender.ask({ action: 'flood', to: id, count: 1000 });

  expect(flood['result']).toBe('410 GoneException');
  expect(await sender.ask({ action: 'wait', ms: 1 })).toEqual({ waited: 1 });
  idle.socket.terminate();
  sender.socket.close();
});

test('a client that is silent for too long, or connected for too long, is closed with 1001', async () => {
  const idling = await startFixture({ connections: { idleSeconds: 0.2, lifetimeSeconds: 60 } });
  const ageing = await startFixture({ connections: { idleSeconds: 60, lifetimeSeconds: 0.2 } });

  const clients = await Promise.all([connect('silent', idling.webSocketUrl), connect('old', ageing.webSocketUrl)]);
  const codes = await Promise.all(clients.map(({ closed }) => closed));

  expect(codes).toEqual([1001, 1001]);
  await Promise.all([idling.end(), ageing.end()]);
});

test('an upgrade elsewhere than at the stage’s path is refused', async () => {
  const { port } = new URL(runtime.webSocketUrl);
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.write('GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');

  const [head] = await once(socket, 'data');

  expect(String(head)).toMatch(/^HTTP\/1\.1 403 /);
});

test('from queue to client: a job’s result is pushed to the connection it names', async () => {
  const client = await connect('subscriber');
  const job = { id: 'pushed', outcome: 'ok', connectionId: await idOf(client) };

  await runtime.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: JSON.stringify(job) }));

  expect(await client.next()).toEqual({ done: 'pushed' });
  client.socket.close();
});
