import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { authenticate } from '../core/authenticate.ts';
import { AppError } from '../core/errors.ts';
import { authenticationDependencies } from '../dependencies/authentication.ts';
import { type AuthorizationContext, passPrincipal, passRefusal } from '../middleware/authorization.ts';

const dependencies = authenticationDependencies();

const credentialIn = (headers: APIGatewayRequestAuthorizerEventV2['headers'] = {}): string | undefined => {
  const { authorization, 'x-api-key': apiKey } = headers;
  return authorization ? authorization.replace(/^bearer +/i, '') : apiKey;
};

/**
 * The authorizer of every route of the HTTP API: says whom the credential of a request stands for, or why for nobody.
 * What that allows is the endpoints' to decide. A fault of ours throws, which API Gateway answers with 500.
 */
export const handler = async ({
  headers,
}: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizationContext>> => {
  try {
    const principal = await authenticate(dependencies, credentialIn(headers));
    return { isAuthorized: true, context: passPrincipal(principal) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { isAuthorized: true, context: passRefusal(error) };
  }
};
