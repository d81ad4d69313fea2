import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { AppError, type ErrorCode, toErrorBody } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';

/** The one place that knows which HTTP status an error has; a code that is not listed is our own fault. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'request.malformed_json': 400,
  'request.invalid': 400,
  'request.unsupported_media_type': 415,
  'request.too_large': 413,
  'auth.required': 401,
  'auth.invalid': 401,
  'auth.expired': 401,
  'auth.forbidden': 403,
  'rate.limited': 429,
  'key.not_found': 404,
  'analysis.unknown_type': 400,
  'analysis.not_found': 404,
  'query.bad_cursor': 400,
  'query.unknown_filter': 400,
  'query.invalid_metric': 400,
  'dashboard.not_found': 404,
  'dashboard.read_only': 403,
  'dashboard.too_many': 409,
  'dashboard.version_conflict': 412,
  'dashboard.version_required': 428,
  'share.not_found': 404,
  'share.too_many': 409,
  'idempotency.conflict': 409,
  'idempotency.invalid_key': 400,
  'submission.not_queued': 503,
  'model.exists': 409,
  'model.not_found': 404,
  'model.invalid_config': 400,
  'model.version_not_found': 404,
  'model.no_champion': 409,
  'model.no_former_champion': 409,
  'model.not_comparable': 409,
  'model.worse_than_champion': 409,
  'model.changed': 409,
  'model.unusable': 503,
  'model.invalid_rows': 400,
  'training.not_found': 404,
  'training.in_progress': 409,
  'training.ended': 409,
  'training.bad_data': 400,
};

const INTERNAL = new AppError('internal', 'The service could not answer this request; try again');

export const jsonResponse = (statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** A 401 says how to authenticate (RFC 9110, section 11.6.1). */
const refusal = (status: number, error: AppError): APIGatewayProxyStructuredResultV2 => {
  const response = jsonResponse(status, toErrorBody(error));
  return status === 401 ? { ...response, headers: { ...response.headers, 'www-authenticate': 'Bearer' } } : response;
};

/** Turns what a handler throws into an answer; of a fault of ours a client learns nothing but that it happened. */
export const errorResponse = (
  logger: Logger,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    const { error, event, context } = request;
    const status = error instanceof AppError ? STATUS[error.code] : undefined;
    if (error instanceof AppError && status !== undefined) {
      request.response = refusal(status, error);
      return;
    }
    logger.error('Request failed', { route: event.routeKey, requestId: context.awsRequestId, error });
    request.response = jsonResponse(500, toErrorBody(INTERNAL));
  },
});
