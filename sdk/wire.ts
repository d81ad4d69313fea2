import type * as z from 'zod';
import type { submissionSchema } from '../functions/core/analysis.ts';
import type { actionSchema } from '../functions/core/client-action.ts';
import type { ErrorCode, ErrorDetail as ServiceErrorDetail } from '../functions/core/errors.ts';
import type { AnalysisView as ServiceAnalysisView } from '../functions/core/present-analysis.ts';
import type { EventFrame } from '../functions/core/push-event.ts';
import type { querySchema } from '../functions/core/query-analyses.ts';

/**
 * What travels between a client and the service, as the service's own schemas have it. Types alone: the build writes
 * them out, so that whoever installs the package needs neither the service nor zod.
 */

/** Takes off the name of a type, so that it is written out. */
type Plain<Type> = { [Key in keyof Type]: Type[Key] };

type SubscribeAction = Extract<z.input<typeof actionSchema>, { action: 'subscribe' }>;

export type ServiceErrorCode = ErrorCode;
export type ErrorDetail = Plain<ServiceErrorDetail>;
export type Submission = Plain<z.input<typeof submissionSchema>>;
export type Query = Plain<z.input<typeof querySchema>>;
export type AnalysisView = Plain<ServiceAnalysisView>;
export type SubscriptionFilters = Plain<NonNullable<SubscribeAction['filters']>>;
export type LiveEvent = Plain<EventFrame>;
