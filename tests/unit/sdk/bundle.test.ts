import { expect, test } from 'vitest';
import { requireFileWithinBudget } from '../../../build/budgets.ts';
import { bundleSdk } from '../../../build/sdk.ts';

test.each(['esm', 'cjs'] as const)(
  'the SDK as %s is within its budget, and holds nothing of service or zod',
  async (format) => {
    expect(await requireFileWithinBudget('sdk', 'sdk', await bundleSdk(format))).toBeGreaterThan(1_000);
  },
);
