import { ACCOUNT, REGION } from '../assembly/inventory.ts';
import type { FunctionPool } from '../lambda/function-pool.ts';
import { RuntimeError } from '../settings.ts';

const UNIT_MS: { readonly [unit: string]: number } = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Milliseconds between two runs of `rate(5 minutes)`.
 *
 * @throws {RuntimeError} for anything else: a cron expression is not emulated.
 */
export const parseRate = (expression: string): number => {
  const match = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  const [, count, unit] = match ?? [];
  const unitMs = unit === undefined ? undefined : UNIT_MS[unit];
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs;
  throw new RuntimeError(`The local runtime runs schedules of the form "rate(1 hour)", not "${expression}"`);
};

/** Runs a function at a rate until stopped. */
export const startSchedule = (expression: string, target: FunctionPool): { stop(): void } => {
  const timer = setInterval(async () => {
    const event = {
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      account: ACCOUNT,
      region: REGION,
      detail: {},
    };
    const result = await target.invoke({ ...event, time: new Date().toISOString() });
    if (!result.ok) console.error(`[${target.options.name}] ${result.errorType}: ${result.errorMessage}`);
  }, parseRate(expression));
  return { stop: () => clearInterval(timer) };
};
