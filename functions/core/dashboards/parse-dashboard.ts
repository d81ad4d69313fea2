import * as z from 'zod';
import { timeRangeSchema, type WidgetDraft, widgetSchema } from '../../../plugins/widget.ts';
import { parseOrThrow } from '../validation.ts';
import { checkWidget } from './check-widget.ts';
import type { DashboardContent } from './dashboard.ts';
import type { DataSource } from './data-source.ts';
import { placeWidgets } from './place-widgets.ts';

export const LONGEST_NAME = 120;
const LONGEST_DESCRIPTION = 2_000;
const MOST_WIDGETS = 50;
/** An item of DynamoDB holds 400 KB. */
const LARGEST_BYTES = 200_000;

const DEFAULT_RANGE = { last: '24h' };

/** What the service adds to a dashboard may come back with it; it is not looked at. */
const served = Object.fromEntries(
  ['id', 'version', 'readyMade', 'createdAt', 'updatedAt'].map((key) => [key, z.unknown().optional()]),
);

const checkIds = ({ value, issues }: z.core.ParsePayload<WidgetDraft[]>): void => {
  const seen = new Map<string, number>();
  for (const [index, { id }] of value.entries()) {
    const first = id === undefined ? undefined : seen.get(id);
    if (first !== undefined) {
      const message = `is the id of widgets[${first}] too; ids must differ, and may be left out`;
      issues.push({ code: 'custom', input: id, path: [index, 'id'], message });
    } else if (id !== undefined) seen.set(id, index);
  }
};

const checkSize = ({ value, issues }: z.core.ParsePayload<WidgetDraft[]>): void => {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= LARGEST_BYTES) return;
  const message = `have ${bytes} bytes together; at most ${LARGEST_BYTES} are kept`;
  issues.push({ code: 'custom', input: value, message });
};

const NAME_EXPECTED = `must be a text of 1 to ${LONGEST_NAME} characters`;
export const nameSchema = z
  .string({ error: NAME_EXPECTED })
  .trim()
  .min(1, NAME_EXPECTED)
  .max(LONGEST_NAME, NAME_EXPECTED);

const fieldsOf = (sources: readonly DataSource[]) => ({
  name: nameSchema,
  description: z
    .string({ error: `must be a text of at most ${LONGEST_DESCRIPTION} characters` })
    .max(LONGEST_DESCRIPTION, `must be a text of at most ${LONGEST_DESCRIPTION} characters`),
  timeRange: timeRangeSchema,
  widgets: z
    .array(widgetSchema.transform(checkWidget(sources)), { error: 'must be a list of widgets' })
    .max(MOST_WIDGETS, `must be at most ${MOST_WIDGETS} widgets`)
    .check(checkIds, checkSize)
    .transform(placeWidgets),
});

const KEYS = ['name', 'description', 'timeRange', 'widgets'];

const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `is not known here; the keys are: ${KEYS.join(', ')}` : 'must be an object',
  });

/** The title of the widget that a problem lies in, as far as it has one. */
const titleIn =
  (body: unknown) =>
  ([key, index]: readonly PropertyKey[]): string | undefined => {
    if (key !== 'widgets' || typeof index !== 'number') return undefined;
    const titles = z.object({ widgets: z.array(z.unknown()) }).safeParse(body);
    return z.object({ title: z.string().min(1) }).safeParse(titles.data?.widgets[index]).data?.title;
  };

/**
 * A whole dashboard, as it is created and replaced.
 *
 * @throws {AppError} `request.invalid`, naming each widget and key that does not fit and what was expected.
 */
export const parseDashboard = (sources: readonly DataSource[], body: unknown): DashboardContent => {
  const { name, description, timeRange, widgets } = fieldsOf(sources);
  const schema = strict({
    name,
    description: description.default(''),
    timeRange: timeRange.default(DEFAULT_RANGE),
    widgets: widgets.prefault([]),
    ...served,
  }).transform(
    (content): DashboardContent => ({
      name: content.name,
      description: content.description,
      timeRange: content.timeRange,
      widgets: content.widgets,
    }),
  );
  return parseOrThrow(schema, body, { what: 'The dashboard', titleOf: titleIn(body) });
};

/**
 * A change of a dashboard as a JSON Merge Patch (RFC 7396): what is left out stays, null takes back, and the list of
 * widgets is replaced as a whole. Widgets that stay are not looked at again.
 *
 * @throws {AppError} `request.invalid`, as `parseDashboard`.
 */
export const parsePatch = (
  sources: readonly DataSource[],
  current: DashboardContent,
  body: unknown,
): DashboardContent => {
  const { name, description, timeRange, widgets } = fieldsOf(sources);
  const schema = strict({
    name: name.optional(),
    description: description.nullish(),
    timeRange: timeRange.nullish(),
    widgets: widgets.nullish(),
    ...served,
  });
  const patch = parseOrThrow(schema, body, { what: 'The change', titleOf: titleIn(body) });
  const patched = <Value>(value: Value | null | undefined, before: Value, initial: Value): Value =>
    value === undefined ? before : (value ?? initial);
  return {
    name: patch.name ?? current.name,
    description: patched(patch.description, current.description, ''),
    timeRange: patched(patch.timeRange, current.timeRange, DEFAULT_RANGE),
    widgets: patched(patch.widgets, current.widgets, []),
  };
};
