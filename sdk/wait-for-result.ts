import type { AnalyticsClient } from './api.ts';
import { AnalyticsError } from './errors.ts';
import { isPassing, toError } from './http.ts';
import type { Live } from './live.ts';
import type { AnalysisView } from './wire.ts';

/** Milliseconds between two looks while there is no connection that a result could be pushed over, at first. */
const POLL_MS = 5_000;
const LONGEST_POLL_MS = 20_000;

/** What of an analysis travels in an event: all of it, unless it is too large for a frame. */
const viewIn = (data: unknown): AnalysisView | undefined =>
  typeof data === 'object' && data !== null && ('result' in data || 'error' in data)
    ? (data as AnalysisView)
    : undefined;

/** @returns what ends it */
const startPolling = (look: () => unknown, isNeeded: () => boolean): (() => void) => {
  let timer: ReturnType<typeof setTimeout>;
  const next = (wait: number): void => {
    timer = setTimeout(() => {
      if (isNeeded()) look();
      next(Math.min(wait * 1.5, LONGEST_POLL_MS));
    }, wait);
  };
  next(POLL_MS);
  return () => clearTimeout(timer);
};

/** @returns what ends the wait for the time or the signal to run out */
const startLimits = (
  { signal, timeout }: NonNullable<Parameters<AnalyticsClient['waitForResult']>[1]>,
  analysisId: string,
  fail: (reason: unknown) => void,
): (() => void) => {
  const abort = () => fail(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const expire = () => fail(new AnalyticsError('client.timeout', `No result of ${analysisId} in ${timeout} ms`));
  const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
  return () => {
    signal?.removeEventListener('abort', abort);
    clearTimeout(timer);
  };
};

/** Waits for the push of an analysis' end, and looks at the result itself only where a push cannot have come. */
export const createWaitForResult =
  (result: AnalyticsClient['result'], live: Live): AnalyticsClient['waitForResult'] =>
  async (analysisId, options = {}) => {
    let refused = false;
    let stops: (() => void)[] = [];
    const ended = new Promise<AnalysisView>((resolve, reject) => {
      const settle = (view: AnalysisView): void => {
        if (view.status === 'failed') reject(toError(view));
        else if (view.status === 'completed') resolve(view);
      };
      const look = (): Promise<void> =>
        result(analysisId).then(settle, (error) => {
          // What fails in passing is looked at again, when a push or the next poll says so.
          if (!isPassing(toError(error))) reject(error);
        });
      const unsubscribe = live.subscribe(
        {
          filters: { analysisId, event: ['analytics:update', 'analytics:failed'] },
          // It may have ended before the subscription stood, or while it was interrupted for too long.
          onSubscribed: look,
          onRefused: () => {
            refused = true;
          },
        },
        ({ data }) => {
          const view = viewIn(data);
          return view === undefined ? look() : settle(view);
        },
      );
      stops = [
        unsubscribe,
        startPolling(look, () => refused || !live.isOpen()),
        startLimits(options, analysisId, reject),
      ];
    });
    try {
      return await ended;
    } finally {
      for (const stop of stops) stop();
    }
  };
