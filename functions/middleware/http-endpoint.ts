import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { DEFAULT_TENANT } from '../core/analysis.ts';
import type { Logger } from '../core/ports.ts';
import { errorResponse, jsonResponse } from './error-response.ts';
import { type BodyFormat, parseBody } from './request-body.ts';

/** What an endpoint is given: everything it may act on, nothing of HTTP beyond it. */
export interface EndpointRequest {
  readonly tenant: string;
  /** The parsed body; undefined for an endpoint that takes none. */
  readonly body: unknown;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  readonly header: (name: string) => string | undefined;
}

export interface EndpointResponse {
  readonly statusCode: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointOptions {
  readonly logger: Logger;
  /** Formats of the body the endpoint takes, none when left out. */
  readonly accepts?: readonly BodyFormat[];
}

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Makes a Lambda handler of an endpoint: parse, call, answer; every error becomes a response. */
export const httpEndpoint = (
  { logger, accepts = [] }: EndpointOptions,
  endpoint: (request: EndpointRequest) => Promise<EndpointResponse>,
): HttpHandler => {
  const handle = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { statusCode, body, headers } = await endpoint({
      tenant: DEFAULT_TENANT,
      body: accepts.length === 0 ? undefined : parseBody(event, accepts),
      pathParameters: event.pathParameters ?? {},
      header: (name) => event.headers[name],
    });
    const response = jsonResponse(statusCode, body);
    return { ...response, headers: { ...response.headers, ...headers } };
  };
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(handle).use(errorResponse(logger));
};
