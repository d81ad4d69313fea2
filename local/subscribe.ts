import { parseArgs } from 'node:util';
import { subscribe } from './client/analytics-client.ts';
import { clientCredential } from './client/development-token.ts';

/** `npm run subscribe -- '{"type":"user-behavior"}'`: prints every push that passes the filters, one a line. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string', default: `ws://localhost:${process.env['ANALYTICS_PORT'] ?? 4000}/prod` } },
});

const main = async (): Promise<void> => {
  const filters = JSON.parse(positionals[0] ?? '{}');
  await subscribe({
    url: values.url,
    credential: await clientCredential(),
    filters,
    onEvent: (event) => console.log(JSON.stringify(event)),
    onReconnect: () => console.error('connection lost, connecting again'),
  });
  console.error(`subscribed on ${values.url} with ${JSON.stringify(filters)}`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
