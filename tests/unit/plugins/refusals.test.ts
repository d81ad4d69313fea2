import { expect, test } from 'vitest';
import anomaly from '../../../plugins/anomaly/index.ts';
import clustering from '../../../plugins/clustering/index.ts';
import performance from '../../../plugins/performance/index.ts';
import userBehavior from '../../../plugins/user-behavior/index.ts';

const plugins = { anomaly, clustering, performance, 'user-behavior': userBehavior };

const complaintsOf = (plugin: keyof typeof plugins, data: unknown): string[] =>
  (plugins[plugin].input.safeParse(data).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

test.each([
  ['anomaly', { series: 'x' }, /^series: must be a list of series/],
  ['anomaly', { rows: 'x' }, /^rows: must be a list of rows/],
  ['anomaly', { series: [{ name: 'a', unit: null, points: [] }] }, /^series\.0\.unit: must be a text such as ms/],
  ['anomaly', { series: [null] }, /^series\.0: must be an object with name/],
  ['clustering', { rows: 'x' }, /^rows: must be a list of rows/],
  ['clustering', { sessions: [null] }, /^sessions\.0: must be an object \{"sessionId"/],
  ['performance', { requests: 'x' }, /^requests: must be a list of requests/],
  ['performance', { requests: [null] }, /^requests\.0: must be an object \{"endpoint"/],
  ['user-behavior', { sessions: 'x' }, /^sessions: must be a list of sessions/],
  ['user-behavior', { funnels: 'x' }, /^funnels: must be a list of funnels/],
] as const)('%s says of %j which field is wrong and what it takes', (plugin, data, complaint) => {
  expect(complaintsOf(plugin, data)).toContainEqual(expect.stringMatching(complaint));
});

test.each(['anomaly', 'clustering', 'performance', 'user-behavior'] as const)(
  '%s says what a submission holds when it is no object',
  (plugin) => {
    for (const data of [null, [], 'x']) expect(complaintsOf(plugin, data)[0]).toMatch(/^: must be an object with /);
  },
);
