import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { predict } from '../../support/predictions.ts';

const pageText = readFileSync('docs/plugins/predictive.md', 'utf8');

test.each([
  ['predictive', ['target-crossing', 'insufficient_data']],
  ['predictive-demand', ['stock-out-risk', 'stock-out-risk', 'demand-stopped', 'insufficient_data']],
  ['predictive-revenue', ['revenue-shortfall']],
])('the example %s is answered as its page says', async (name, kinds) => {
  const { data } = JSON.parse(readFileSync(`docs/examples/${name}.json`, 'utf8'));

  const { insights } = await predict(data);

  expect(insights.map(({ kind }: { kind: string }) => kind)).toEqual(kinds);
  for (const { message } of insights) expect(pageText).toContain(message);
});
