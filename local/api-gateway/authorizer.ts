import { arnOf } from '../assembly/identity.ts';
import type { KnownResource } from '../assembly/inventory.ts';
import type { LambdaFunction } from '../lambda/function.ts';
import type { Functions } from '../lambda/functions.ts';
import { RuntimeError } from '../settings.ts';
import { policyAllows } from './policy.ts';

/** Where identity sources look: names in lower case for headers, as sent for the query string. */
export interface IdentityRequest {
  readonly headers: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  readonly context: { readonly [name: string]: unknown };
  readonly routeKey: string;
  /** `<stage>/<method>/<path>`, or `<stage>/$connect` */
  readonly resource: string;
}

export type AuthorizationResult =
  /** `context` goes into the event of the function behind the route. */
  | { readonly status: 'allowed'; readonly context: { readonly [name: string]: unknown } }
  /** There is no credential, or the function threw "Unauthorized". */
  | { readonly status: 'unauthorized' }
  | { readonly status: 'forbidden' }
  /** The function failed, or what it answered is not understood. */
  | { readonly status: 'failed' };

export type Authorizer = (request: IdentityRequest, event: object) => Promise<AuthorizationResult>;

/** What authorizer functions answer: simple, or an IAM policy. */
interface AuthorizerResponse {
  readonly isAuthorized?: unknown;
  readonly principalId?: string;
  readonly policyDocument?: unknown;
  readonly context?: { readonly [name: string]: unknown };
}

type Answer = AuthorizerResponse | 'unauthorized' | 'failed';

/** `$request.header.X` of HTTP APIs, `route.request.header.X` of WebSocket APIs. */
const identityReader = (expression: string): ((request: IdentityRequest) => unknown) => {
  const [, kind, name] =
    /^(?:\$|route\.)request\.(header|querystring)\.(.+)$/.exec(expression) ??
    /^\$?(context)\.(.+)$/.exec(expression) ??
    [];
  if (kind === undefined || name === undefined) {
    throw new RuntimeError(`The identity source "${expression}" is not emulated`);
  }
  if (kind === 'header') return ({ headers }) => headers[name.toLowerCase()];
  if (kind === 'querystring') return ({ query }) => query[name];
  return ({ context }) =>
    name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], context);
};

const evaluate = (answer: Answer, simple: boolean, arn: string): AuthorizationResult => {
  if (answer === 'unauthorized' || answer === 'failed') return { status: answer };
  const { isAuthorized, policyDocument, principalId, context = {} } = answer;
  if (simple) {
    if (typeof isAuthorized !== 'boolean') return { status: 'failed' };
    return isAuthorized ? { status: 'allowed', context } : { status: 'forbidden' };
  }
  if (typeof policyDocument !== 'object' || policyDocument === null) return { status: 'failed' };
  if (!policyAllows(policyDocument, 'execute-api:Invoke', arn)) return { status: 'forbidden' };
  return { status: 'allowed', context: principalId === undefined ? context : { ...context, principalId } };
};

const ask = async (target: LambdaFunction, event: object): Promise<Answer> => {
  const result = await target.invoke(event);
  if (!result.ok) return result.errorMessage === 'Unauthorized' ? 'unauthorized' : 'failed';
  return typeof result.payload === 'object' && result.payload !== null ? result.payload : 'failed';
};

/** Keeps answers for `ttlSeconds` by the identity they were given for. */
const createAnswerCache = (ttlSeconds: number) => {
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>();
  return {
    get(identity: string): Answer | undefined {
      const entry = kept.get(identity);
      if (entry !== undefined && entry.until > Date.now()) return entry.answer;
      kept.delete(identity);
      return undefined;
    },
    keep(identity: string, answer: Answer): void {
      if (ttlSeconds > 0 && typeof answer === 'object') {
        kept.set(identity, { answer, until: Date.now() + ttlSeconds * 1000 });
      }
    },
  };
};

/**
 * A Lambda authorizer of type REQUEST: identity sources, simple and policy answers, and the cache of answers.
 *
 * @throws {RuntimeError} on a type or an identity source that is not emulated.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export const createAuthorizer = (resource: KnownResource, api: KnownResource, functions: Functions): Authorizer => {
  const { properties, logicalId } = resource;
  if (properties['AuthorizerType'] !== 'REQUEST') {
    throw new RuntimeError(
      `The authorizer ${logicalId} is of type ${properties['AuthorizerType']}, which is not emulated`,
    );
  }
  const isHttp = api.properties['ProtocolType'] === 'HTTP';
  if (isHttp && properties['AuthorizerPayloadFormatVersion'] !== '2.0') {
    throw new RuntimeError(`The authorizer ${logicalId} needs the payload format 2.0; the runtime emulates no other`);
  }
  const target = functions.get(properties['AuthorizerUri'], logicalId);
  const readers = ((properties['IdentitySource'] ?? []) as string[]).map(identityReader);
  const simple = properties['EnableSimpleResponses'] === true;
  // Only HTTP APIs keep answers, and only by an identity.
  const cache = createAnswerCache(
    isHttp && readers.length > 0 ? Number(properties['AuthorizerResultTtlInSeconds'] ?? 0) : 0,
  );

  return async (request, event) => {
    const identity = readers.map((read) => read(request));
    if (identity.some((value) => value === undefined || value === '')) return { status: 'unauthorized' };
    const key = JSON.stringify(identity);
    const kept = cache.get(key);
    const answer = kept ?? (await ask(target, isHttp ? { ...event, identitySource: identity } : event));
    if (kept === undefined) cache.keep(key, answer);
    return evaluate(answer, simple, arnOf('execute-api', `${api.identity.ref}/${request.resource}`));
  };
};
