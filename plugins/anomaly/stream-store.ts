import * as z from 'zod';
import type { ProcessContext } from '../contract.ts';
import { type PackedState, type State, stateSchema } from './stream-state.ts';

/** States of a stream that the cache holds: a submission that comes again needs the one before it. */
const MOST_CACHED = 3;
const CACHE_SECONDS = 3_600;
const MOST_PAST = 20;

const resultSchema = z.looseObject({ stream: z.string(), state: stateSchema });

const keyOf = (stream: string): string => `stream:${stream}`;

const readAll = (found: readonly unknown[]): State[] =>
  found.flatMap((item) => {
    const parsed = stateSchema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });

/**
 * The newest state of a stream that ends before a submission's last point does. A submission that is delivered again
 * finds its own state, or a later one, too new and goes on from the same one as before: its answer is the same.
 *
 * @param end epoch ms of the submission's last point
 */
export const findState = async (
  { cache, history }: Pick<ProcessContext, 'cache' | 'history'>,
  stream: string,
  end: number,
): Promise<State | undefined> => {
  const cached = readAll((await cache.get<unknown[]>(keyOf(stream))) ?? []);
  const past = (await history.recent({ limit: MOST_PAST })).flatMap(({ result }) => {
    const parsed = resultSchema.safeParse(result);
    return parsed.success && parsed.data.stream === stream ? [parsed.data.state] : [];
  });
  return [...cached, ...past]
    .filter((state) => state.end < end)
    .reduce<State | undefined>((newest, state) => (state.end > (newest?.end ?? 0) ? state : newest), undefined);
};

/** Keeps a state at hand; the result is where it lasts. */
export const rememberState = async (
  { cache }: Pick<ProcessContext, 'cache'>,
  stream: string,
  state: PackedState,
): Promise<void> => {
  const known = (await cache.get<PackedState[]>(keyOf(stream))) ?? [];
  const others = known.filter(({ end }) => end !== state.end);
  const newest = [...others, state].sort((a, b) => b.end - a.end).slice(0, MOST_CACHED);
  await cache.set(keyOf(stream), newest, { ttlSeconds: CACHE_SECONDS });
};
