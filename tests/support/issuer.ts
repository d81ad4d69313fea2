import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

interface Claims {
  readonly audience?: string;
  readonly tenant?: string;
  readonly scope?: string;
}

/** An OpenID Connect issuer as far as verifiers look at it: its description and its keys. */
export interface Issuer {
  readonly url: string;
  /** A token as it signs them. */
  sign(claims?: Claims): Promise<string>;
  /** The same token by a key of the same name that is not its own. */
  forge(): Promise<string>;
  stop(): Promise<void>;
}

export const AUDIENCE = 'analytics';

export const startIssuer = async (): Promise<Issuer> => {
  const own = await generateKeyPair('RS256');
  const foreign = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'first', alg: 'RS256', use: 'sig' };
  const server = createServer(({ url: path }, response) => {
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': { keys: [jwk] },
    };
    const document = documents[path ?? ''];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signWith =
    ({ privateKey }: Awaited<ReturnType<typeof generateKeyPair>>) =>
    ({ audience = AUDIENCE, tenant = 'acme', scope = 'openid submit read' }: Claims = {}) =>
      new SignJWT({ 'https://example.com/tenant': tenant, scope })
        .setProtectedHeader({ alg: 'RS256', kid: 'first' })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject('ann')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
  return {
    url,
    sign: signWith(own),
    forge: () => signWith(foreign)(),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
};
