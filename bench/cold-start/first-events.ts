import { randomUUID } from 'node:crypto';

/**
 * The first event each function is given: one that makes it do its work as far as the stores, not only refuse. A worker
 * gets data that its plugin refuses, so that its thread starts and the plugin is loaded, but what is measured does not
 * depend on how long an analysis takes.
 */

const PRINCIPAL = { tenant: 'default', subject: 'bench', scopes: 'submit read admin' };

const BODIES: { readonly [name: string]: () => unknown } = {
  'create-key': () => ({ name: 'bench', scopes: ['read'] }),
  'query-analyses': () => ({ type: 'performance' }),
  'submit-analysis': () => ({ type: 'performance', data: {} }),
  'submit-batch': () => ({ submissions: [{ type: 'performance', data: {} }] }),
};

const httpEvent = (name: string): object => {
  const body = BODIES[name]?.();
  return {
    version: '2.0',
    routeKey: '$default',
    headers: { 'content-type': 'application/json', 'x-api-key': `ak_${'0'.repeat(43)}` },
    pathParameters: { analysisId: randomUUID(), id: randomUUID() },
    requestContext: { authorizer: { lambda: PRINCIPAL } },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
};

const webSocketEvent = (): object => ({
  methodArn: 'arn:aws:execute-api:us-east-1:000000000000:api/prod/$connect',
  queryStringParameters: { token: `ak_${'0'.repeat(43)}` },
  requestContext: { connectionId: randomUUID(), authorizer: PRINCIPAL },
  body: '{"action":"ping"}',
});

const job = (type: string): object => ({
  tenant: 'default',
  analysisId: randomUUID(),
  type,
  submittedAt: new Date().toISOString(),
  data: { inline: { 'no-such-field': true } },
});

const jobEvent = (type: string): object => ({
  Records: [
    {
      messageId: randomUUID(),
      receiptHandle: randomUUID(),
      attributes: { ApproximateReceiveCount: '1' },
      body: JSON.stringify(job(type)),
    },
  ],
});

export type FunctionKind = 'http' | 'websocket' | 'worker';

export const firstEvent = (kind: FunctionKind, name: string): object => {
  if (kind === 'worker') return jobEvent(name.replace('worker-', ''));
  return kind === 'http' ? httpEvent(name) : webSocketEvent();
};
