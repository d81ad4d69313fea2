/**
 * Every way a request or an analysis can fail that a caller can act on, as a dotted code.
 * The HTTP status of each stands in one table, `middleware/error-response.ts`.
 */
export type ErrorCode =
  | 'request.malformed_json'
  | 'request.unsupported_media_type'
  | 'request.too_large'
  | 'request.invalid'
  | 'auth.required'
  | 'auth.invalid'
  | 'auth.expired'
  | 'auth.forbidden'
  | 'rate.limited'
  | 'key.not_found'
  | 'analysis.unknown_type'
  | 'analysis.not_found'
  | 'query.bad_cursor'
  | 'query.unknown_filter'
  | 'query.invalid_metric'
  | 'dashboard.not_found'
  | 'dashboard.read_only'
  | 'dashboard.too_many'
  | 'dashboard.version_conflict'
  | 'dashboard.version_required'
  | 'share.not_found'
  | 'share.too_many'
  | 'widget.timeout'
  | 'widget.unknown_source'
  | 'idempotency.conflict'
  | 'idempotency.invalid_key'
  | 'submission.not_queued'
  | 'model.exists'
  | 'model.not_found'
  | 'model.invalid_config'
  | 'model.version_not_found'
  | 'model.no_champion'
  | 'model.no_former_champion'
  | 'model.not_comparable'
  | 'model.worse_than_champion'
  | 'model.changed'
  | 'model.unusable'
  | 'model.invalid_rows'
  | 'training.not_found'
  | 'training.in_progress'
  | 'training.ended'
  | 'training.bad_data'
  | 'training.diverged'
  | 'training.stalled'
  | 'websocket.closed'
  | 'websocket.too_many_subscriptions'
  | 'payload.missing'
  | 'plugin.invalid_input'
  | 'plugin.invalid_output'
  | 'plugin.error'
  | 'plugin.timeout'
  | 'plugin.out_of_memory'
  | 'plugin.crashed'
  | 'internal';

/** One problem within a request: where it is and what was expected there. */
export interface ErrorDetail {
  readonly field: string;
  readonly message: string;
  /** What its author calls the part of the request that the field belongs to, for example a widget's title. */
  readonly title?: string;
  /** The version there is, of a field that names another. */
  readonly version?: number;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];

  constructor(code: ErrorCode, message: string, options: { details?: readonly ErrorDetail[]; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
  }
}

/** The body a client sees for any failed request. */
export interface ErrorBody {
  readonly success: false;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly details: readonly ErrorDetail[] };
}

export const toErrorBody = ({ code, message, details }: AppError): ErrorBody => ({
  success: false,
  error: { code, message, details },
});
