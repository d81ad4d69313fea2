import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** What the runtime is told by the environment or `.env`. */
export interface RuntimeSettings {
  /** Port of HTTP and WebSocket; 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder that holds tables, queues and objects. */
  readonly dataDir: string;
  /** Absolute path of the cloud assembly. */
  readonly assemblyDir: string;
  readonly connections: {
    /** Seconds after which a silent WebSocket connection is closed. */
    readonly idleSeconds: number;
    /** Seconds after which any WebSocket connection is closed. */
    readonly lifetimeSeconds: number;
  };
  /** Threads one function may have at once; Lambda would start more, one machine has only so many cores. */
  readonly functionConcurrency: number;
  /** Whether a function is replaced when its bundle changes. */
  readonly watch: boolean;
}

export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

const readNumber = (env: NodeJS.ProcessEnv, name: string, fallback: number): number => {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new RuntimeError(`${name} must be a whole number from 0 up, not "${text}"`);
};

/** @throws {RuntimeError} naming the variable that does not fit. */
export const readRuntimeSettings = (env: NodeJS.ProcessEnv, { watch }: { watch: boolean }): RuntimeSettings => ({
  port: readNumber(env, 'ANALYTICS_PORT', 4000),
  host: env['ANALYTICS_HOST'] || '127.0.0.1',
  dataDir: resolve(env['LOCAL_DATA_DIR'] || '.local'),
  assemblyDir: resolve(env['CDK_OUTDIR'] || 'cdk.out'),
  connections: {
    idleSeconds: readNumber(env, 'LOCAL_WS_IDLE_SECONDS', 600),
    lifetimeSeconds: readNumber(env, 'LOCAL_WS_LIFETIME_SECONDS', 7200),
  },
  functionConcurrency: Math.max(1, readNumber(env, 'LOCAL_FUNCTION_CONCURRENCY', Math.max(2, availableParallelism()))),
  watch,
});
