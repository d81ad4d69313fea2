import { RuntimeError } from '../settings.ts';
import { parseCron } from './cron.ts';

const MINUTE_MS = 60_000;
const UNIT_MINUTES: { readonly [unit: string]: number } = { minute: 1, hour: 60, day: 1440 };

/** Whether a schedule is due in the minute that begins at an instant. */
export type IsDue = (minute: Date) => boolean;

/** Rates count from the epoch and not from the start, so that an hourly run is not lost to a restart every half hour. */
const parseRate = (expression: string): IsDue | undefined => {
  const [, count, unit] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMinutes = UNIT_MINUTES[unit ?? ''];
  if (count === undefined || unitMinutes === undefined) return undefined;
  const everyMinutes = Number(count) * unitMinutes;
  return (minute) => Math.floor(minute.getTime() / MINUTE_MS) % everyMinutes === 0;
};

/**
 * Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`.
 *
 * @param timeZone IANA name; cron expressions are in its time
 * @throws {RuntimeError} on any other expression.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export const parseScheduleExpression = (expression: string, timeZone = 'UTC'): IsDue => {
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const isDue = fields === undefined ? parseRate(expression) : parseCron(fields, timeZone);
  if (isDue !== undefined) return isDue;
  throw new RuntimeError(`The schedule expression "${expression}" is not understood`);
};
