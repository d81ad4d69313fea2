import type { ProcessContext } from '../../plugins/contract.ts';

/** What a plugin's `process` is called with, for a test that looks at its answer alone. */
export const processContext = (overrides: Partial<ProcessContext> = {}): ProcessContext => {
  const eventBus: ProcessContext['eventBus'] = {
    emit: () => true,
    on: () => eventBus,
    once: () => eventBus,
    off: () => eventBus,
  };
  return {
    analysisId: '00000000-0000-7000-8000-000000000000',
    signal: new AbortController().signal,
    now: () => new Date('2026-01-01T00:00:00Z'),
    config: {},
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    eventBus,
    history: { recent: async () => [] },
    cache: { get: async () => undefined, set: async () => {} },
    models: { predict: async () => undefined },
    ...overrides,
  };
};
