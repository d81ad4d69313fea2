import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { percentile } from '../../local/client/analytics-client.ts';
import { type Client, newDataDir, removeDataDir, type Service, startService, subscribe } from '../support/service.ts';

/**
 * A hundred clients receive, in turn alone and beside one that never reads its socket. Everything comes to the hundred
 * either way; how long it took is printed, for a figure on a shared machine proves nothing by itself.
 */

const READERS = 100;
const ROUNDS = 2;
const PUSHES = 80;
/** Together with the number of pushes more than the kernel buffers of a connection hold. */
const BYTES = 30_000;
const INTERVAL_MS = 250;

let service: Service;
let readers: Client[];

beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
  readers = [];
  for (let index = 0; index < READERS; index += 1) {
    readers.push(await subscribe(service.webSocketUrl, { event: 'analytics:update' }));
  }
}, 300_000);

afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

/** Milliseconds from each submission to each reader's push. */
const pushToReaders = async (): Promise<number[]> => {
  const latencies: number[] = [];
  const submittedAt = new Map<string, number>();
  const arrivals: { readonly analysisId: string; readonly at: number }[] = [];
  const listeners = readers.map(({ socket }) => {
    const listener = (data: Buffer): void => {
      arrivals.push({ analysisId: JSON.parse(data.toString()).data.analysisId, at: performance.now() });
    };
    socket.on('message', listener);
    return () => socket.off('message', listener);
  });
  for (let index = 0; index < PUSHES; index += 1) {
    const at = performance.now();
    const { body } = await service.post('/api/analytics/submit', { type: 'echo', data: { bytes: BYTES } });
    submittedAt.set(body.analysisId, at);
    await sleep(INTERVAL_MS);
  }
  while (arrivals.length < PUSHES * READERS) await sleep(100);
  for (const stop of listeners) stop();
  for (const { analysisId, at } of arrivals) latencies.push(at - (submittedAt.get(analysisId) ?? Number.NaN));
  for (const { received } of readers) received.length = 0;
  return latencies;
};

test('a client that never reads takes nothing from those who do', async () => {
  const alone: number[] = [];
  const beside: number[] = [];
  const cutOff: boolean[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(...(await pushToReaders()));
    const deaf = await subscribe(service.webSocketUrl, { event: 'analytics:update' });
    deaf.socket.pause();
    beside.push(...(await pushToReaders()));
    deaf.socket.resume();
    await sleep(1_000);
    // It was sent what it could hold, and then let go: it resumes with its cursor when it comes to.
    cutOff.push(deaf.socket.readyState === deaf.socket.CLOSED);
    deaf.socket.terminate();
  }

  const figures = (latencies: readonly number[]) => ({
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  });
  console.log(JSON.stringify({ alone: figures(alone), beside: figures(beside), cutOff }));
  expect(alone.filter(Number.isFinite)).toHaveLength(ROUNDS * PUSHES * READERS);
  expect(beside.filter(Number.isFinite)).toHaveLength(ROUNDS * PUSHES * READERS);
}, 1_200_000);
