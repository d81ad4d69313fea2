import * as z from 'zod';
import {
  amountSchema,
  countPoints,
  givesValuesOnce,
  horizonSchema,
  MOST_POINTS,
  MOST_STEPS,
  nameSchema,
  sectionTiming,
  seriesFields,
  TOO_MANY_POINTS,
  TOO_MANY_STEPS,
  VALUES_ONCE,
} from './series-input.ts';

const MOST_NODES = 100;

const nodeSchema = z
  .looseObject({
    ...seriesFields,
    /** Name of the node that this one is a part of. */
    parent: nameSchema.optional(),
    /** What is planned for each step ahead, from the first on. */
    plan: z.array(amountSchema).min(1).max(1_000).optional(),
  })
  .refine((node) => givesValuesOnce(node) || (node.values === undefined && node.points === undefined), VALUES_ONCE);

type Node = z.infer<typeof nodeSchema>;

/** What is wrong with a tree of nodes, in words; undefined when nothing is. */
const flawOf = (nodes: readonly Node[]): string | undefined => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  if (byName.size < nodes.length) {
    const twice = nodes.find((node) => byName.get(node.name) !== node);
    return `must have names of their own; "${twice?.name}" is there twice`;
  }
  const parents = new Set(nodes.flatMap(({ parent }) => parent ?? []));
  for (const { name, parent, values, points } of nodes) {
    if (parent !== undefined && !byName.has(parent)) return `"${name}" is part of "${parent}", which is not a node`;
    if (!parents.has(name) && values === undefined && points === undefined) {
      return `"${name}" has no parts, so it must give values or points`;
    }
    let ancestor = parent;
    for (let steps = 0; ancestor !== undefined; steps += 1) {
      if (ancestor === name || steps > nodes.length) return `"${name}" is part of itself`;
      ancestor = byName.get(ancestor)?.parent;
    }
  }
  return undefined;
};

/** Revenue of nodes, each the sum of its parts, over the same steps. */
export const revenueInputSchema = z
  .looseObject({
    nodes: z
      .array(nodeSchema, { error: 'must be a list of nodes, each with a name' })
      .min(1, 'must hold at least one node')
      .max(MOST_NODES, `must hold at most ${MOST_NODES} nodes; split the submission`),
    horizon: horizonSchema,
    /** ISO 4217, for example "EUR". */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be a currency code, for example "EUR"')
      .optional(),
    ...sectionTiming,
  })
  .check(({ value: { nodes, horizon }, issues }) => {
    const flaw = flawOf(nodes);
    if (flaw !== undefined) issues.push({ code: 'custom', input: nodes, path: ['nodes'], message: flaw });
    const long = nodes.findIndex(({ plan = [] }) => plan.length > horizon);
    if (long >= 0) {
      const message = `must not be longer than the horizon of ${horizon}`;
      issues.push({ code: 'custom', input: nodes[long]?.plan, path: ['nodes', long, 'plan'], message });
    }
  })
  .refine(({ nodes, horizon }) => nodes.length * horizon <= MOST_STEPS, { path: ['horizon'], error: TOO_MANY_STEPS })
  .refine(({ nodes }) => countPoints(nodes) <= MOST_POINTS, { path: ['nodes'], error: TOO_MANY_POINTS });

export type RevenueInput = z.infer<typeof revenueInputSchema>;
