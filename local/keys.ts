import { parseArgs } from 'node:util';
import { clientCredential } from './client/development-token.ts';

/**
 * `npm run keys -- create NAME --scopes submit,read`, `list`, `revoke ID`: manages the API keys of a tenant, over HTTP.
 * Whose they are is for the credential to say: `ANALYTICS_TOKEN`, or else a token for `--tenant` of this machine's service.
 */

const USAGE = `npm run keys -- create NAME --scopes submit,read [--expires 2030-01-31T00:00:00Z]
npm run keys -- list
npm run keys -- revoke ID

  --url URL        of the service; default http://localhost:4000
  --tenant TENANT  on this machine; elsewhere ANALYTICS_TOKEN says it, a token with the scope admin`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: `http://localhost:${process.env['ANALYTICS_PORT'] ?? 4000}` },
    tenant: { type: 'string', default: 'default' },
    scopes: { type: 'string', default: 'submit,read' },
    expires: { type: 'string' },
  },
});

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt?: string;
}

interface Answer {
  readonly key?: Key;
  readonly keys?: readonly Key[];
  readonly secret?: string;
  readonly error?: { readonly message: string };
}

const ask = async (method: string, path: string, body?: object): Promise<Answer> => {
  const credential = await clientCredential({ tenant: values.tenant });
  const response = await fetch(`${values.url}/api/admin/keys${path}`, {
    method,
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Answer;
  if (response.ok) return answer;
  throw new Error(`${response.status}: ${answer.error?.message ?? JSON.stringify(answer)}`);
};

const describe = ({ id, name, scopes, createdAt, expiresAt }: Key): string =>
  `${id}  ${name}  ${scopes.join(',')}  since ${createdAt}${expiresAt === undefined ? '' : `, until ${expiresAt}`}`;

const create = async (name: string): Promise<void> => {
  const { scopes, expires } = values;
  const expiry = expires === undefined ? {} : { expiresAt: expires };
  const { key, secret } = await ask('POST', '', { name, scopes: scopes.split(','), ...expiry });
  if (key !== undefined) console.error(`${describe(key)}\nThe key, which is shown this once:`);
  console.log(secret);
};

const main = async (): Promise<void> => {
  const [command, argument] = positionals;
  if (command === 'create' && argument !== undefined) return create(argument);
  if (command === 'revoke' && argument !== undefined) {
    await ask('DELETE', `/${encodeURIComponent(argument)}`);
    return console.log(`revoked ${argument}`);
  }
  if (command !== 'list') throw new Error(USAGE);
  for (const key of (await ask('GET', '')).keys ?? []) console.log(describe(key));
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
