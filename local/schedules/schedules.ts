import { randomUUID } from 'node:crypto';
import { ACCOUNT, arnOf, REGION } from '../assembly/identity.ts';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { LambdaFunction } from '../lambda/function.ts';
import type { Functions } from '../lambda/functions.ts';
import { type IsDue, parseScheduleExpression } from './schedule-expression.ts';

const MINUTE_MS = 60_000;
/** Lambda runs a failed asynchronous event again after one minute, and once more after two. */
const RETRY_AFTER_MINUTES = [1, 2];

interface Schedule {
  readonly isDue: IsDue;
  readonly target: LambdaFunction;
  readonly toEvent: (at: Date) => unknown;
}

interface Target {
  readonly Arn: string;
  /** JSON that takes the place of the event. */
  readonly Input?: string;
}

const toEventOf = (input: string | undefined, otherwise: Schedule['toEvent']): Schedule['toEvent'] => {
  if (input === undefined) return otherwise;
  const event: unknown = JSON.parse(input);
  return () => event;
};

const isEnabled = ({ properties }: KnownResource): boolean => properties['State'] !== 'DISABLED';

const scheduledEvent = (source: string, resource: string, detail: unknown) => (at: Date) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source,
  account: ACCOUNT,
  time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
  region: REGION,
  resources: [resource],
  detail,
});

const ofRule = ({ logicalId, properties }: KnownResource, functions: Functions): Schedule[] => {
  const isDue = parseScheduleExpression(String(properties['ScheduleExpression']));
  const toEvent = scheduledEvent('aws.events', arnOf('events', `rule/${logicalId}`), {});
  return ((properties['Targets'] ?? []) as Target[]).map(({ Arn, Input }) => ({
    isDue,
    target: functions.get(Arn, logicalId),
    toEvent: toEventOf(Input, toEvent),
  }));
};

const ofSchedule = ({ logicalId, properties }: KnownResource, functions: Functions): Schedule => {
  const { ScheduleExpression, ScheduleExpressionTimezone = 'UTC' } = properties;
  const { Arn, Input } = properties['Target'] as Target;
  const toEvent = scheduledEvent('aws.scheduler', arnOf('scheduler', `schedule/default/${logicalId}`), '{}');
  return {
    isDue: parseScheduleExpression(String(ScheduleExpression), String(ScheduleExpressionTimezone)),
    target: functions.get(Arn, logicalId),
    toEvent: toEventOf(Input, toEvent),
  };
};

/**
 * Runs what the template has scheduled, by EventBridge rules and by the scheduler, at the full minute.
 *
 * @throws {RuntimeError} on an expression that is not understood, or a target that is no function.
 */
export const startSchedules = (inventory: Inventory, functions: Functions): { stop(): void } => {
  const schedules = [
    ...inventory
      .ofType('AWS::Events::Rule')
      .filter(isEnabled)
      .flatMap((rule) => ofRule(rule, functions)),
    ...inventory
      .ofType('AWS::Scheduler::Schedule')
      .filter(isEnabled)
      .map((schedule) => ofSchedule(schedule, functions)),
  ];
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  };

  const run = async (target: LambdaFunction, event: unknown, [delay, ...later]: readonly number[]): Promise<void> => {
    const { ok } = await target.invoke(event);
    if (!ok && delay !== undefined) after(delay * MINUTE_MS, () => void run(target, event, later));
  };

  const tick = (minute: number): void => {
    for (const { isDue, target, toEvent } of schedules) {
      const at = new Date(minute);
      if (isDue(at)) void run(target, toEvent(at), RETRY_AFTER_MINUTES);
    }
    const next = minute + MINUTE_MS;
    // A machine that slept wakes up late: what it missed is not made up for.
    after(Math.max(0, next - Date.now()), () => tick(Math.max(next, Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS)));
  };

  const first = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  if (schedules.length > 0) after(first - Date.now(), () => tick(first));
  return {
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};
