import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { exportJWK, exportSPKI, SignJWT } from 'jose';
import { createLocalJWKSet } from 'jose/jwks/local';
import { describe, expect, test } from 'vitest';
import { createJwtVerifier, type JwtVerifierOptions } from '../../../functions/adapters/jwt-verifier.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const ISSUER = 'https://issuer.example';

const secret = new TextEncoder().encode('the-current-secret-of-32-bytes-or-more');
const previous = new TextEncoder().encode('the-previous-secret-of-32-bytes-or-more');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicJwk = { ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
const spki = await exportSPKI(rsa.publicKey);
const keys = createLocalJWKSet({ keys: [publicJwk] });

const CLAIMS = { sub: 'ann', tenant: 'acme', scope: 'read submit email', exp: SECONDS + 60 };

const verifier = (options: Partial<JwtVerifierOptions> = {}) =>
  createJwtVerifier({
    secrets: async () => [secret, previous],
    issuer: { url: ISSUER, keys },
    tenantClaim: 'tenant',
    clock: () => NOW,
    ...options,
  });

const signed = (claims: object, key: Parameters<SignJWT['sign']>[0] = secret, header: object = {}): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);

const issued = (claims: object = {}, key = rsa.privateKey, header: object = {}): Promise<string> =>
  signed({ ...CLAIMS, iss: ISSUER, ...claims }, key, { alg: 'RS256', kid: 'one', ...header });

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token that holds', () => {
  const principal = {
    tenant: 'acme',
    subject: 'ann',
    scopes: ['submit', 'read'],
    expiresAt: '2026-03-01T12:01:00.000Z',
  };

  test('says whom it stands for, and only the scopes this service knows', async () => {
    expect(await verifier().verify(await signed(CLAIMS))).toEqual(principal);
  });

  test('may be signed with the secret before the last rotation', async () => {
    expect(await verifier().verify(await signed(CLAIMS, previous))).toEqual(principal);
  });

  test('may be signed by the issuer', async () => {
    expect(await verifier().verify(await issued())).toEqual(principal);
  });

  test('may list its scopes as `scp`, and name its tenant by a claim of the deployment', async () => {
    const { scope: _, tenant: __, ...rest } = CLAIMS;
    const token = await signed({ ...rest, 'https://acme.example/org': 'acme', scp: ['admin'] });

    expect(await verifier({ tenantClaim: 'https://acme.example/org' }).verify(token)).toMatchObject({
      tenant: 'acme',
      scopes: ['admin'],
    });
  });

  test('may come from a clock that is some seconds ahead or behind', async () => {
    const tokens = [await signed({ ...CLAIMS, nbf: SECONDS + 5 }), await signed({ ...CLAIMS, exp: SECONDS - 5 })];

    for (const token of tokens) expect(await verifier().verify(token)).toMatchObject({ tenant: 'acme' });
  });

  test('must be meant for this audience when the deployment names one', async () => {
    const strict = verifier({ audience: 'analytics' });

    expect(await strict.verify(await signed({ ...CLAIMS, aud: ['analytics', 'else'] }))).toEqual(principal);
    for (const token of [await signed(CLAIMS), await signed({ ...CLAIMS, aud: 'else' }), await issued({ aud: 'b' })]) {
      await expect(strict.verify(token)).rejects.toMatchObject({ code: 'auth.invalid' });
    }
  });
});

describe('a token is refused', () => {
  const hmacOver = (header: object, key: string): string => {
    const content = `${encode(header)}.${encode({ ...CLAIMS, iss: ISSUER })}`;
    return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
  };
  const tampered = async (): Promise<string> => {
    const [header, , signature] = (await signed(CLAIMS)).split('.');
    return `${header}.${encode({ ...CLAIMS, tenant: 'victim' })}.${signature}`;
  };
  const withoutAlgorithm = `${encode({ typ: 'JWT' })}.${encode(CLAIMS)}.`;
  const rsaSignedAsPss = (): string => {
    const content = `${encode({ alg: 'PS256', kid: 'one' })}.${encode({ ...CLAIMS, iss: ISSUER })}`;
    return `${content}.${signBytes('sha256', Buffer.from(content), rsa.privateKey).toString('base64url')}`;
  };

  test.each<[string, () => string | Promise<string>]>([
    ['unsigned: alg none', () => `${encode({ alg: 'none' })}.${encode(CLAIMS)}.`],
    ['unsigned: alg None', () => `${encode({ alg: 'None' })}.${encode(CLAIMS)}.`],
    ['without an algorithm', () => withoutAlgorithm],
    ['signed with the public key as if it were a secret', () => hmacOver({ alg: 'HS256' }, spki)],
    ['the same with the issuer’s key id', () => hmacOver({ alg: 'HS256', kid: 'one' }, spki)],
    ['of an issuer’s key under another algorithm than the key is for', rsaSignedAsPss],
    ['changed after it was signed', tampered],
    [
      'signed with another secret',
      () => signed(CLAIMS, new TextEncoder().encode('another-secret-of-32-bytes-or-more')),
    ],
    ['signed by a stranger under the issuer’s key id', () => issued({}, stranger.privateKey)],
    ['of a key the issuer does not publish', () => issued({}, rsa.privateKey, { kid: 'two' })],
    ['of another issuer', () => issued({ iss: 'https://evil.example' })],
    ['not valid yet', () => signed({ ...CLAIMS, nbf: SECONDS + 60 })],
    ['without an expiry', () => signed({ ...CLAIMS, exp: undefined })],
    ['with an expiry beyond all years', () => signed({ ...CLAIMS, exp: 1e15 })],
    ['without a subject', () => signed({ ...CLAIMS, sub: undefined })],
    ['without a tenant', () => signed({ ...CLAIMS, tenant: undefined })],
    ['whose tenant would be part of another’s keys', () => signed({ ...CLAIMS, tenant: 'acme#log' })],
    ['whose tenant is a path', () => signed({ ...CLAIMS, tenant: '../acme' })],
    ['with scopes that are no list', () => signed({ ...CLAIMS, scope: { read: true } })],
    ['that demands an extension', () => signed(CLAIMS, secret, { crit: ['exp'], exp: 1 }).catch(() => 'a.b.c')],
    ['that is no token', () => 'not a token'],
    ['that is empty inside', () => '..'],
    ['that is encrypted', () => `${encode({ alg: 'dir', enc: 'A256GCM' })}....`],
  ])('%s', async (_, token) => {
    await expect(verifier().verify(await token())).rejects.toMatchObject({ code: 'auth.invalid' });
  });

  test('once it has expired, with a code of its own', async () => {
    await expect(verifier().verify(await signed({ ...CLAIMS, exp: SECONDS - 11 }))).rejects.toMatchObject({
      code: 'auth.expired',
    });
  });

  test('when the deployment does not trust that kind of key', async () => {
    await expect(verifier({ secrets: undefined }).verify(await signed(CLAIMS))).rejects.toMatchObject({
      message: 'Tokens signed by "HS256" are not accepted',
    });
    await expect(verifier({ issuer: undefined }).verify(await issued())).rejects.toMatchObject({
      message: 'Tokens signed by "RS256" are not accepted',
    });
  });
});

test('an issuer that cannot be reached is no fault of the token', async () => {
  const down = async () => Promise.reject(new TypeError('fetch failed'));

  await expect(verifier({ issuer: { url: ISSUER, keys: down } }).verify(await issued())).rejects.toThrow(
    'fetch failed',
  );
});
