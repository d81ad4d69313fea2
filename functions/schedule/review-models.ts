import { scheduleReviews } from '../core/training/schedule-reviews.ts';
import { reviewDependencies } from '../dependencies/models.ts';

const dependencies = reviewDependencies();

/** Every hour: has the models reviewed that are retrained by themselves. */
export const handler = async (): Promise<void> => scheduleReviews(dependencies);
