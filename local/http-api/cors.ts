/** `CorsConfiguration` of an HTTP API. */
export interface CorsConfiguration {
  readonly AllowOrigins?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly AllowCredentials?: boolean;
  /** Seconds. */
  readonly MaxAge?: number;
}

type Headers = { readonly [name: string]: string };

const allows = (origins: readonly string[], origin: string): boolean =>
  origins.some(
    (allowed) =>
      allowed === '*' || allowed === origin || (allowed.endsWith('*') && origin.startsWith(allowed.slice(0, -1))),
  );

/** Headers that API Gateway adds to a response to `origin`; none when the origin is not allowed. */
export const corsHeaders = (cors: CorsConfiguration | undefined, origin: string | undefined): Headers => {
  if (cors === undefined || origin === undefined || !allows(cors.AllowOrigins ?? [], origin)) return {};
  const any = cors.AllowOrigins?.includes('*') === true && cors.AllowCredentials !== true;
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(any ? {} : { vary: 'Origin' }),
    ...(cors.AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders === undefined ? {} : { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
  };
};

/** Headers of the answer to a preflight request, which never reaches a function. */
export const preflightHeaders = (cors: CorsConfiguration, origin: string): Headers => {
  const headers = corsHeaders(cors, origin);
  if (headers['access-control-allow-origin'] === undefined) return {};
  return {
    ...headers,
    'access-control-allow-methods': (cors.AllowMethods ?? []).join(','),
    'access-control-allow-headers': (cors.AllowHeaders ?? []).join(','),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  };
};

/** A function's response headers without those of CORS, which an API that configures CORS disregards. */
export const withoutCorsHeaders = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')));
