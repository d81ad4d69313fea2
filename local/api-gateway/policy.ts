interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

const toList = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** `*` stands for any characters, `?` for one. */
const matches = (pattern: string, value: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
};

/**
 * Whether an IAM policy document allows an action: a denial wins over any permission. Conditions are not evaluated, so
 * that a permission that has one permits nothing, and a denial that has one denies.
 */
export const policyAllows = (document: object, action: string, resource: string): boolean => {
  const { Statement: given = [] } = document as { readonly Statement?: Statement | readonly Statement[] };
  const applying = [given]
    .flat()
    .filter(
      ({ Action, Resource }) =>
        toList(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        toList(Resource).some((pattern) => matches(pattern, resource)),
    );
  const denied = applying.some(({ Effect }) => Effect === 'Deny');
  return !denied && applying.some(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined);
};
