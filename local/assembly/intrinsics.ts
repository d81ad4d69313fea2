import { RuntimeError } from '../settings.ts';
import type { ResourceIdentity } from './identity.ts';
import type { Template } from './read-assembly.ts';

export interface ResolverOptions {
  readonly template: Template;
  readonly pseudoParameters: { readonly [name: string]: string };
  readonly identify: (logicalId: string) => ResourceIdentity;
}

type Intrinsic = (argument: unknown, resolve: (value: unknown) => unknown) => unknown;

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Makes a function that replaces CloudFormation's intrinsic functions in a value by what they stand for.
 *
 * @throws {RuntimeError} (the function it returns) on a function or name it does not know.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export const createResolver = ({ template, pseudoParameters, identify }: ResolverOptions) => {
  const lookUp = (name: string): unknown => {
    if (name in pseudoParameters) return pseudoParameters[name];
    const parameter = template.Parameters?.[name];
    if (parameter !== undefined) return parameter.Default;
    if (name in template.Resources) return identify(name).ref;
    throw new RuntimeError(`The template refers to "${name}", which it does not define`);
  };

  const getAttribute = (logicalId: string, name: string): string => {
    if (!(logicalId in template.Resources)) {
      throw new RuntimeError(`The template asks "${logicalId}" for ${name}, but does not define it`);
    }
    const value = identify(logicalId).attributes[name];
    if (value !== undefined) return value;
    throw new RuntimeError(
      `The local runtime does not know the attribute ${name} of ${template.Resources[logicalId]?.Type} (${logicalId})`,
    );
  };

  const substitute = (text: string, variables: { readonly [name: string]: unknown }): string =>
    text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in variables) return asText(variables[name]);
      const [logicalId = '', ...attribute] = name.split('.');
      return attribute.length > 0 ? getAttribute(logicalId, attribute.join('.')) : asText(lookUp(name));
    });

  const holds = (condition: string): boolean => {
    if (template.Conditions === undefined || !(condition in template.Conditions)) {
      throw new RuntimeError(`The template names the condition "${condition}", which it does not define`);
    }
    return resolve(template.Conditions[condition]) === true;
  };

  const functions: { readonly [name: string]: Intrinsic } = {
    Ref: (name) => lookUp(asText(name)),
    Condition: (name) => holds(asText(name)),
    'Fn::GetAtt': (argument) => {
      const [logicalId = '', ...attribute] = Array.isArray(argument)
        ? argument.map(asText)
        : asText(argument).split('.');
      return getAttribute(logicalId, attribute.join('.'));
    },
    'Fn::Join': (argument) => {
      const [delimiter, parts] = argument as [string, unknown];
      return (resolve(parts) as unknown[]).map(asText).join(delimiter);
    },
    'Fn::Sub': (argument) => {
      const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
      return substitute(asText(text), resolve(variables) as { readonly [name: string]: unknown });
    },
    'Fn::Select': (argument) => {
      const [index, list] = argument as [number, unknown];
      return (resolve(list) as unknown[])[Number(index)];
    },
    'Fn::Split': (argument) => {
      const [delimiter, text] = argument as [string, unknown];
      return asText(resolve(text)).split(delimiter);
    },
    'Fn::FindInMap': (argument) => {
      const [map = '', key = '', name = ''] = (resolve(argument) as unknown[]).map(asText);
      return template.Mappings?.[map]?.[key]?.[name];
    },
    'Fn::If': (argument) => {
      const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown];
      return resolve(holds(condition) ? whenTrue : whenFalse);
    },
    'Fn::Equals': (argument) => {
      const [left, right] = resolve(argument) as [unknown, unknown];
      return asText(left) === asText(right);
    },
    'Fn::Not': (argument) => (resolve(argument) as unknown[])[0] !== true,
    'Fn::And': (argument) => (resolve(argument) as unknown[]).every((value) => value === true),
    'Fn::Or': (argument) => (resolve(argument) as unknown[]).some((value) => value === true),
  };

  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      const [name, argument] = only;
      const intrinsic = functions[name];
      if (intrinsic !== undefined)
        return name === 'Ref' && argument === 'AWS::NoValue' ? undefined : intrinsic(argument, resolve);
      if (name.startsWith('Fn::')) throw new RuntimeError(`The local runtime does not know the function ${name}`);
    }
    return Object.fromEntries(
      entries.map(([name, item]) => [name, resolve(item)] as const).filter(([, item]) => item !== undefined),
    );
  };

  return { resolve, holds };
};
