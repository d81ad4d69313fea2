import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * One function for several routes, by their keys: a stack holds 500 resources at most, and each function takes seven.
 *
 * @param handlers by route key, such as `GET /api/models/{model}`
 */
export const byRoute =
  (handlers: Readonly<Record<string, HttpHandler>>): HttpHandler =>
  async (event, context) => {
    const handler = handlers[event.routeKey];
    // A route that the stack gives to this function and that is not here is a fault of ours.
    if (handler === undefined) throw new Error(`This function does not serve ${event.routeKey}`);
    return handler(event, context);
  };
