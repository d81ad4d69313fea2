import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import budgets from '../../../budgets.json' with { type: 'json' };
import { measureFunctions, requireFileWithinBudget, requireWithinBudgets } from '../../../build/budgets.ts';

/** Bytes that no compression makes smaller. */
const file = (path: string, bytes: number) => ({ path, contents: randomBytes(bytes) });

test('a handler that outgrows its budget is refused, by name and with both sizes', async () => {
  const sizes = await measureFunctions([
    file('/dist/functions/get-result/index.mjs', budgets.handler + 1000),
    file('/dist/functions/connect/index.mjs', 1000),
  ]);

  expect(() => requireWithinBudgets(sizes)).toThrow(
    /get-result is 151\.\d KB; the budget "handler" of budgets\.json is 150\.0 KB/,
  );
  expect(() => requireWithinBudgets(sizes)).not.toThrow(/connect is/);
});

test('a worker is measured with its thread and its WebAssembly, which also says which budget it has', async () => {
  const worker = await measureFunctions([
    file('/dist/functions/worker-a/index.mjs', 300_000),
    file('/dist/functions/worker-a/plugin.mjs', 200_000),
  ]);
  const tensorFlow = await measureFunctions([
    file('/dist/functions/worker-b/plugin.mjs', 300_000),
    file('/dist/functions/worker-b/tfjs-backend-wasm-simd.wasm', 200_000),
  ]);

  expect(() => requireWithinBudgets(worker)).toThrow(/worker-a is 500\.\d KB; the budget "worker"/);
  expect(tensorFlow).toMatchObject([{ budget: 'tensorflow', gzip: expect.closeTo(500_000, -4) }]);
  expect(() => requireWithinBudgets(tensorFlow)).not.toThrow();
});

test('a single file is held against the budget it is given', async () => {
  await expect(requireFileWithinBudget('sdk', 'sdk', randomBytes(budgets.sdk))).rejects.toThrow('sdk is 6.0 KB');
  expect(await requireFileWithinBudget('sdk', 'sdk', Buffer.alloc(budgets.sdk))).toBeLessThan(200);
});
