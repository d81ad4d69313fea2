import { resolve } from 'node:path';
import * as z from 'zod';
import { parsePluginNames } from '../plugins/discovery.ts';

/** Without a wildcard: one name for one API. */
const domainNameSchema = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a domain name in lower case, such as api.example.com',
  );

/** Requests of a tenant in a window. */
const requestsSchema = z.coerce.number().int().min(1);

const settingsSchema = z.object({
  STAGE: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'must be a short lower-case word, for example "dev" or "prod"')
    .default('dev'),
  CORS_ORIGIN: z.string().default('*'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  RESULT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  EVENT_RETENTION_HOURS: z.coerce.number().int().min(1).max(168).default(24),
  ML_RETRAINING_ENABLED: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('true')
    .transform((text) => text === 'true'),
  TRAINING_CHECKPOINT_SECONDS: z.coerce.number().min(0).max(600).default(20),
  PLUGINS_ENABLED: z.string().optional(),
  PLUGINS_DIR: z.string().default('plugins'),
  BUILD_DIR: z.string().default('dist'),
  ALARM_EMAIL: z.email().optional(),
  DOMAIN_NAME: domainNameSchema.optional(),
  WEBSOCKET_DOMAIN_NAME: domainNameSchema.optional(),
  CERTIFICATE_ARN: z
    .string()
    .regex(/^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, 'must be the ARN of a certificate in ACM')
    .optional(),
  THROTTLE_RATE: z.coerce.number().int().min(1).default(1000),
  THROTTLE_BURST: z.coerce.number().int().min(1).default(2000),
  RATE_LIMIT_WINDOW_SECONDS: z.coerce.number().int().min(1).max(3600).default(10),
  RATE_LIMIT_SUBMIT: requestsSchema.default(5000),
  RATE_LIMIT_BATCH: requestsSchema.default(500),
  RATE_LIMIT_READ: requestsSchema.default(5000),
  RATE_LIMIT_ADMIN: requestsSchema.default(100),
  RATE_LIMIT_CONNECT: requestsSchema.default(2000),
  AUTH_SECRET_NAME: z
    .string()
    .regex(/^[\w/+=.@-]{1,512}$/, 'must be the name of a secret in Secrets Manager')
    .optional(),
  AUTH_ISSUER: z
    .url({
      protocol: /^https?$/,
      error: 'must be the URL of an OpenID Connect issuer, exactly as its tokens name it in "iss"',
    })
    // Keys that came over plain HTTP could be anybody's; on one machine there is nobody in between.
    .refine((url) => /^(https:|http:\/\/(localhost|127\.0\.0\.1)[:/])/.test(url), 'must begin with https://')
    .optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_TENANT_CLAIM: z.string().default('tenant'),
  AUTH_SCOPE_CLAIM: z.string().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_SCOPE: z.string().default('openid'),
  OIDC_TOKEN_ORIGIN: z
    .url({ protocol: /^https?$/, error: 'must be an origin such as https://login.example' })
    .optional(),
  UPSTASH_REDIS_REST_URL: z.url().optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional(),
  REDIS_WAIT_MS: z.coerce.number().int().min(1).max(5000).default(50),
});

/** Requests that a tenant may make in a window, by their class. */
type RateLimitSettings = Readonly<Record<'windowSeconds' | 'submit' | 'batch' | 'read' | 'admin' | 'connect', number>>;

interface AuthenticationSettings {
  /** Secret in Secrets Manager that tokens may be signed with. */
  readonly secretName: string | undefined;
  /** Issuer whose tokens are taken. */
  readonly issuer: string | undefined;
  /** What a token's `aud` must hold. */
  readonly audience: string | undefined;
  readonly tenantClaim: string;
  /** @default `scope`, or else `scp` */
  readonly scopeClaim: string | undefined;
}

interface DomainSettings {
  /** Of the HTTP API. */
  readonly http: string | undefined;
  readonly webSocket: string | undefined;
  /** Of a certificate that holds for both. */
  readonly certificateArn: string;
}

interface SignInSettings {
  /** What the page is told, to sign readers in with the issuer. */
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    readonly scope: string;
    readonly audience: string;
  };
  /** Origins that the page asks for the issuer's endpoints and for tokens. */
  readonly origins: readonly string[];
}

export interface Settings {
  readonly stage: string;
  /** Whether data outlives the stack and deletion is guarded. */
  readonly isProduction: boolean;
  readonly corsOrigins: readonly string[];
  readonly logLevel: string;
  readonly retentionDays: number;
  /** Hours that a client may be away and still be sent what it missed. */
  readonly eventRetentionHours: number;
  /** Whether models are reviewed, and trained anew, by themselves. */
  readonly retrainsModels: boolean;
  /** Seconds between checkpoints of a training: what a worker that dies has to do again. */
  readonly checkpointSeconds: number;
  readonly enabledPlugins: readonly string[];
  /** Absolute path. */
  readonly pluginsDir: string;
  /** Absolute path of the folder with one folder a bundle. */
  readonly bundlesDir: string;
  /** Absolute path of the folder with the built page. */
  readonly webDir: string;
  readonly alarmEmail: string | undefined;
  /** Names of one's own for the APIs. */
  readonly domains: DomainSettings | undefined;
  /** Requests a second that the HTTP API takes, and the burst above it. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  readonly authentication: AuthenticationSettings;
  /** @default readers of the page paste a token */
  readonly signIn: SignInSettings | undefined;
  readonly rateLimits: RateLimitSettings;
  /** `waitMs`: milliseconds that one request may wait for it. */
  readonly redis: { readonly url: string; readonly token: string; readonly waitMs: number } | undefined;
}

class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** A deployment that nobody can authenticate to is of no use, and one that need not be authenticated to is not offered. */
const authenticationOf = (settings: z.infer<typeof settingsSchema>): AuthenticationSettings => {
  const { AUTH_SECRET_NAME: secretName, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = settings;
  if (secretName === undefined && issuer === undefined) {
    throw new SettingsError(
      'Nobody could authenticate: set AUTH_SECRET_NAME to a secret in Secrets Manager that tokens are signed with, ' +
        'or AUTH_ISSUER and AUTH_AUDIENCE to an OpenID Connect issuer, or both',
    );
  }
  if (issuer !== undefined && audience === undefined) {
    throw new SettingsError(
      'AUTH_AUDIENCE must be set with AUTH_ISSUER: without it, tokens that the issuer made for other services would open this one',
    );
  }
  const { AUTH_TENANT_CLAIM: tenantClaim, AUTH_SCOPE_CLAIM: scopeClaim } = settings;
  return { secretName, issuer, audience, tenantClaim, scopeClaim };
};

const domainsOf = (settings: z.infer<typeof settingsSchema>): DomainSettings | undefined => {
  const { DOMAIN_NAME: http, WEBSOCKET_DOMAIN_NAME: webSocket, CERTIFICATE_ARN: certificateArn } = settings;
  if (http === undefined && webSocket === undefined) return undefined;
  if (certificateArn === undefined) {
    throw new SettingsError(
      'CERTIFICATE_ARN must be set with DOMAIN_NAME and WEBSOCKET_DOMAIN_NAME: API Gateway serves a name with its certificate only',
    );
  }
  if (http === webSocket) {
    throw new SettingsError(
      'WEBSOCKET_DOMAIN_NAME must differ from DOMAIN_NAME: API Gateway leads one name to HTTP APIs or to WebSocket APIs, not to both',
    );
  }
  return { http, webSocket, certificateArn };
};

const signInOf = (settings: z.infer<typeof settingsSchema>): SignInSettings | undefined => {
  const { OIDC_CLIENT_ID: clientId, OIDC_SCOPE: scope, OIDC_TOKEN_ORIGIN: tokenOrigin } = settings;
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = settings;
  if (clientId === undefined) return undefined;
  if (issuer === undefined || audience === undefined) {
    throw new SettingsError(
      'OIDC_CLIENT_ID needs AUTH_ISSUER and AUTH_AUDIENCE: the page signs readers in with that issuer',
    );
  }
  const urls = [issuer, ...(tokenOrigin === undefined ? [] : [tokenOrigin])];
  return {
    oidc: { issuer, clientId, scope, audience },
    origins: [...new Set(urls.map((url) => new URL(url).origin))],
  };
};

/**
 * Reads what a deployment is configured by; empty variables count as unset.
 *
 * @throws {SettingsError} naming each variable that does not fit and what is expected.
 */
export const readSettings = (env: NodeJS.ProcessEnv, root: string): Settings => {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  - ${path.join('.')}: ${message}`);
    throw new SettingsError(`The settings (environment or .env) are not valid:\n${problems.join('\n')}`);
  }
  const settings = parsed.data;
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = settings;
  if ((url === undefined) !== (token === undefined)) {
    throw new SettingsError('UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN must be set together');
  }
  return {
    stage: settings.STAGE,
    isProduction: settings.STAGE === 'prod',
    corsOrigins: settings.CORS_ORIGIN.split(',').map((origin) => origin.trim()),
    logLevel: settings.LOG_LEVEL,
    retentionDays: settings.RESULT_RETENTION_DAYS,
    eventRetentionHours: settings.EVENT_RETENTION_HOURS,
    retrainsModels: settings.ML_RETRAINING_ENABLED,
    checkpointSeconds: settings.TRAINING_CHECKPOINT_SECONDS,
    enabledPlugins: parsePluginNames(settings.PLUGINS_ENABLED),
    pluginsDir: resolve(root, settings.PLUGINS_DIR),
    bundlesDir: resolve(root, settings.BUILD_DIR, 'functions'),
    webDir: resolve(root, settings.BUILD_DIR, 'web'),
    alarmEmail: settings.ALARM_EMAIL,
    domains: domainsOf(settings),
    throttle: { rate: settings.THROTTLE_RATE, burst: settings.THROTTLE_BURST },
    authentication: authenticationOf(settings),
    signIn: signInOf(settings),
    rateLimits: {
      windowSeconds: settings.RATE_LIMIT_WINDOW_SECONDS,
      submit: settings.RATE_LIMIT_SUBMIT,
      batch: settings.RATE_LIMIT_BATCH,
      read: settings.RATE_LIMIT_READ,
      admin: settings.RATE_LIMIT_ADMIN,
      connect: settings.RATE_LIMIT_CONNECT,
    },
    redis: url === undefined || token === undefined ? undefined : { url, token, waitMs: settings.REDIS_WAIT_MS },
  };
};
