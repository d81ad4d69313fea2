import { RuntimeError } from '../settings.ts';
import { ACCOUNT, arnOf, identityOf, NAME_PROPERTY, REGION, type ResourceIdentity } from './identity.ts';
import { createResolver } from './intrinsics.ts';
import type { Assembly, Properties, Resource } from './read-assembly.ts';
import { EMULATED_TYPES, IGNORED_TYPES } from './resource-types.ts';

export interface KnownResource {
  readonly logicalId: string;
  readonly type: string;
  /** Free of intrinsic functions. */
  readonly properties: Properties;
  readonly identity: ResourceIdentity;
}

export interface Inventory {
  readonly stackName: string;
  ofType(...types: string[]): readonly KnownResource[];
  /** The resource of a type that `value` is the `Ref`, the ARN or the logical id of. */
  find(type: string, value: unknown): KnownResource | undefined;
  readonly warnings: readonly string[];
}

const checkType = (logicalId: string, type: string): void => {
  if (type in IGNORED_TYPES || type in EMULATED_TYPES) return;
  throw new RuntimeError(
    `The template holds ${logicalId} of type ${type}, which the local runtime does not emulate. ` +
      'Teach it in local/assembly/resource-types.ts, or say there why it has no meaning on one machine.',
  );
};

const checkProperties = (logicalId: string, type: string, properties: Properties): void => {
  const refused = EMULATED_TYPES[type]?.refused?.find((name) => properties[name] !== undefined);
  if (refused === undefined) return;
  throw new RuntimeError(
    `${logicalId} (${type}) has the property ${refused}, which the local runtime does not emulate: ` +
      'without it, the resource would behave differently.',
  );
};

/** Functions that serve CloudFormation while it deploys, and nobody afterwards: those that custom resources name. */
const deploymentFunctions = ({ Resources }: Assembly['template']): ReadonlySet<unknown> =>
  new Set(
    Object.values(Resources)
      .filter(({ Type }) => Type.startsWith('Custom::') || Type === 'AWS::CloudFormation::CustomResource')
      .map(
        ({ Properties }) =>
          (Properties?.['ServiceToken'] as { 'Fn::GetAtt'?: readonly unknown[] })?.['Fn::GetAtt']?.[0],
      ),
  );

const warningsOf = ({ logicalId, type, properties }: KnownResource): string[] => {
  const { acts = [], inert = [] } = EMULATED_TYPES[type] ?? {};
  return Object.keys(properties)
    .filter((name) => !acts.includes(name) && !inert.includes(name))
    .map((name) => `${logicalId} (${type}): the property ${name} is not emulated`);
};

/** Resolves each resource's identity when it is first referred to: a name may itself refer to other resources. */
const createIdentities = ({ stackName, template }: Assembly) => {
  const identities = new Map<string, ResourceIdentity>();
  const identify = (logicalId: string): ResourceIdentity => {
    const known = identities.get(logicalId);
    if (known !== undefined) return known;
    const { Type: type = '', Properties: properties = {} }: Partial<Resource> = template.Resources[logicalId] ?? {};
    const name = resolver.resolve(properties[NAME_PROPERTY[type] ?? '']);
    const givenName = typeof name === 'string' ? name : undefined;
    const identity = identityOf({ stackName, logicalId, type, givenName });
    identities.set(logicalId, identity);
    return identity;
  };
  const resolver = createResolver({
    template,
    identify,
    pseudoParameters: {
      'AWS::Region': REGION,
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': arnOf('cloudformation', `stack/${stackName}/local`),
    },
  });
  return { identify, ...resolver };
};

/**
 * Takes stock of a template: every resource that means something here, with its properties resolved.
 *
 * @throws {RuntimeError} on a resource type, a property that matters or an intrinsic function that is not emulated.
 */
export const takeInventory = (assembly: Assembly): Inventory => {
  const { stackName, template } = assembly;
  const { identify, resolve, holds } = createIdentities(assembly);
  const deploying = deploymentFunctions(template);
  const present = Object.entries(template.Resources).filter(
    ([logicalId, { Condition }]) => !deploying.has(logicalId) && (Condition === undefined || holds(Condition)),
  );
  for (const [logicalId, { Type }] of present) checkType(logicalId, Type);
  const resources = present
    .filter(([, { Type }]) => Type in EMULATED_TYPES)
    .map(([logicalId, { Type: type, Properties = {} }]): KnownResource => {
      const properties = resolve(Properties) as Properties;
      checkProperties(logicalId, type, properties);
      return { logicalId, type, properties, identity: identify(logicalId) };
    });
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type));
  return {
    stackName,
    ofType,
    find: (type, value) =>
      ofType(type).find(
        ({ logicalId, identity }) =>
          value === identity.ref || value === identity.attributes['Arn'] || value === logicalId,
      ),
    warnings: resources.flatMap(warningsOf),
  };
};
