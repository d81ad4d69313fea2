import type { PushedEvent } from './analytics-client.ts';

/** What became of the demo's own submissions. Others may submit meanwhile, and their pushes come as well. */

const BAR_WIDTH = 30;

const OUTCOMES: readonly string[] = ['analytics:update', 'analytics:failed'];

export const drawBar = (done: number, total: number): string => {
  const filled = Math.round((done / total) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${done}/${total}`;
};

export const createDemoProgress = () => {
  const submittedAt = new Map<string, number>();
  // A push can overtake the answer to its own submission, so that whose it is shows later.
  const pushedAt = new Map<string, number>();
  const pushes: PushedEvent[] = [];
  const isOwn = ({ data }: PushedEvent): boolean => submittedAt.has(String(data['analysisId']));
  return {
    /** @param at milliseconds, before the submission was sent */
    submitted: (analysisId: string, at: number): void => void submittedAt.set(analysisId, at),
    /** @param at milliseconds */
    pushed(push: PushedEvent, at: number): void {
      pushes.push(push);
      if (OUTCOMES.includes(push.event)) pushedAt.set(String(push.data['analysisId']), at);
    },
    submissions: (): number => submittedAt.size,
    /** Own submissions whose outcome was pushed. */
    done: (): number => [...submittedAt.keys()].filter((id) => pushedAt.has(id)).length,
    /** Pushes of an event that are about own submissions. */
    count: (event: string): number => pushes.filter((push) => push.event === event && isOwn(push)).length,
    /** Milliseconds from submission to the push of its outcome, of each that was pushed. */
    latencies: (): number[] =>
      [...submittedAt].map(([id, at]) => (pushedAt.get(id) ?? Number.NaN) - at).filter(Number.isFinite),
  };
};
