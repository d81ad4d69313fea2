import { closeUsage } from '../core/close-usage.ts';
import { usageDependencies } from '../dependencies.ts';

const dependencies = usageDependencies();

/** Every hour: stores the totals of the time buckets that have closed. */
export const handler = async (): Promise<void> => closeUsage(dependencies);
