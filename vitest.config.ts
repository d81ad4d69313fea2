import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/{unit,contract,infra,integration}/**/*.test.ts'],
    globalSetup: ['tests/support/test-assembly.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    coverage: { include: ['functions/**', 'plugins/**', 'models/**', 'infra/**', 'local/**'] },
  },
});
