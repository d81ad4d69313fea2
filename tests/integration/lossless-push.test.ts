import { expect, inject, test } from 'vitest';
import { pushThroughFailures } from '../support/lossless-push.ts';

test.each(['native', 'socket.io'] as const)(
  'nothing is lost to clients (%s) that are cut off, nor to a SIGKILL of the runtime',
  async (protocol) => {
    const report = await pushThroughFailures({
      assemblyDir: inject('assemblyDir'),
      protocol,
      clients: 8,
      analyses: 60,
      killsPerBatch: 3,
      restartsAt: [0.5],
      patienceMs: 120_000,
    });

    expect(report).toMatchObject({ expected: 8 * 60 * (11 / 4), lost: 0, foreign: 0 });
    // Each at least once: the runtime was killed under all of them.
    expect(report.resumed).toBeGreaterThanOrEqual(8);
  },
  300_000,
);
