import { Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../core/ports.ts';

/** Metrics in CloudWatch's embedded format, a line of the log each, by the service's name. */
export const createServiceMetrics = (): Metrics => {
  const metrics = new PowertoolsMetrics({ namespace: 'AiAnalytics' });
  return {
    count(name) {
      metrics.singleMetric().addMetric(name, 'Count', 1);
    },
  };
};
