import type { APIGatewayProxyEventV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { type Principal, SCOPES } from '../core/authenticate.ts';
import { AppError } from '../core/errors.ts';

/**
 * What the authorizer functions tell the functions behind them, as texts, which is what both kinds of API pass on.
 *
 * A refusal travels as well. API Gateway would answer it with a bare 403 that says neither what is wrong nor whether a
 * new token would help; passed on, it becomes a 401 with a code. Nothing opens by that: without a principal there is
 * no tenant to act for.
 */
export type AuthorizationContext = { readonly [name: string]: string };

const principalSchema = z.object({
  tenant: z.string().min(1),
  subject: z.string(),
  scopes: z.string().transform((text) => SCOPES.filter((scope) => text.split(' ').includes(scope))),
  expiresAt: z.string().optional(),
});
const refusalSchema = z.object({
  code: z.enum(['auth.required', 'auth.invalid', 'auth.expired']),
  message: z.string(),
});

export const passPrincipal = ({ tenant, subject, scopes, expiresAt }: Principal): AuthorizationContext => ({
  tenant,
  subject,
  scopes: scopes.join(' '),
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

export const passRefusal = ({ code, message }: AppError): AuthorizationContext => ({ code, message });

/** The principal in an authorizer's context, if there is one. */
export const principalIn = (context: unknown): Principal | undefined => {
  const parsed = principalSchema.safeParse(context);
  if (!parsed.success) return undefined;
  const { expiresAt, ...principal } = parsed.data;
  return expiresAt === undefined ? principal : { ...principal, expiresAt };
};

/** What the authorizer of an HTTP API said about a request; the types know of authorizers in its event only apart. */
export const authorizationOf = ({ requestContext }: APIGatewayProxyEventV2): unknown =>
  z.object({ authorizer: z.object({ lambda: z.unknown() }) }).safeParse(requestContext).data?.authorizer.lambda;

/** The same of a WebSocket API, from any event of a connection. */
export const connectionAuthorizationOf = ({ requestContext }: APIGatewayProxyWebsocketEventV2): unknown =>
  z.object({ authorizer: z.unknown() }).safeParse(requestContext).data?.authorizer;

/** @throws {AppError} `auth.required`, `auth.invalid` or `auth.expired` when there is no principal. */
export const requirePrincipal = (context: unknown): Principal => {
  const principal = principalIn(context);
  if (principal !== undefined) return principal;
  const refusal = refusalSchema.safeParse(context).data;
  throw new AppError(refusal?.code ?? 'auth.required', refusal?.message ?? 'A credential is needed', {
    details: [{ field: 'Authorization', message: 'must be "Bearer <token>"; an API key may come as x-api-key' }],
  });
};
