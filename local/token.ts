import { parseArgs } from 'node:util';
import { clientToken } from './client/development-token.ts';

/**
 * `npm run token -- --tenant acme --scopes submit,read --expires 1h`: prints a token, signed with `AUTH_SECRET` or else
 * with the secret of this machine's service.
 */

const { values } = parseArgs({
  options: {
    tenant: { type: 'string', default: 'default' },
    subject: { type: 'string', default: 'developer' },
    scopes: { type: 'string', default: 'submit,read,admin' },
    expires: { type: 'string', default: '1h' },
  },
});

const { tenant, subject, scopes, expires } = values;
console.log(await clientToken({ tenant, subject, scopes: scopes.split(','), expires }));
