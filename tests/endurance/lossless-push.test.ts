import { expect, inject, test } from 'vitest';
import { pushThroughFailures } from '../support/lossless-push.ts';

test.each(['native', 'socket.io'] as const)(
  '200 clients (%s) have each of 5,000 events of their filters, through kills of theirs and two of the runtime',
  async (protocol) => {
    const report = await pushThroughFailures({
      assemblyDir: inject('assemblyDir'),
      protocol,
      clients: 200,
      analyses: 1_000,
      killsPerBatch: 5,
      restartsAt: [1 / 3, 2 / 3],
      patienceMs: 2_400_000,
    });

    console.log(JSON.stringify({ protocol, ...report }));
    expect(report).toMatchObject({ expected: 200 * 1_000 * (11 / 4), lost: 0, foreign: 0 });
    expect(report.resumed).toBeGreaterThanOrEqual(400);
  },
  3_600_000,
);
