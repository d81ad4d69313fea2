import * as z from 'zod';

/**
 * The only reader of `process.env` in `functions/`. Each function asks for the sections it uses,
 * so that it needs (and is granted) only those; a missing variable stops the cold start and is named.
 */

/** Made when they are asked for: a schema costs a cold start half a millisecond, and a function uses few of them. */
const sections = {
  service: () =>
    z.object({
      STAGE: z.string().default('dev'),
      LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    }),
  analyses: () =>
    z.object({
      ANALYSES_TABLE: z.string().min(1),
      RESULT_RETENTION_DAYS: z.coerce.number().int().min(1).default(90),
    }),
  payloads: () => z.object({ PAYLOADS_BUCKET: z.string().min(1) }),
  /** Set by Lambda: where a function runs, and as whom. The clients of the SDK read it themselves. */
  lambda: () =>
    z.object({
      AWS_REGION: z.string().min(1),
      AWS_ACCESS_KEY_ID: z.string().min(1),
      AWS_SECRET_ACCESS_KEY: z.string().min(1),
      AWS_SESSION_TOKEN: z.string().optional(),
      AWS_ENDPOINT_URL_S3: z.url().optional(),
    }),
  /** A plugin's job queue is `<prefix><plugin>`; its dead-letter queue has `-dead` after that. */
  jobQueues: () => z.object({ JOB_QUEUE_URL_PREFIX: z.url() }),
  pushQueue: () => z.object({ PUSH_QUEUE_URL: z.url() }),
  /** Models, their versions and trainings. */
  models: () => z.object({ MODELS_TABLE: z.string().min(1) }),
  trainingQueue: () => z.object({ TRAINING_QUEUE_URL: z.url() }),
  trainer: () => z.object({ TRAINING_CHECKPOINT_SECONDS: z.coerce.number().min(0).default(20) }),
  rollupQueue: () => z.object({ ROLLUP_QUEUE_URL: z.url() }),
  followUpQueue: () => z.object({ FOLLOW_UP_QUEUE_URL: z.url() }),
  worker: () =>
    z.object({
      JOB_QUEUE_URL: z.url(),
      DEAD_LETTER_QUEUE_URL: z.url(),
      /** Set by Lambda: MB of memory of this function. */
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().default(1024),
    }),
  dashboards: () => z.object({ DASHBOARDS_TABLE: z.string().min(1) }),
  credentials: () => z.object({ CREDENTIALS_TABLE: z.string().min(1) }),
  tokens: () =>
    z.object({
      AUTH_SECRET_NAME: z.string().optional(),
      AUTH_ISSUER: z.url().optional(),
      AUTH_AUDIENCE: z.string().optional(),
      AUTH_TENANT_CLAIM: z.string().default('tenant'),
      AUTH_SCOPE_CLAIM: z.string().optional(),
    }),
  connections: () => z.object({ CONNECTIONS_TABLE: z.string().min(1) }),
  events: () =>
    z.object({
      EVENTS_TABLE: z.string().min(1),
      EVENT_RETENTION_HOURS: z.coerce.number().int().min(1).default(24),
    }),
  /** How long a client may have been away, for those who only tell it. */
  eventRetention: () => z.object({ EVENT_RETENTION_HOURS: z.coerce.number().int().min(1).default(24) }),
  connectionChecks: () => z.object({ CONNECTION_CHECKS_QUEUE_URL: z.url() }),
  websocket: () => z.object({ WEBSOCKET_ENDPOINT: z.url() }),
  rateLimits: () =>
    z.object({
      RATE_LIMIT_WINDOW_SECONDS: z.coerce.number().int().min(1),
      RATE_LIMIT_SUBMIT: z.coerce.number().int().min(1),
      RATE_LIMIT_BATCH: z.coerce.number().int().min(1),
      RATE_LIMIT_READ: z.coerce.number().int().min(1),
      RATE_LIMIT_ADMIN: z.coerce.number().int().min(1),
      RATE_LIMIT_CONNECT: z.coerce.number().int().min(1),
    }),
  redis: () =>
    z.object({
      UPSTASH_REDIS_REST_URL: z.url().optional(),
      UPSTASH_REDIS_REST_TOKEN: z.string().optional(),
      /** What keys begin with: this deployment and no other. */
      REDIS_KEY_PREFIX: z.string().default('ai-analytics'),
      /** Milliseconds that one request may wait for Redis. */
      REDIS_WAIT_MS: z.coerce.number().int().min(1).default(50),
    }),
};

export type ConfigSection = keyof typeof sections;
export type Config<Section extends ConfigSection> = z.infer<ReturnType<(typeof sections)[Section]>>;

class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads one section of the environment.
 *
 * @throws {ConfigError} naming each variable that is missing or malformed and what is expected.
 */
export const readConfig = <Section extends ConfigSection>(
  section: Section,
  env: NodeJS.ProcessEnv = process.env,
): Config<Section> => {
  // An empty variable is an unset one: that is how .env files and CI settings leave things out.
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = sections[section]().safeParse(present);
  if (parsed.success) return parsed.data as Config<Section>;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`Environment is not usable: ${problems.join('; ')}`, { cause: parsed.error });
};
