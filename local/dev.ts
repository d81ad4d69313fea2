import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { DEVELOPMENT_SECRET } from './client/development-token.ts';

/**
 * `npm run dev`: builds on every change, and runs the stack with each changed function replaced at once; the page is
 * there anew when it is reloaded. A changed manifest or stack is synthesized anew and the runtime starts again on the same data.
 */

const root = join(import.meta.dirname, '..');
const assemblyDir = resolve(process.env['LOCAL_DATA_DIR'] || '.local', 'cdk.dev');

const environment = {
  ...process.env,
  CDK_OUTDIR: assemblyDir,
  AUTH_SECRET_NAME: DEVELOPMENT_SECRET,
  // Assets stay where the build writes them, so that the runtime sees them change.
  CDK_CONTEXT_JSON: '{"aws:cdk:disable-asset-staging":true}',
};

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });

const echo = (child: ChildProcess): void => void child.stdout?.on('data', (chunk) => process.stdout.write(chunk));

const finished = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null ? Promise.resolve(child.exitCode) : new Promise((done) => child.once('exit', done));

const end = async (child: ChildProcess | undefined): Promise<void> => {
  if (child === undefined || child.exitCode !== null) return;
  child.kill('SIGTERM');
  await finished(child);
};

let build: ChildProcess | undefined;
let runtime: ChildProcess | undefined;

/** Starts the build and resolves when its first pass is done. */
const startBuild = (): Promise<boolean> => {
  const child = start('esbuild.config.ts', '--watch');
  build = child;
  echo(child);
  return Promise.race([
    new Promise<boolean>((done) => child.stdout?.once('data', () => done(true))),
    finished(child).then(() => false),
  ]);
};

/** Builds the page where the assembly looks for it, so that the next reload of the browser shows what has changed. */
const buildPage = async (): Promise<boolean> => {
  const child = start('build/page.ts');
  echo(child);
  return (await finished(child)) === 0;
};

const startAll = async (): Promise<void> => {
  if (!(await startBuild())) return console.error('The build failed; mend it and save, and it starts again');
  if (!(await buildPage())) return console.error('The page failed to build; mend it and save, and it is built again');
  const synth = start('infra/app.ts');
  echo(synth);
  if ((await finished(synth)) !== 0)
    return console.error('The synthesis failed; mend it and save, and it starts again');
  runtime = start('local/main.ts', '--watch');
  echo(runtime);
};

let restarting: Promise<void> = Promise.resolve();
const restart = (): void => {
  restarting = restarting.then(async () => {
    await Promise.all([end(build), end(runtime)]);
    await startAll();
  });
};

let timer: NodeJS.Timeout | undefined;
const onChange = (file: string | null): void => {
  if (file === null || !/(manifest\.json|^infra\/.*\.ts)$/.test(file)) return;
  clearTimeout(timer);
  timer = setTimeout(restart, 100);
};

watch(join(root, process.env['PLUGINS_DIR'] ?? 'plugins'), { recursive: true }, (_, file) => onChange(file));
let pageTimer: NodeJS.Timeout | undefined;
watch(join(root, 'web'), { recursive: true }, () => {
  clearTimeout(pageTimer);
  // After a failed start there is nothing to reload, and the page is built together with the rest.
  pageTimer = setTimeout(() => (runtime === undefined ? restart() : buildPage()), 100);
});
watch(join(root, 'infra'), { recursive: true }, (_, file) => onChange(file === null ? null : `infra/${file}`));

const stop = async (): Promise<void> => {
  await Promise.all([end(build), end(runtime)]);
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

restarting = startAll();
