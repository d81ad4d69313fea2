export type * from './api.ts';
export { createClient } from './client.ts';
export { AnalyticsError, type ClientErrorCode } from './errors.ts';
export type {
  AnalysisView,
  ErrorDetail,
  LiveEvent,
  Query,
  ServiceErrorCode,
  Submission,
  SubscriptionFilters,
} from './wire.ts';
