import * as z from 'zod';

const LONGEST_WINDOW_MINUTES = 90 * 24 * 60;

const stepSchema = z
  .strictObject(
    {
      page: z.string().min(1).max(2_000).optional(),
      event: z.string().min(1).max(100).optional(),
      target: z.string().min(1).max(2_000).optional(),
    },
    {
      error: ({ code }) =>
        code === 'unrecognized_keys' ? 'a step has the keys page, or event and target, and no other' : undefined,
    },
  )
  .refine(({ page, event }) => (page === undefined) !== (event === undefined), {
    error: 'must give either page or event: {"page": "/cart"} or {"event": "click", "target": "#pay"}',
  })
  .refine(({ target, event }) => target === undefined || event !== undefined, {
    path: ['target'],
    error: 'goes with event, not with page',
  });

/** Steps in order; `*` in a page or a target stands for any text. */
export const funnelSchema = z.looseObject({
  name: z.string({ error: 'must be a text that names the funnel' }).min(1).max(100),
  steps: z
    .array(stepSchema, { error: 'must be a list of steps, for example [{"page": "/cart"}, {"page": "/pay"}]' })
    .min(2, 'must hold at least two steps')
    .max(15, 'must hold at most 15 steps'),
  /** Time from the first step within which the last must be reached. */
  windowMinutes: z
    .number({ error: 'must be a number of minutes' })
    .positive('must be a number of minutes above 0')
    .max(LONGEST_WINDOW_MINUTES, 'must be in minutes; this is longer than 90 days')
    .default(24 * 60),
  /** Attributes to compare segments by; every one that is sent when not given. */
  compareBy: z.array(z.string().min(1).max(64)).max(20).optional(),
});

export type Funnel = z.infer<typeof funnelSchema>;
export type FunnelStep = Funnel['steps'][number];
