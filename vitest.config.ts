import { defineConfig } from 'vitest/config';

/** Tests of code alone start at once; those of built bundles and of the stack wait for a build and a synthesis. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    coverage: { include: ['functions/**', 'plugins/**', 'models/**', 'infra/**', 'local/**'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['tests/slow/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ['tests/support/test-assembly.ts'],
        },
      },
      {
        test: {
          name: 'endurance',
          include: ['tests/endurance/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ['tests/support/test-assembly.ts'],
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/{contract,infra,integration}/**/*.test.ts'],
          globalSetup: ['tests/support/test-assembly.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
