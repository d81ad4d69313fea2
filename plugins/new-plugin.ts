import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestSchema } from './manifest.ts';

/** `npm run plugin:new -- NAME`: a working plugin with its test, to be changed into what is wanted. */

const root = join(import.meta.dirname, '..');

const manifestOf = (name: string): object => ({
  name,
  version: '0.1.0',
  description: `What ${name} finds out`,
  type: 'analytics',
  main: 'index.ts',
  capabilities: ['data-processing', 'insights'],
  config: { enabled: true, processingInterval: 0 },
  resources: { memory: 512, timeout: 30, batchSize: 10, maxConcurrency: 10 },
  dimensions: ['source'],
  metrics: {
    mean: { title: 'Mean', kind: 'gauge', from: 'metrics.mean' },
    count: { title: 'Values', unit: 'values', kind: 'sum', from: 'metrics.count' },
  },
  dashboard: [
    { type: 'chart', title: 'Mean', config: { dataSource: `${name}.mean`, chartType: 'line', aggregation: 'average' } },
    { type: 'metric', title: 'Values', config: { dataSource: `${name}.count`, aggregation: 'sum' } },
  ],
});

const pluginCode = `import * as z from 'zod';
import { definePlugin, type Insight } from '../contract.ts';

/** What a submission's \`data\` must look like; a mismatch is answered with the field and what was expected. */
const inputSchema = z.object({
  source: z.string().max(100).optional(),
  values: z.array(z.number()).min(1, 'must hold at least one number').max(100_000),
});

export default definePlugin({
  input: inputSchema,
  dimensions: ({ source }) => ({ source: source === undefined ? [] : [source] }),
  process: ({ values }) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const largest = values.reduce((most, value) => Math.max(most, value));
    const insights: Insight[] =
      largest > 10 * Math.abs(mean)
        ? [
            {
              kind: 'outlier',
              title: 'One value stands out',
              message: \`The largest value, \${largest}, is more than ten times the mean of \${mean}.\`,
              severity: 'warning',
              confidence: 0.8,
              evidence: { largest, mean, count: values.length },
            },
          ]
        : [];
    return { insights, patterns: [], metrics: { count: values.length, mean } };
  },
});
`;

const testCode = (name: string): string => `import { expect, test } from 'vitest';
import plugin from '../../../plugins/${name}/index.ts';
import { processContext } from '../../support/process-context.ts';

test('computes the mean of the values', async () => {
  const { metrics, insights } = await plugin.process({ values: [1, 2, 3] }, processContext());

  expect(metrics).toEqual({ count: 3, mean: 2 });
  expect(insights).toEqual([]);
});

test('refuses data without values', () => {
  expect(plugin.input.safeParse({ values: [] }).success).toBe(false);
});
`;

const create = (file: string, content: string): void => {
  writeFileSync(file, content, { flag: 'wx' });
  console.log(`wrote ${file.slice(root.length + 1)}`);
};

const main = (): void => {
  const [name = ''] = process.argv.slice(2);
  const manifest = manifestOf(name);
  const { error } = manifestSchema.safeParse(manifest);
  if (error !== undefined) throw new Error(`"${name}" cannot be a plugin's name: it ${error.issues[0]?.message}`);
  const folder = join(root, 'plugins', name);
  if (existsSync(folder)) throw new Error(`plugins/${name} exists already`);
  mkdirSync(folder);
  mkdirSync(join(root, 'tests/unit/plugins'), { recursive: true });
  create(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  create(join(folder, 'index.ts'), pluginCode);
  create(join(root, 'tests/unit/plugins', `${name}.test.ts`), testCode(name));
  console.log(`
try it    npm run dev, then
          curl -s localhost:4000/api/analytics/submit -H 'content-type: application/json' \\
            -H "authorization: Bearer $(npm run --silent token)" \\
            -d '{"type":"${name}","data":{"values":[1,2,300]}}'
test it   npx vitest run tests/unit/plugins/${name}.test.ts`);
};

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
