import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIssuerKeys } from '../../../functions/adapters/issuer-keys.ts';
import { createJwtVerifier } from '../../../functions/adapters/jwt-verifier.ts';

const { publicKey, privateKey } = await generateKeyPair('ES256');
const published: JWK = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };

let server: Server;
let issuer: string;
/** What the issuer answers by path, and what it was asked. */
let documents: Record<string, object>;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const document = documents[url];
    response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  documents = {
    '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}keys` },
    '/keys': { keys: [published] },
  };
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const token = (): Promise<string> =>
  new SignJWT({ tenant: 'acme', scp: ['read'] })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject('ann')
    .setIssuer(issuer)
    .setAudience('analytics')
    .setExpirationTime('1m')
    .sign(privateKey);

const createVerifier = () =>
  createJwtVerifier({
    issuer: { url: issuer, keys: createIssuerKeys(issuer) },
    audience: 'analytics',
    tenantClaim: 'tenant',
    clock: () => new Date(),
  });

test('keys are found by discovery and asked for once', async () => {
  const verifier = createVerifier();

  for (const credential of [await token(), await token()]) {
    expect(await verifier.verify(credential)).toMatchObject({ tenant: 'acme', subject: 'ann', scopes: ['read'] });
  }

  expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});

test('an issuer that was down is asked again by the next request', async () => {
  const verifier = createVerifier();
  const { '/.well-known/openid-configuration': discovery, ...rest } = documents;
  documents = rest;

  await expect(verifier.verify(await token())).rejects.toThrow('answers 404');
  documents = { ...rest, '/.well-known/openid-configuration': discovery ?? {} };
  expect(await verifier.verify(await token())).toMatchObject({ tenant: 'acme' });
});

test('a document that describes another issuer is not believed', async () => {
  documents['/.well-known/openid-configuration'] = { issuer: 'https://evil.example', jwks_uri: `${issuer}keys` };

  await expect(createVerifier().verify(await token())).rejects.toThrow('describes the issuer https://evil.example');
});
