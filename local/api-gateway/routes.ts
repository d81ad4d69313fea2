import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import type { LambdaFunction } from '../lambda/function.ts';
import type { Functions } from '../lambda/functions.ts';
import { RuntimeError } from '../settings.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';

/** API Gateway gives an integration 30 s at an HTTP API and 29 s at a WebSocket API, unless it asks for less. */
const INTEGRATION_TIMEOUT_MS: { readonly [protocol: string]: number } = { HTTP: 30_000, WEBSOCKET: 29_000 };

export interface ApiRoute {
  readonly routeKey: string;
  readonly target: LambdaFunction;
  readonly timeoutMs: number;
  /** Whether what the function returns goes back to a WebSocket client. */
  readonly routeResponse: boolean;
  readonly authorizer: Authorizer | undefined;
}

const integrationOf = (inventory: Inventory, { logicalId, properties }: KnownResource): KnownResource => {
  const target = String(properties['Target']).replace('integrations/', '');
  const integration = inventory.find('AWS::ApiGatewayV2::Integration', target);
  if (integration?.properties['IntegrationType'] === 'AWS_PROXY') return integration;
  throw new RuntimeError(
    `The route ${logicalId} needs an integration of type AWS_PROXY; the runtime emulates no other`,
  );
};

const checkFormat = (api: KnownResource, { logicalId, properties }: KnownResource): void => {
  if (api.properties['ProtocolType'] !== 'HTTP' || properties['PayloadFormatVersion'] === '2.0') return;
  throw new RuntimeError(`The integration ${logicalId} needs the payload format 2.0; the runtime emulates no other`);
};

const createAuthorizers = (inventory: Inventory, api: KnownResource, functions: Functions) => {
  const authorizers = new Map<string, Authorizer>();
  return ({ logicalId, properties }: KnownResource): Authorizer | undefined => {
    const type = properties['AuthorizationType'] ?? 'NONE';
    if (type === 'NONE') return undefined;
    const resource = inventory.find('AWS::ApiGatewayV2::Authorizer', properties['AuthorizerId']);
    if (type !== 'CUSTOM' || resource === undefined) {
      throw new RuntimeError(`The route ${logicalId} asks for authorization of type ${type}, which is not emulated`);
    }
    const authorizer = authorizers.get(resource.logicalId) ?? createAuthorizer(resource, api, functions);
    authorizers.set(resource.logicalId, authorizer);
    return authorizer;
  };
};

/**
 * The routes of an API with the functions they lead to.
 *
 * @throws {RuntimeError} naming the route whose integration or authorization the runtime does not emulate.
 */
export const routesOf = (inventory: Inventory, api: KnownResource, functions: Functions): ApiRoute[] => {
  const authorizerOf = createAuthorizers(inventory, api, functions);
  const longest = INTEGRATION_TIMEOUT_MS[String(api.properties['ProtocolType'])] ?? 30_000;
  return inventory
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties['ApiId'] === api.identity.ref)
    .map((route) => {
      const integration = integrationOf(inventory, route);
      checkFormat(api, integration);
      const { IntegrationUri, TimeoutInMillis } = integration.properties;
      return {
        routeKey: String(route.properties['RouteKey']),
        target: functions.get(IntegrationUri, integration.logicalId),
        timeoutMs: Math.min(longest, Number(TimeoutInMillis ?? longest)),
        routeResponse: route.properties['RouteResponseSelectionExpression'] !== undefined,
        authorizer: authorizerOf(route),
      };
    });
};
