import { expect, test } from 'vitest';
import { parseScheduleExpression } from '../../../local/schedules/schedule-expression.ts';

/** The instants, of those every `stepMinutes` in a span, at which a schedule is due. */
const dueBetween = (expression: string, from: string, to: string, stepMinutes: number, timeZone?: string): string[] => {
  const isDue = parseScheduleExpression(expression, timeZone);
  const due: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += stepMinutes * 60_000) {
    if (isDue(new Date(at))) due.push(new Date(at).toISOString().slice(0, 16));
  }
  return due;
};

test.each([
  ['rate(1 minute)', 1, ['12:00', '12:01', '12:02']],
  ['rate(2 minutes)', 1, ['12:00', '12:02']],
  ['cron(1 * * * ? *)', 1, ['12:01']],
  ['cron(0/2 12 * * ? *)', 1, ['12:00', '12:02']],
  ['cron(0,2 8-12 ? * MON-FRI *)', 1, ['12:00', '12:02']],
])('%s within two minutes', (expression, step, times) => {
  // 24 November 2026 is a Tuesday.
  const due = dueBetween(expression, '2026-11-24T12:00:00Z', '2026-11-24T12:02:00Z', step);

  expect(due).toEqual(times.map((time) => `2026-11-24T${time}`));
});

test('an hourly rate is due at the full hour, a daily one at midnight', () => {
  expect(dueBetween('rate(1 hour)', '2026-11-24T11:59:00Z', '2026-11-24T12:01:00Z', 1)).toEqual(['2026-11-24T12:00']);
  expect(dueBetween('rate(1 day)', '2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z', 60)).toEqual([
    '2026-11-24T00:00',
    '2026-11-25T00:00',
  ]);
});

test.each([
  ['cron(0 6 L * ? *)', ['2026-02-28']],
  ['cron(0 6 15W * ? *)', ['2026-02-16']],
  ['cron(0 6 1W * ? *)', ['2026-02-02']],
  ['cron(0 6 ? * 6L *)', ['2026-02-27']],
  ['cron(0 6 ? * TUE#2 *)', ['2026-02-10']],
  ['cron(0 6 ? FEB SAT-SUN/2 2026)', ['2026-02-07', '2026-02-14', '2026-02-21', '2026-02-28']],
  ['cron(0 6 10-12 2 ? 2026-2027)', ['2026-02-10', '2026-02-11', '2026-02-12']],
  ['cron(0 6 1 3 ? *)', []],
])('%s in February 2026', (expression, days) => {
  // 1 and 15 February 2026 are Sundays.
  const due = dueBetween(expression, '2026-02-01T06:00:00Z', '2026-02-28T06:00:00Z', 24 * 60);

  expect(due).toEqual(days.map((day) => `${day}T06:00`));
});

test('a schedule keeps its time of day over a change of the clocks', () => {
  // Berlin leaves summer time on 25 October 2026.
  const due = dueBetween('cron(0 8 * * ? *)', '2026-10-24T00:00:00Z', '2026-10-25T23:00:00Z', 60, 'Europe/Berlin');

  expect(due).toEqual(['2026-10-24T06:00', '2026-10-25T07:00']);
});

test.each([
  'rate(0 minutes)',
  'rate(5 parsecs)',
  'cron(0 12 * * * *)',
  'cron(61 * * * ? *)',
  'cron(0 12 * ? *)',
  'every hour',
])('"%s" is not understood, and says so', (expression) => {
  expect(() => parseScheduleExpression(expression)).toThrow(
    `The schedule expression "${expression}" is not understood`,
  );
});
