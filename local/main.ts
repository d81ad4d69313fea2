import { developmentToken } from './client/development-token.ts';
import { startRuntime } from './runtime.ts';
import { RuntimeError, readRuntimeSettings } from './settings.ts';

/** `npm start`, after build and synthesis: runs the assembly on this machine until it is interrupted. */

const SAMPLE = 'docs/examples/user-behavior.json';
const FILTERS = '{"type":"user-behavior"}';

const main = async (): Promise<void> => {
  const startedAt = performance.now();
  // Lambda's clock. A thread cannot have a time zone of its own.
  process.env['TZ'] = 'UTC';
  try {
    process.loadEnvFile();
  } catch {
    // .env is optional: settings may come from the environment alone.
  }
  const settings = readRuntimeSettings(process.env, { watch: process.argv.includes('--watch') });
  const token = await developmentToken(settings.dataDir);
  const runtime = await startRuntime(settings);
  for (const warning of runtime.warnings) console.warn(`warning: ${warning}`);
  const page = runtime.hasPage ? `\n  Page       ${runtime.httpUrl}/#token=${token}\n` : '';
  console.log(`
  HTTP       ${runtime.httpUrl}
  WebSocket  ${runtime.webSocketUrl}
${page}
  Token      ${token}

  Submit     curl -s ${runtime.httpUrl}/api/analytics/submit -H 'content-type: application/json' -d @${SAMPLE} \\
               -H 'authorization: Bearer ${token}'
  Subscribe  npm run subscribe -- '${FILTERS}'
             or connect to ${runtime.webSocketUrl}?token=… and send
             {"action":"subscribe","stream":"analytics","filters":${FILTERS},"id":"1"}

ready in ${Math.round(performance.now() - startedAt)} ms, stop with Ctrl-C`);
  // A terminal's Ctrl-C reaches this process and its parent, which may pass it on once more.
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await runtime.stop();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
};

main().catch((error: unknown) => {
  console.error(error instanceof RuntimeError ? error.message : error);
  process.exit(1);
});
