import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RuntimeError } from '../settings.ts';

export type Properties = { readonly [name: string]: unknown };

export interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly Condition?: string;
}

export interface Template {
  readonly Resources: { readonly [logicalId: string]: Resource };
  readonly Parameters?: { readonly [name: string]: { readonly Default?: unknown } };
  readonly Conditions?: { readonly [name: string]: unknown };
  readonly Mappings?: { readonly [name: string]: { readonly [key: string]: { readonly [key: string]: unknown } } };
}

export interface Assembly {
  readonly stackName: string;
  readonly templateFile: string;
  readonly template: Template;
  /** Folder of a file asset by the S3 key that the template names it by. */
  readonly assetFolders: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts: {
    readonly [id: string]: {
      readonly type: string;
      readonly properties: { readonly templateFile?: string; readonly stackName?: string };
    };
  };
}

interface AssetManifest {
  readonly files: {
    readonly [id: string]: {
      readonly source: { readonly path: string; readonly packaging: string };
      readonly destinations: { readonly [id: string]: { readonly objectKey: string } };
    };
  };
}

const readJson = <Value>(file: string): Value => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new RuntimeError(`${file} cannot be read: synthesize the stack first (npm run synth)`, { cause });
  }
};

/**
 * Reads the cloud assembly that CDK wrote: one stack's template and where its file assets lie.
 *
 * @throws {RuntimeError} when there is no assembly, or not exactly one stack in it.
 */
export const readAssembly = (assemblyDir: string): Assembly => {
  const { artifacts } = readJson<Manifest>(join(assemblyDir, 'manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (stack === undefined || stacks.length > 1) {
    throw new RuntimeError(`${assemblyDir} must hold exactly one stack; it holds ${stacks.length}`);
  }
  const [id, { properties }] = stack;
  const templateFile = join(assemblyDir, properties.templateFile ?? `${id}.template.json`);
  const { files } = readJson<AssetManifest>(join(assemblyDir, `${id}.assets.json`));
  const assetFolders = new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(assemblyDir, source.path)] as const),
    ),
  );
  return {
    stackName: properties.stackName ?? id,
    templateFile,
    template: readJson<Template>(templateFile),
    assetFolders,
  };
};
