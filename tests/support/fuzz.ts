import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';

/** Generates what no well-behaved client sends, near enough to what one does send to get past the first check. */

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Route {
  readonly method: string;
  readonly path: string;
}

/** The routes that the template deploys, so that a new one is tried as soon as it exists. */
export const routesOf = (assemblyDir: string): Route[] => {
  const template = readdirSync(assemblyDir).find((file) => file.endsWith('.template.json')) ?? '';
  const { Resources } = JSON.parse(readFileSync(join(assemblyDir, template), 'utf8'));
  return Object.values<{ Type: string; Properties: { RouteKey: string } }>(Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => Properties.RouteKey.split(' '))
    .flatMap(([method = '', path]) => (path === undefined ? [] : [{ method, path }]));
};

/** Bodies that are right, by the path they are for; a part of each is replaced. */
const RIGHT_BODIES: Readonly<Record<string, object>> = {
  '/api/analytics/submit': { type: 'echo', data: { insights: [{ severity: 'info', title: 'x' }], tag: 'a' } },
  '/api/analytics/batch': { submissions: [{ type: 'echo', data: { insights: [] } }] },
  '/api/analytics/query': {
    type: 'echo',
    timeRange: { start: '2026-01-01T00:00:00Z', end: '2026-12-31T00:00:00Z' },
    filters: { tag: 'a' },
    limit: 10,
    cursor: 'eyJ9',
  },
  '/api/admin/keys': { name: 'a key', scopes: ['read'] },
};

/** Values that programs trip over. */
const oddities = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    '',
    [],
    {},
    -1,
    1e308,
    0.1,
    '\u0000',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "' OR 1=1 --",
    '💥'.repeat(50),
    '9'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

type Tree = ReturnType<typeof JSON.parse>;

const pathsOf = (value: unknown, path: readonly string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? [[...path], ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
    : [[...path]];

/** A copy in which the value at a path is another. */
const replaced = (whole: object, path: readonly string[], value: unknown): unknown => {
  if (path.length === 0) return value;
  const copy: Tree = structuredClone(whole);
  const parent = path.slice(0, -1).reduce<Tree>((at, key) => at[key], copy);
  parent[path.at(-1) ?? ''] = value;
  return copy;
};

/** A right value of which one part is odd, or that has a key too many. */
const nearly = (right: object): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...pathsOf(right)), oddities).map(([path, value]) => replaced(right, path, value)),
    fc.tuple(fc.string(), oddities).map(([key, value]) => ({ ...right, [key]: value })),
    fc.constant(right),
  );

/** JSON, JSON with a flaw, or no JSON at all. */
const texts = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: values.map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: fc.tuple(values, fc.nat(60)).map(([v, end]) => (JSON.stringify(v) ?? '').slice(0, end)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: fc.nat(5_000).map((depth) => '['.repeat(depth)) },
  );

/** What node's own client lets through: anything else never leaves the machine it is made on. */
const headerValues = fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?'));

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Tokens that must open nothing, made from one that opens something. */
const brokenTokens = (token: string): fc.Arbitrary<string> => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const rivalClaims = encode({ ...claims, tenant: 'rival' });
  return fc.oneof(
    headerValues,
    fc.constantFrom(
      `${header}.${rivalClaims}.${signature}`,
      `${encode({ alg: 'none' })}.${rivalClaims}.`,
      `${encode({ alg: 'HS512' })}.${payload}.${signature}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${token}.${signature}`,
    ),
    fc.nat(token.length).map((at) => token.slice(0, at)),
  );
};

export interface FuzzWorld {
  readonly routes: readonly Route[];
  /** A token of the tenant that asks. */
  readonly token: string;
  /** Names of what belongs to another tenant: ids, keys, cursors. */
  readonly foreign: readonly string[];
}

export const httpRequests = ({ routes, token, foreign }: FuzzWorld): fc.Arbitrary<HttpRequest> => {
  const parameters = fc.oneof(fc.constantFrom(...foreign), fc.uuid(), fc.string({ unit: 'binary', maxLength: 40 }));
  const paths = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...routes) },
    { weight: 1, arbitrary: fc.record({ method: fc.constantFrom('GET', 'PUT'), path: fc.webPath() }) },
  );
  const authorizations = fc.oneof(
    { weight: 8, arbitrary: fc.constant<Record<string, string>>({ authorization: `Bearer ${token}` }) },
    { weight: 1, arbitrary: brokenTokens(token).map((broken) => ({ authorization: `Bearer ${broken}` })) },
    { weight: 1, arbitrary: headerValues.map((value) => ({ authorization: value, 'x-api-key': value })) },
  );
  const others = fc.record(
    {
      'content-type': fc.oneof(
        { weight: 8, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom('application/x-ndjson', 'text/plain', 'application/json; charset=x') },
        { weight: 1, arbitrary: headerValues },
      ),
      'idempotency-key': fc.oneof(fc.constantFrom(...foreign), headerValues),
      'if-match': headerValues,
      'x-tenant': fc.constant('rival'),
    },
    { requiredKeys: ['content-type'] },
  );
  return paths.chain(({ method, path }) =>
    fc.record({
      method: fc.constant(method),
      path: fc
        .tuple(parameters, fc.option(fc.webQueryParameters(), { nil: '' }))
        .map(
          ([value, query]) => `${path.replace(/\{\w+\}/g, () => encodeURIComponent(value.toWellFormed()))}?${query}`,
        ),
      headers: fc.tuple(authorizations, others).map(([first, second]) => ({ ...first, ...second })),
      body: method === 'GET' ? fc.constant('') : texts(nearly(RIGHT_BODIES[path] ?? { name: 'x', widgets: [] })),
    }),
  );
};

/** Sends a request as it is, without the care that `fetch` takes of it. */
export const send = (url: string, { method, path, headers, body }: HttpRequest) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

const ACTIONS = (foreign: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    nearly({ action: 'subscribe', stream: 'analytics', filters: { type: ['echo'], tag: 'a' }, id: '1' }),
    nearly({ action: 'subscribe', stream: 'analytics', after: 'mi9x', id: '1' }),
    nearly({ action: 'unsubscribe', id: '1', subscriptionId: 'x' }),
    nearly({ action: 'authenticate', token: 'x' }),
    fc.constantFrom(...foreign).map((after) => ({ action: 'subscribe', stream: 'analytics', after })),
    oddities,
  );

/** Text frames for the service's own protocol. */
export const nativeFrames = (foreign: readonly string[]): fc.Arbitrary<string> => texts(ACTIONS(foreign));

const PACKETS = (foreign: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    nearly(['subscribe', { stream: 'analytics', filters: { type: 'echo' } }]),
    nearly(['unsubscribe', { subscriptionId: 'x' }]),
    nearly(['auth:authenticate', { token: 'x' }]),
    fc.constantFrom(...foreign).map((offset) => ({ token: 'x', offset })),
    oddities,
  );

/** Text frames for socket.io: an engine.io type, a socket.io type, an id, and data. */
export const socketIoFrames = (foreign: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('42', '42', '421', '40', '43', '2', '45-', '451-', '4', '6', ''),
      fc.constantFrom('', '', '7', '/admin,'),
      texts(PACKETS(foreign)),
    )
    .map((parts) => parts.join(''));
