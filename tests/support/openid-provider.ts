import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose/jwt/sign';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';

/** An OpenID Connect provider on this machine that signs everybody in at once, and checks PKCE as a real one does. */
export interface OpenIdProvider {
  readonly url: string;
  stop(): void;
}

export interface OpenIdProviderOptions {
  readonly clientId: string;
  readonly audience: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
}

const formOf = async (request: IncomingMessage): Promise<URLSearchParams> => new URLSearchParams(await text(request));

export const startOpenIdProvider = async ({
  clientId,
  audience,
  claims,
}: OpenIdProviderOptions): Promise<OpenIdProvider> => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'only', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();

  const authorize = (query: URLSearchParams): string | undefined => {
    const challenge = query.get('code_challenge');
    const redirectUri = query.get('redirect_uri');
    const isKnown = query.get('client_id') === clientId && query.get('code_challenge_method') === 'S256';
    if (!isKnown || challenge === null || redirectUri === null) return undefined;
    const code = randomUUID();
    grants.set(code, { challenge, redirectUri });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString();
    return back.href;
  };

  const redeem = async (form: URLSearchParams): Promise<object | undefined> => {
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri')) return undefined;
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'only' })
      .setIssuer(url)
      .setAudience(audience)
      .setSubject('reader')
      .setIssuedAt()
      .setExpirationTime('10m');
    return { token_type: 'Bearer', access_token: await token.sign(privateKey) };
  };

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(body));
    };
    if (pathname === '/.well-known/openid-configuration') {
      answer(200, {
        issuer: url,
        jwks_uri: `${url}/keys`,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
      });
    } else if (pathname === '/keys') answer(200, { keys: [key] });
    else if (pathname === '/authorize') {
      const location = authorize(searchParams);
      if (location === undefined) answer(400, { error: 'invalid_request' });
      else response.writeHead(302, { location }).end();
    } else if (pathname === '/token') {
      const tokens = await redeem(await formOf(request));
      answer(tokens === undefined ? 400 : 200, tokens ?? { error: 'invalid_grant' });
    } else answer(404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, stop: () => server.close() };
};
