import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Format } from 'esbuild';
import { requireFileWithinBudget } from './budgets.ts';
import { root } from './function-entries.ts';
import { buildSdkTypes } from './sdk-types.ts';

/** `npm run build:sdk`: the package of `sdk/` as ES module and CommonJS with declarations, in `sdk/dist`. */

const OUTPUTS: { readonly file: string; readonly format: Format }[] = [
  { file: 'index.js', format: 'esm' },
  { file: 'index.cjs', format: 'cjs' },
];

/**
 * One file, minified.
 *
 * @throws when something of the service has come along, of which the SDK may use types only
 */
export const bundleSdk = async (format: Format): Promise<Uint8Array> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['sdk/index.ts'],
    bundle: true,
    minify: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'warning',
  } satisfies BuildOptions);
  const foreign = Object.keys(metafile.inputs).filter((input) => !input.startsWith('sdk/'));
  const [bundle] = outputFiles;
  if (bundle === undefined || foreign.length > 0) throw new Error(`The SDK would contain ${foreign.join(', ')}`);
  return bundle.contents;
};

const main = async (): Promise<void> => {
  const outdir = join(root, 'sdk/dist');
  const bundles = await Promise.all(
    OUTPUTS.map(async ({ file, format }) => ({ file, contents: await bundleSdk(format) })),
  );
  const sizes = await Promise.all(
    bundles.map(({ file, contents }) => requireFileWithinBudget(`sdk/${file}`, 'sdk', contents)),
  );
  const declarations = await buildSdkTypes();
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const types = ['index.d.ts', 'index.d.cts'].map((file) => ({ file, contents: declarations }));
  for (const { file, contents } of [...bundles, ...types]) await writeFile(join(outdir, file), contents);
  console.log(`SDK in sdk/dist: ${sizes.map((size) => `${(size / 1000).toFixed(2)} KB`).join(' and ')} gzip`);
};

if (import.meta.main) await main();
