import * as z from 'zod';
import { type TreeFlaw, toRevenueTree } from './revenue-tree.ts';
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
const CURRENCY_EXPECTED = 'must be a currency code, for example "EUR"';
const PLAN_EXPECTED = 'must be a list of the amounts planned for the steps ahead, 1 to 1000 of them';

const nodeSchema = z
  .looseObject(
    {
      ...seriesFields,
      /** Name of the node that this one is a part of. */
      parent: nameSchema.optional(),
      /** What is planned for each step ahead, from the first on. */
      plan: z.array(amountSchema, { error: PLAN_EXPECTED }).min(1, PLAN_EXPECTED).max(1_000, PLAN_EXPECTED).optional(),
    },
    { error: 'must be a node: {"name": "all"} or {"name": "Germany", "parent": "all", "values": […]}' },
  )
  .refine((node) => givesValuesOnce(node) || (node.values === undefined && node.points === undefined), VALUES_ONCE);

export type RevenueNode = z.infer<typeof nodeSchema>;

/** What is wrong with the names in a tree of nodes; undefined when nothing is. */
const flawOf = (nodes: readonly RevenueNode[]): Omit<TreeFlaw, 'status'> | undefined => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const parents = new Set(nodes.flatMap(({ parent }) => parent ?? []));
  const names = new Set<string>();
  for (const [node, { name, parent, values, points }] of nodes.entries()) {
    if (names.has(name))
      return { node, field: 'name', message: `must be a name that no other node has; "${name}" is there twice` };
    names.add(name);
    if (parent !== undefined && !byName.has(parent))
      return { node, field: 'parent', message: `"${name}" is part of "${parent}", which is not a node` };
    if (!parents.has(name) && values === undefined && points === undefined)
      return { node, field: 'values', message: `"${name}" has no parts, so it must give values or points` };
    let ancestor = parent;
    for (let steps = 0; ancestor !== undefined; steps += 1) {
      if (ancestor === name || steps > nodes.length)
        return { node, field: 'parent', message: `"${name}" is part of itself` };
      ancestor = byName.get(ancestor)?.parent;
    }
  }
  return undefined;
};

const sectionSchema = z.looseObject(
  {
    nodes: z
      .array(nodeSchema, { error: 'must be a list of nodes, each with a name' })
      .min(1, 'must hold at least one node')
      .max(MOST_NODES, `must hold at most ${MOST_NODES} nodes; split the submission`),
    horizon: horizonSchema,
    /** ISO 4217, for example "EUR". */
    currency: z
      .string({ error: CURRENCY_EXPECTED })
      .regex(/^[A-Z]{3}$/, CURRENCY_EXPECTED)
      .optional(),
    ...sectionTiming,
  },
  { error: 'must be {"nodes": […], "horizon": 6}' },
);

export type RevenueSection = z.infer<typeof sectionSchema>;

/** Revenue of nodes, each the sum of its parts, over the same steps, and the tree that they make. */
export const revenueInputSchema = sectionSchema
  .check(({ value: { nodes, horizon }, issues }) => {
    const flaw = flawOf(nodes);
    if (flaw !== undefined) {
      const { node, field, message } = flaw;
      issues.push({ code: 'custom', input: nodes[node]?.[field], path: ['nodes', node, field], message });
    }
    const long = nodes.findIndex(({ plan = [] }) => plan.length > horizon);
    if (long >= 0) {
      const message = `must not be longer than the horizon of ${horizon}`;
      issues.push({ code: 'custom', input: nodes[long]?.plan, path: ['nodes', long, 'plan'], message });
    }
  })
  .refine(({ nodes, horizon }) => nodes.length * horizon <= MOST_STEPS, { path: ['horizon'], error: TOO_MANY_STEPS })
  .refine(({ nodes }) => countPoints(nodes) <= MOST_POINTS, { path: ['nodes'], error: TOO_MANY_POINTS })
  .transform((section, context) => {
    const tree = toRevenueTree(section);
    if (tree.status !== 'flawed') return { ...section, tree };
    const { node, field, message } = tree;
    context.issues.push({ code: 'custom', input: section.nodes[node]?.[field], path: ['nodes', node, field], message });
    return z.NEVER;
  });

export type RevenueInput = z.infer<typeof revenueInputSchema>;
