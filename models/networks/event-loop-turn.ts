import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that a training keeps the thread to itself. */
const LONGEST_TURN_MS = 50;

/**
 * Between steps of a training, lets the timers and the I/O of its thread have their turn: steps follow each other without
 * one, so that a deadline or a cancellation would otherwise wait for the end of an epoch.
 */
export const createTurns = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < LONGEST_TURN_MS) return;
    await nextTurn();
    since = performance.now();
  };
};
