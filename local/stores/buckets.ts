import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { FauxqsStores, S3Store } from './fauxqs.ts';

/** S3 looks once a day; what a lifecycle rule says in days need not be more exact here. */
const LIFECYCLE_SWEEP_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface LifecycleRule {
  readonly Status?: string;
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
}

interface CorsRule {
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders?: readonly string[];
  readonly ExposedHeaders?: readonly string[];
  readonly MaxAge?: number;
}

/** Creates the buckets of the template that are not there from an earlier run. */
export const createBuckets = (inventory: Inventory, store: S3Store): void => {
  for (const { identity } of inventory.ofType('AWS::S3::Bucket')) {
    if (!store.hasBucket(identity.ref)) store.createBucket(identity.ref);
  }
};

const rulesOf = <Rule>({ properties }: KnownResource, property: string, list: string): readonly Rule[] =>
  ((properties[property] ?? {}) as { readonly [list: string]: readonly Rule[] | undefined })[list] ?? [];

const expire = (bucket: KnownResource, store: S3Store): void => {
  const objects = store.buckets.get(bucket.identity.ref) ?? new Map();
  for (const { Status, Prefix = '', ExpirationInDays } of rulesOf<LifecycleRule>(
    bucket,
    'LifecycleConfiguration',
    'Rules',
  )) {
    if (Status !== 'Enabled' || ExpirationInDays === undefined) continue;
    const oldest = Date.now() - ExpirationInDays * DAY_MS;
    for (const [key, { lastModified }] of [...objects]) {
      if (key.startsWith(Prefix) && lastModified.getTime() < oldest) store.deleteObject(bucket.identity.ref, key);
    }
  }
};

/** Deletes what the buckets' lifecycle rules let expire. */
export const startLifecycle = (inventory: Inventory, store: S3Store): { stop(): void } => {
  const sweep = (): void => {
    for (const bucket of inventory.ofType('AWS::S3::Bucket')) expire(bucket, store);
  };
  sweep();
  const timer = setInterval(sweep, LIFECYCLE_SWEEP_MS);
  return { stop: () => clearInterval(timer) };
};

const fits = (patterns: readonly string[], value: string): boolean =>
  patterns.some((pattern) => {
    const [start = '', end] = pattern.split('*');
    return end === undefined ? pattern === value : value.startsWith(start) && value.endsWith(end);
  });

/** Answers preflights, and lets browsers read what links lead to, as each bucket's CORS rules say. */
export const addBucketCors = (inventory: Inventory, { app }: FauxqsStores): void => {
  const rules = new Map(
    inventory
      .ofType('AWS::S3::Bucket')
      .map((bucket) => [bucket.identity.ref, rulesOf<CorsRule>(bucket, 'CorsConfiguration', 'CorsRules')]),
  );
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined) return;
    const isPreflight = request.method === 'OPTIONS';
    const method = isPreflight ? String(request.headers['access-control-request-method']) : request.method;
    const [, bucket = ''] = request.url.split(/[/?]/);
    const rule = rules
      .get(bucket)
      ?.find(({ AllowedOrigins, AllowedMethods }) => fits(AllowedOrigins, origin) && AllowedMethods.includes(method));
    if (rule !== undefined) {
      reply.header('access-control-allow-origin', rule.AllowedOrigins.includes('*') ? '*' : origin);
      reply.header('access-control-allow-methods', rule.AllowedMethods.join(', '));
      reply.header('vary', 'Origin');
      if (rule.ExposedHeaders) reply.header('access-control-expose-headers', rule.ExposedHeaders.join(', '));
      const asked = request.headers['access-control-request-headers'];
      if (isPreflight && rule.AllowedHeaders && asked) reply.header('access-control-allow-headers', asked);
      if (isPreflight && rule.MaxAge !== undefined) reply.header('access-control-max-age', rule.MaxAge);
    }
    if (isPreflight) await reply.code(rule === undefined ? 403 : 200).send();
  });
};
