import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, NodeBuilderFlags, type Project, SymbolFlags } from 'typescript/unstable/sync';
import { root } from './function-entries.ts';

/**
 * The declarations of the SDK as one file that needs neither the service's sources nor zod: types that come from the
 * service's schemas are written out as the compiler understands them.
 */

/** Sources whose declarations are public, in the order they are written. */
const PUBLIC = ['errors', 'api', 'client'];

/** Every exported type of the file, written out. */
const writeOut = ({ program, checker }: Project, file: string): string => {
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module of the project`);
  const flags = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias | NodeBuilderFlags.MultilineObjectLiterals;
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => (symbol.flags & SymbolFlags.TypeAlias) !== 0)
    .map((symbol) => {
      const written = checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), undefined, flags);
      return `export type ${symbol.name} = ${written};\n`;
    })
    .join('');
};

const emitDeclarations = async (folder: string): Promise<string> => {
  const config = join(folder, 'tsconfig.json');
  await writeFile(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        emitDeclarationOnly: true,
        declaration: true,
        noCheck: true,
        rootDir: root,
        outDir: folder,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [],
      files: [join(root, 'sdk/index.ts')],
    }),
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', config], { stdio: ['ignore', 'inherit', 'inherit'] });
  const texts = await Promise.all(PUBLIC.map((name) => readFile(join(folder, 'sdk', `${name}.d.ts`), 'utf8')));
  return texts.map((text) => text.replace(/^import .*;\n/gm, '')).join('');
};

export const buildSdkTypes = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'ai-analytics-sdk-'));
  const api = new API({ cwd: root });
  try {
    const config = join(root, 'tsconfig.json');
    const project = api.updateSnapshot({ openProject: config }).getProject(config);
    if (project === undefined) throw new Error(`${config} cannot be read`);
    return writeOut(project, join(root, 'sdk/wire.ts')) + (await emitDeclarations(folder));
  } finally {
    api.close();
    await rm(folder, { recursive: true, force: true });
  }
};
