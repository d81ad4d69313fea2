import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Runtime, startRuntime } from '../../local/runtime.ts';
import { readRuntimeSettings } from '../../local/settings.ts';
import { writeHandlerAssembly } from '../support/handler-assembly.ts';
import { connect, type Json, newDataDir, removeDataDir } from '../support/service.ts';

/** Calls SQS as a function would, without an SDK: the handlers are plain files. */
const SQS = `
const sqs = async (action, body) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL_SQS, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.' + action },
    body: JSON.stringify(body),
  });
  return response.json();
};`;

const http = `${SQS}
export const handler = async (event) => {
  const body = event.body ? JSON.parse(event.body) : {};
  switch (event.pathParameters.path) {
    case 'plain': return { any: 'json' };
    case 'structured': return { statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=1', 'd=2'], body: 'text' };
    case 'binary': return { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'iVBORw==', isBase64Encoded: true };
    case 'throws': throw new Error('secret detail');
    case 'spins': for (;;);
    case 'hogs': { const kept = []; for (;;) kept.push(new Array(100_000).fill(1)); }
    case 'environment': return { ...process.env };
    case 'send': await sqs('SendMessage', { QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify(body) }); return {};
    case 'dead': return sqs('ReceiveMessage', { QueueUrl: process.env.DEAD_URL, MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    case 'post': {
      const response = await fetch(process.env.CALLBACK + '/@connections/' + encodeURIComponent(body.id), { method: body.method ?? 'POST', body: body.method ? undefined : body.data });
      return { status: response.status, type: response.headers.get('x-amzn-errortype'), text: await response.text() };
    }
  }
};`;

/** Refuses on demand, answers with its route, and notes every disconnect in the queue. */
const socket = `${SQS}
export const handler = async (event) => {
  const { routeKey, eventType, connectionId, disconnectStatusCode } = event.requestContext;
  if (eventType === 'DISCONNECT') {
    await sqs('SendMessage', { QueueUrl: process.env.DEAD_URL, MessageBody: JSON.stringify({ disconnected: connectionId, disconnectStatusCode }) });
  }
  if (eventType !== 'CONNECT') {
    if (event.body === 'throw') throw new Error('secret detail');
    return { statusCode: 200, body: JSON.stringify({ routeKey, connectionId, body: event.body }) };
  }
  if (event.queryStringParameters?.refuse) return { statusCode: 403 };
  if (event.queryStringParameters?.post) {
    const response = await fetch(process.env.CALLBACK + '/@connections/' + encodeURIComponent(connectionId), { method: 'POST', body: 'early' });
    if (response.status !== 410) return { statusCode: 500 };
  }
  return { statusCode: 200 };
};`;

/** Fails the messages that say so, one by one or with the whole batch; brings back a message at once on demand. */
const consumer = `${SQS}
export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const { body, messageId, receiptHandle, attributes } of Records) {
    const message = JSON.parse(body);
    if (message.fail) batchItemFailures.push({ itemIdentifier: messageId });
    if (message.again && attributes.ApproximateReceiveCount === '1') {
      await sqs('ChangeMessageVisibility', { QueueUrl: process.env.QUEUE_URL, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
    if (message.done || message.again && attributes.ApproximateReceiveCount === '2') {
      await sqs('SendMessage', { QueueUrl: process.env.DEAD_URL, MessageBody: JSON.stringify({ ...message, came: attributes.ApproximateReceiveCount }) });
    }
    if (message.crash) throw new Error('crash');
  }
  return { batchItemFailures };
};`;

let runtime: Runtime;
const dataDir = newDataDir();
beforeAll(async () => {
  const env = {
    CDK_OUTDIR: writeHandlerAssembly({ http, socket, consumer }),
    LOCAL_DATA_DIR: dataDir,
    ANALYTICS_PORT: '0',
  };
  runtime = await startRuntime(readRuntimeSettings(env, { watch: false }));
});
afterAll(async () => {
  await runtime.stop();
  removeDataDir(dataDir);
});

const call = (path: string, body: object = {}) =>
  fetch(`${runtime.httpUrl}/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

/** What has come to the dead-letter queue and `matches`. */
const awaitDead = async (matches: (message: Json) => boolean): Promise<Json> => {
  for (;;) {
    const { Messages = [] } = (await (await call('dead')).json()) as { Messages?: { Body: string }[] };
    const found = Messages.map(({ Body }) => JSON.parse(Body)).find(matches);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('an HTTP API', () => {
  test('answers with what the function returned, structured or not', async () => {
    const plain = await call('plain');
    const structured = await call('structured');
    const binary = await call('binary');

    expect([plain.status, plain.headers.get('content-type'), await plain.json()]).toEqual([
      200,
      'application/json',
      { any: 'json' },
    ]);
    expect([
      structured.status,
      structured.headers.get('x-a'),
      structured.headers.getSetCookie(),
      await structured.text(),
    ]).toEqual([201, 'b', ['c=1', 'd=2'], 'text']);
    expect(Buffer.from(await binary.arrayBuffer()).toString('base64')).toBe('iVBORw==');
  });

  test('says nothing of what went wrong inside', async () => {
    for (const path of ['throws', 'spins', 'hogs']) {
      const response = await call(path);
      expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    }
    expect((await call('plain')).status).toBe(200);
  });

  test('knows its routes and its limit', async () => {
    const unknown = await fetch(`${runtime.httpUrl}/a/b`);
    const large = await fetch(`${runtime.httpUrl}/plain`, { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });

    expect([unknown.status, await unknown.json()]).toEqual([404, { message: 'Not Found' }]);
    expect([large.status, await large.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  test('gives a function Lambda’s environment and nothing of this machine’s', async () => {
    process.env['SECRET_OF_THE_HOST'] = 'x';
    const environment = (await (await call('environment')).json()) as Record<string, string>;

    expect(environment).toMatchObject({
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/stack-Queue',
    });
    expect(environment).not.toHaveProperty('SECRET_OF_THE_HOST');
    expect(environment).not.toHaveProperty('HOME');
  });
});

describe('an event source', () => {
  test('deletes what succeeded and brings back what failed, until the dead-letter queue has it', async () => {
    await call('send', { name: 'good' });
    await call('send', { name: 'bad', fail: true });

    expect(await awaitDead(({ name }) => name === 'bad')).toEqual({ name: 'bad', fail: true });
    const { Messages = [] } = (await (await call('dead')).json()) as { Messages?: { Body: string }[] };
    expect(Messages.filter(({ Body }) => Body.includes('good'))).toEqual([]);
  });

  test('brings back the whole batch of a function that throws', async () => {
    await call('send', { name: 'crashing', crash: true });

    expect(await awaitDead(({ name }) => name === 'crashing')).toMatchObject({ crash: true });
  });

  test('brings back at once a message whose visibility was set to nothing', async () => {
    await call('send', { name: 'again', again: true });

    expect(await awaitDead(({ name }) => name === 'again')).toMatchObject({ came: '2' });
  });
});

describe('a WebSocket API', () => {
  test('refuses as $connect does, and does not post to whoever is still being asked', async () => {
    const refused = new WebSocket(`${runtime.webSocketUrl}?refuse=1`);
    const [error] = await once(refused, 'error');
    const early = await connect(`${runtime.webSocketUrl}?post=1`);

    expect(error.message).toContain('403');
    expect(early.socket.readyState).toBe(WebSocket.OPEN);
    early.close();
  });

  test('chooses the route by the action, and sends back what the function returned', async () => {
    const client = await connect(runtime.webSocketUrl);
    client.send({ action: 'special' });
    client.send({ action: 'unheard' });
    client.send('no json');

    expect(await client.next(({ routeKey }) => routeKey === 'special')).toBeDefined();
    expect(await client.next(({ body }) => body === '{"action":"unheard"}')).toMatchObject({ routeKey: '$default' });
    expect(await client.next(({ body }) => body === 'no json')).toMatchObject({ routeKey: '$default' });
    client.close();
  });

  test('tells of a failing function no more than that, and keeps the connection', async () => {
    const client = await connect(runtime.webSocketUrl);
    client.send('throw');

    expect(await client.next(({ message }) => message !== undefined)).toEqual({
      message: 'Internal server error',
      connectionId: expect.any(String),
      requestId: expect.any(String),
    });
    client.send('still there');
    await client.next(({ body }) => body === 'still there');
    client.close();
  });

  test('closes for binary data and for a frame over 32 KB', async () => {
    const binary = await connect(runtime.webSocketUrl);
    binary.socket.send(Buffer.from([1]));
    const large = await connect(runtime.webSocketUrl);
    large.send('x'.repeat(32 * 1024 + 1));

    expect(await binary.closed()).toBe(1003);
    expect(await large.closed()).toBe(1009);
  });

  test('is posted to, described and closed through the management API, and is gone afterwards', async () => {
    const client = await connect(runtime.webSocketUrl);
    client.send('who am I');
    const { connectionId: id } = await client.next(({ connectionId }) => connectionId !== undefined);
    const manage = async (body: object): Promise<Json> => (await call('post', { id, ...body })).json();

    expect(await manage({ data: '{"posted":true}' })).toMatchObject({ status: 200 });
    await client.next(({ posted }) => posted === true);
    expect(JSON.parse((await manage({ method: 'GET' })).text)).toMatchObject({ identity: { sourceIp: '127.0.0.1' } });
    expect(await manage({ data: 'x'.repeat(128 * 1024 + 1) })).toMatchObject({
      status: 413,
      type: 'PayloadTooLargeException',
    });
    expect(await manage({ method: 'DELETE' })).toMatchObject({ status: 204 });
    await client.closed();
    expect(await manage({ data: 'late' })).toMatchObject({ status: 410, type: 'GoneException' });
    expect(await awaitDead(({ disconnected }) => disconnected === id)).toMatchObject({ disconnectStatusCode: 1000 });
  });

  test('cuts a client that never reads before it costs everybody’s memory', async () => {
    const client = await connect(runtime.webSocketUrl);
    client.send('who am I');
    const { connectionId: id } = await client.next(({ connectionId }) => connectionId !== undefined);
    client.socket.pause();

    let status = 200;
    for (let posts = 0; status === 200 && posts < 500; posts += 1) {
      ({ status } = (await (await call('post', { id, data: 'x'.repeat(100_000) })).json()) as { status: number });
    }

    expect(status).toBe(410);
    client.socket.terminate();
  });
});
