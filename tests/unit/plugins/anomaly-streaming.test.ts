import { describe, expect, test } from 'vitest';
import plugin from '../../../plugins/anomaly/index.ts';
import type { PastAnalysis, ProcessContext } from '../../../plugins/contract.ts';
import { hourlyPoints, hourlyValues, metricRows } from '../../support/metric-series.ts';
import { processContext } from '../../support/process-context.ts';

// The sections beside insights are the plugin's own.
type Output = Record<string, ReturnType<typeof JSON.parse>>;
const submit = async (data: object, context: ProcessContext = processContext()): Promise<Output> =>
  JSON.parse(JSON.stringify(await plugin.process(plugin.input.parse({ mode: 'streaming', ...data }), context)));

/** A service that remembers results, newest first, and a cache that does or does not forget. */
const service = ({ forgetful = false } = {}) => {
  const past: PastAnalysis[] = [];
  const cached = new Map<string, unknown>();
  const context = processContext({
    history: { recent: async () => past },
    cache: {
      get: async <Value>(key: string) => (forgetful ? undefined : (cached.get(key) as Value | undefined)),
      set: async (key, value) => {
        cached.set(key, JSON.parse(JSON.stringify(value)));
      },
    },
  });
  const deliver = async (data: object): Promise<Output> => {
    const result = await submit(data, context);
    past.unshift({ analysisId: String(past.length), submittedAt: '2026-01-01T00:00:00Z', result });
    return result;
  };
  return { deliver, redeliver: (data: object) => submit(data, context) };
};

const values = (): number[] => {
  const all = hourlyValues(900);
  all[850] = 100;
  return all;
};
const part = (from: number, to: number) => ({
  series: [{ name: 'cpu', points: hourlyPoints(values().slice(from, to), from) }],
});
const alarmsOf = (output: Output): string[] => output['alarms'].items.map(({ timestamp }: Output) => timestamp);

describe.each(['forecast', 'novelty'])('a stream judged by %s', (method) => {
  test('in many submissions gives the alarms and the state of one', async () => {
    const whole = await submit({ method, alarmRate: 0.005, ...part(0, 900) });
    const alarms: string[] = [];
    let state: unknown;
    for (const [from, to] of [
      [0, 4],
      [4, 130],
      [130, 131],
      [131, 555],
      [555, 900],
    ] as const) {
      const output = await submit({
        method,
        alarmRate: 0.005,
        ...part(from, to),
        ...(state === undefined ? {} : { state }),
      });
      alarms.push(...alarmsOf(output));
      state = output['state'];
    }

    expect(alarms).toEqual(alarmsOf(whole));
    expect(state).toEqual(whole['state']);
    expect(alarms).toContain(hourlyPoints([0], 850).map(({ timestamp }) => new Date(timestamp).toISOString())[0]);
  });
});

test('rows in many submissions give the alarms of one', async () => {
  const rows = metricRows(700).map((row, i) =>
    i === 650 ? { ...row, metrics: { cpu: 90, latency: 20, requests: 50 } } : row,
  );
  const whole = await submit({ rows });
  const first = await submit({ rows: rows.slice(0, 333) });
  const second = await submit({ rows: rows.slice(333), state: first['state'] });

  expect([...alarmsOf(first), ...alarmsOf(second)]).toEqual(alarmsOf(whole));
  expect(second['state']).toEqual(whole['state']);
  expect(alarmsOf(second)).toContain(new Date(rows[650]?.timestamp ?? 0).toISOString());
});

test('a stream begins by learning, and says so', async () => {
  const { series, insights, resumed } = await submit(part(0, 50));

  expect(series[0].status).toBe('learning');
  expect(insights).toMatchObject([{ kind: 'learning', severity: 'info' }]);
  expect(resumed).toBe(false);
});

describe.each([false, true])('a named stream, the cache forgetting: %s', (forgetful) => {
  test('goes on where the last submission ended', async () => {
    const { deliver } = service({ forgetful });
    await deliver({ stream: 'prod', ...part(0, 600) });
    await deliver({ stream: 'other', ...part(0, 10) });
    const second = await deliver({ stream: 'prod', ...part(600, 900) });

    expect(second['resumed']).toBe(true);
    expect(second['state']).toEqual((await submit(part(0, 900)))['state']);
  });

  test('answers a submission that is delivered again as it did at first, also after a later one', async () => {
    const { deliver, redeliver } = service({ forgetful });
    await deliver({ stream: 'prod', ...part(0, 600) });
    const second = await deliver({ stream: 'prod', ...part(600, 750) });

    expect(await redeliver({ stream: 'prod', ...part(600, 750) })).toEqual(second);
    await deliver({ stream: 'prod', ...part(750, 900) });
    expect(await redeliver({ stream: 'prod', ...part(600, 750) })).toEqual(second);
  });
});

test('points that were judged before are left out', async () => {
  const first = await submit(part(0, 600));
  const second = await submit({ ...part(550, 900), state: first['state'] });

  expect(second['series'][0].repairs.late).toBe(50);
  expect(second['state']).toEqual((await submit(part(0, 900)))['state']);
});

test('a state that was not given by this plugin is refused', () => {
  const { error } = plugin.input.safeParse({ mode: 'streaming', ...part(0, 10), state: { version: 1 } });

  expect(error?.issues[0]?.path[0]).toBe('state');
});

describe('a state that was changed on its way', () => {
  const complaintsOf = (data: object): string[] =>
    (plugin.input.safeParse({ mode: 'streaming', ...data }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  const withStream = (state: Output, change: object) => ({
    ...state,
    streams: [{ ...state['streams'][0], ...change }],
  });

  test('is refused with the field that cannot be', async () => {
    const { state } = await submit(part(0, 300));
    const { forecast } = state.streams[0];
    const smoother = { ...forecast.smoother, season: [1, 2] };
    const scores = Buffer.from(Float32Array.of(Number.NaN).buffer).toString('base64');
    const refused = (change: object) => complaintsOf({ ...part(300, 310), state: withStream(state, change) })[0];

    expect(complaintsOf({ ...part(300, 310), state })).toEqual([]);
    expect(refused({ intervalMs: 1e-300 })).toBe('state.streams.0.intervalMs: must be 0, or ms from 1 to a year');
    expect(refused({ forecast: { ...forecast, smoother } })).toMatch(
      /^state\.streams\.0\.forecast\.smoother\.season: /,
    );
    expect(refused({ forecast: { ...forecast, calibrator: { scores, seen: 1 } } })).toBe(
      'state.streams.0.forecast.calibrator.scores: is not as an earlier result gave it',
    );
    expect(refused({ forecast: undefined })).toBe(
      'state.streams.0.forecast: must be there: the state was learned by forecast',
    );
  });

  test('of another method or version is refused with the reason', async () => {
    const { state } = await submit(part(0, 300));

    expect(complaintsOf({ ...part(300, 310), method: 'novelty', state })).toEqual([
      'state: was learned by forecast and cannot be gone on with by novelty: leave method out, or the state',
    ]);
    expect(complaintsOf({ rows: metricRows(10), state })).toEqual([
      'state: was learned by forecast and cannot be gone on with by nearest-neighbours: leave method out, or the state',
    ]);
    expect(complaintsOf({ ...part(300, 310), state: { ...state, version: 1 } })[0]).toMatch(
      /^state\.version: must be 2: a state of another version/,
    );
  });

  test('of rows with other metrics is refused', async () => {
    const { state } = await submit({ rows: metricRows(200) });
    const rows = metricRows(210)
      .slice(200)
      .map(({ timestamp }) => ({ timestamp, metrics: { cpu: 1, disk: 2 } }));

    expect(complaintsOf({ rows, state })).toEqual([
      'rows: have the metric disk, which the state has not; a stream goes on with the metrics it began with',
    ]);
  });
});

test('a named stream that is asked for another method begins anew and says why', async () => {
  const { deliver } = service();
  await deliver({ stream: 'prod', ...part(0, 300) });
  const second = await deliver({ stream: 'prod', method: 'novelty', ...part(300, 600) });

  expect(second['resumed']).toBe(false);
  expect(second['insights']).toContainEqual(
    expect.objectContaining({ kind: 'stream-restarted', message: expect.stringContaining('learned by forecast') }),
  );
});
