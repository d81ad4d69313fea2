import type { OidcConfig } from './site-config.ts';

/**
 * OpenID Connect by authorization code with PKCE, for a page that can keep no secret.
 * @see https://www.rfc-editor.org/rfc/rfc7636 and https://openid.net/specs/openid-connect-core-1_0.html
 */

const PENDING_KEY = 'ai-analytics.sign-in';

interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

/** What must be remembered while the reader is at the provider. */
interface Pending {
  readonly state: string;
  readonly verifier: string;
  /** Where the reader wanted to go. */
  readonly path: string;
}

const discover = async ({ issuer }: OidcConfig): Promise<Endpoints> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`The sign-in provider answered with status ${response.status}.`);
  return (await response.json()) as Endpoints;
};

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const randomText = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));

const challengeOf = async (verifier: string): Promise<string> =>
  toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));

/** Where the provider sends the reader back to; it must be registered there. */
const redirectUri = (): string => `${location.origin}/`;

/** Leaves for the provider. */
export const beginSignIn = async (config: OidcConfig): Promise<void> => {
  const { authorization_endpoint: endpoint } = await discover(config);
  const pending: Pending = {
    state: randomText(),
    verifier: randomText(),
    path: location.pathname + location.search,
  };
  sessionStorage.setItem(PENDING_KEY, JSON.stringify(pending));
  const url = new URL(endpoint);
  const parameters = {
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    scope: config.scope,
    audience: config.audience,
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url.href);
};

const redeem = async (config: OidcConfig, code: string, verifier: string): Promise<string> => {
  const { token_endpoint: endpoint } = await discover(config);
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: config.clientId,
      redirect_uri: redirectUri(),
      code,
      code_verifier: verifier,
    }),
  });
  const answer = (await response.json().catch(() => ({}))) as {
    readonly access_token?: string;
    readonly error?: string;
    readonly error_description?: string;
  };
  if (answer.access_token !== undefined) return answer.access_token;
  throw new Error(answer.error_description ?? answer.error ?? `The provider answered with status ${response.status}.`);
};

/** The token that a reader who comes back from the provider has earned, and where to go on. */
export interface CompletedSignIn {
  readonly token: string;
  readonly path: string;
}

/**
 * Ends the sign-in when this address is the provider's way back; undefined when it is not.
 *
 * @throws {Error} in words for the reader, when the provider refused or the sign-in was not begun in this tab
 */
export const completeSignIn = async (config: OidcConfig): Promise<CompletedSignIn | undefined> => {
  const query = new URLSearchParams(location.search);
  const state = query.get('state');
  const code = query.get('code');
  const refusal = query.get('error');
  if (state === null || (code === null && refusal === null)) return undefined;
  const stored = sessionStorage.getItem(PENDING_KEY);
  sessionStorage.removeItem(PENDING_KEY);
  history.replaceState(null, '', '/');
  const pending = stored === null ? undefined : (JSON.parse(stored) as Pending);
  if (pending === undefined || pending.state !== state) {
    throw new Error('This sign-in was not begun in this tab. Sign in again.');
  }
  if (code === null) throw new Error(query.get('error_description') ?? `The provider refused: ${refusal}.`);
  return { token: await redeem(config, code, pending.verifier), path: pending.path };
};
