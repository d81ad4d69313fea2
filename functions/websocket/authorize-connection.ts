import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authenticate } from '../core/authenticate.ts';
import { AppError } from '../core/errors.ts';
import { authenticationDependencies } from '../dependencies/authentication.ts';
import { type AuthorizationContext, passPrincipal } from '../middleware/authorization.ts';

const dependencies = authenticationDependencies();

const allow = (methodArn: string, context: AuthorizationContext): APIGatewayAuthorizerResult => ({
  principalId: context['subject'] ?? 'anonymous',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
  },
  context,
});

/**
 * The authorizer of `$connect`. A browser cannot set headers there, so a credential comes as `?token=`; without one
 * the connection opens, may do nothing, and must authenticate by a frame. A credential that does not hold is a 401.
 */
export const handler = async ({
  queryStringParameters,
  methodArn,
}: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
  const credential = queryStringParameters?.['token'];
  if (credential === undefined) return allow(methodArn, {});
  try {
    return allow(methodArn, passPrincipal(await authenticate(dependencies, credential)));
  } catch (error) {
    // The one message that API Gateway turns into a 401; anything else becomes a 500.
    if (error instanceof AppError) throw new Error('Unauthorized', { cause: error });
    throw error;
  }
};
