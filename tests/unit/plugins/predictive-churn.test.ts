import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeChurn, type ChurnReport, churnInputSchema } from '../../../plugins/predictive/churn/index.ts';
import { analyzeCustomers, type Customer, createCustomers, NOW, withoutOutcome } from '../../support/customers.ts';

const VALUE = { keptCustomer: 300, contactCost: 15, successRate: 0.25 };
const { customers, probabilities } = createCustomers(700, 3);
const learned = customers.slice(0, 450);
const toScore = customers.slice(450);

const resultOf = (section: ChurnReport) => {
  if (section.status !== 'ok') throw new Error(JSON.stringify(section));
  return section;
};
const refusalsOf = (some: readonly object[], rest: object = {}) => {
  const { section } = analyzeCustomers(some, rest);
  return section.status === 'refused' ? section.refusals : [];
};
const withFeature = (name: string, featureOf: (customer: Customer, index: number) => unknown) =>
  learned.map((customer, index) => ({
    ...customer,
    features: { ...customer.features, [name]: featureOf(customer, index) },
  }));

const plain = analyzeCustomers(learned);

describe('a contact', () => {
  test('that costs more than it can bring is not said to pay', () => {
    const { insights } = analyzeCustomers([...learned, ...withoutOutcome(toScore)], {
      value: { keptCustomer: 10, contactCost: 100, successRate: 0.3 },
    });
    const message = insights.find(({ kind }) => kind === 'churn-expected')?.message;

    expect(message).toContain('No contact pays');
    expect(message).not.toMatch(/\d{4}%/);
  });
});

describe('customers unlike those learned from', () => {
  const scoredAs = (features: object) =>
    analyzeCustomers([
      ...learned,
      ...withoutOutcome(toScore.slice(0, 60)).map((customer) => ({
        ...customer,
        features: { ...customer.features, ...features },
      })),
    ]).insights;

  test('are warned of when their numbers lie beyond all others', () => {
    const insights = scoredAs({ idleDays: 5_000 });

    expect(insights.find(({ kind }) => kind === 'churn-unfamiliar-customers')).toMatchObject({ severity: 'warning' });
    expect(insights.find(({ kind }) => kind === 'churn-unfamiliar-customers')?.message).toContain('idleDays above');
    expect(insights.find(({ kind }) => kind === 'churn-expected')?.confidence).toBe(0);
  });

  test('are warned of when they have a name never seen', () => {
    expect(scoredAs({ plan: 'lifetime' }).find(({ kind }) => kind === 'churn-unfamiliar-customers')?.message).toContain(
      '60 (100%) with plan lifetime',
    );
  });

  test('are not found among customers of the same process', () => {
    expect(scoredAs({}).map(({ kind }) => kind)).not.toContain('churn-unfamiliar-customers');
  });
});

describe('customers who are to be scored', () => {
  const { section, insights, metrics } = analyzeCustomers([...learned, ...withoutOutcome(toScore)], { value: VALUE });
  const { scores, performance, drivers, contacts, data, model } = resultOf(section);

  test('are ranked by a probability that comes near the true one', () => {
    const truth = new Map(toScore.map(({ id }, index) => [id, probabilities[450 + index] ?? 0]));
    const errors = scores.ranked.items.map(({ id, probability }) => Math.abs(probability - (truth.get(id) ?? 1)));

    expect(scores).toMatchObject({ customers: 250, ranked: { omitted: 0 } });
    expect(scores.ranked.items.map(({ rank }) => rank)).toEqual(Array.from({ length: 250 }, (_, at) => at + 1));
    expect(errors.reduce((sum, error) => sum + error, 0) / 250).toBeLessThan(0.08);
  });

  test('are expected to leave in about the number that did', () => {
    const left = toScore.filter(({ churned }) => churned).length;

    expect(scores.expectedInterval[0]).toBeLessThan(left);
    expect(scores.expectedInterval[1]).toBeGreaterThan(left);
    expect(metrics['expectedChurners']).toBe(scores.expectedChurners);
  });

  test('come with what sets them apart, the hundred likeliest of them', () => {
    const [first] = scores.ranked.items;

    expect(scores.ranked.items.filter((customer) => customer.drivers !== undefined)).toHaveLength(100);
    expect(first?.drivers?.[0]?.inWords).toMatch(/ raises the odds \d+\.\d-fold$/);
    expect(first?.drivers?.length).toBeLessThanOrEqual(4);
  });

  test('leave the model as it would be without them', () => {
    const alone = resultOf(plain.section);

    expect(alone.performance.auc).toBeCloseTo(performance.auc, 2);
    expect(alone.scores).toMatchObject({ customers: 0, expectedChurners: 0 });
  });

  test('say how well the model does on customers it has not seen', () => {
    expect(performance.aucInterval[0]).toBeLessThan(performance.auc);
    expect(performance.aucInterval[1] - performance.aucInterval[0]).toBeLessThan(0.15);
    expect(performance.logLoss).toBeLessThan(performance.logLossOfRate);
    expect(performance.lift).toHaveLength(10);
    expect(performance.lift[0]?.lift).toBeGreaterThan(1.5);
    expect(performance.lift.at(-1)?.captured).toBe(1);
    expect(model.candidates.map(({ model: name }) => name)).toEqual(['logistic regression', 'boosted trees', 'blend']);
  });

  test('are contacted from the probability on at which it pays', () => {
    expect(contacts?.threshold).toBe(0.2);
    expect(contacts?.atThreshold.perCustomer).toBeGreaterThan(contacts?.contactEverybody.perCustomer ?? 0);
    expect(contacts?.bestInHindsight.perCustomer).toBeGreaterThanOrEqual(contacts?.atThreshold.perCustomer ?? 0);
    expect(scores.aboveThreshold).toBe(scores.ranked.items.filter(({ probability }) => probability >= 0.2).length);
  });

  test('owe their risk to what drives the process', () => {
    const names = drivers.items.map(({ feature }) => feature);

    expect(names.slice(0, 3)).toContain('plan');
    expect(names.slice(0, 3)).toContain('tenureMonths');
    expect(data.leftOut).toEqual([{ name: 'currency', reason: 'constant' }]);
    const driver = insights.find(({ evidence }) => evidence['feature'] === 'plan');
    expect(driver?.message).toMatch(/^\d+% of the customers with plan monthly left, against \d+% of the others\./);
  });

  test('get an answer that is plain JSON', () => {
    expect(JSON.parse(JSON.stringify({ section, insights, metrics }))).toEqual({ section, insights, metrics });
  });
});

describe('the answer', () => {
  test('counts a customer who was sent twice alike once', () => {
    const { section } = analyzeCustomers([...learned.slice(0, 100), ...learned.slice(0, 50)]);

    expect(section.data).toMatchObject({ labelled: 100, repeated: 50 });
  });

  test('is the same each time, however outcomes are written', () => {
    const written = learned.map((customer, index) => ({
      ...customer,
      churned: customer.churned ? ['Yes', 1, 'true', ' yes '][index % 4] : ['No', 0, 'FALSE', '0'][index % 4],
    }));

    expect(analyzeCustomers(written)).toEqual(plain);
  });

  test('warns when the features tell next to nothing', () => {
    const shuffled = learned.map((customer, index) => ({ ...customer, churned: (index * 7919) % 101 < 30 }));

    const { section, insights } = analyzeCustomers(shuffled);

    expect(resultOf(section).performance.aucInterval[0]).toBeLessThan(0.55);
    expect(insights[0]).toMatchObject({ kind: 'churn-weak-model', severity: 'warning' });
    expect(insights.filter(({ kind }) => kind === 'churn-driver')).toEqual([]);
  });

  test('is not given when time has run out', () => {
    const input = churnInputSchema.parse({ customers: learned });
    const signal = AbortSignal.abort(new Error('out of time'));

    expect(() => analyzeChurn(input, { now: NOW, seed: 1, signal })).toThrow('out of time');
  });
});

describe('too little to learn from', () => {
  test.each([
    ['few customers', learned.slice(0, 120), 'customers with churned: 120 of the 200 that are needed'],
    [
      'few who left',
      learned.map((customer, index) => ({ ...customer, churned: index < 12 })),
      'customers who left: 12 of the 40',
    ],
    [
      'few who stayed',
      learned.map((customer, index) => ({ ...customer, churned: index > 7 })),
      'customers who stayed: 8 of the 40',
    ],
    ['no outcome at all', withoutOutcome(learned), 'customers with churned: 0 of the 200'],
    [
      'features that do not differ',
      learned.map((customer) => ({ ...customer, features: { currency: 'EUR' } })),
      'none is left',
    ],
  ])('is said and counted: %s', (_, some, missing) => {
    const { section, insights } = analyzeCustomers(some);

    expect(section.status === 'insufficient_data' && section.missing.join('; ')).toContain(missing);
    expect(insights).toMatchObject([{ kind: 'insufficient_data' }]);
    expect(insights[0]?.message).toContain(missing);
  });
});

describe('a feature that gives the outcome away', () => {
  test.each([
    [
      'a reason only those have who left',
      'cancelReason',
      ({ churned }: Customer, at: number) => (churned ? ['price', 'moved'][at % 2] : null),
      'filled',
    ],
    [
      'a state set on leaving',
      'status',
      ({ churned }: Customer, at: number) => (churned && at % 3 > 0 ? 'closed' : 'open'),
      '"closed"',
    ],
    [
      'a number that follows from it',
      'finalBill',
      ({ churned }: Customer, at: number) => (churned ? 100 + at : at % 90),
      'left',
    ],
  ])('is refused by name: %s', (_, name, featureOf, reason) => {
    const [refusal, ...others] = refusalsOf(withFeature(name, featureOf));

    expect(others).toEqual([]);
    expect(refusal).toMatchObject({ reason: 'leakage', feature: name });
    expect(refusal?.message).toContain(reason);
    expect(refusal?.message).toContain(`ignore: ["${name}"]`);
  });

  test('is refused when only several together do', () => {
    const together = withFeature('first', ({ churned }, index) => ((index * 7919) % 101) + (churned ? 30 : 0)).map(
      (customer, index) => ({
        ...customer,
        features: { ...customer.features, second: (index * 7919) % 101 },
      }),
    );

    const [refusal] = refusalsOf(together);

    expect(refusal).toMatchObject({ reason: 'leakage', evidence: { kind: 'implausible-accuracy' } });
    expect(refusal?.message).toContain('"first"');
  });

  test('is left out, or kept, at the sender’s word', () => {
    const marked = withFeature('status', ({ churned }, index) => (churned && index % 3 > 0 ? 'closed' : 'open'));

    expect(resultOf(analyzeCustomers(marked, { ignore: ['status'] }).section).performance).toEqual(
      resultOf(plain.section).performance,
    );
    expect(resultOf(analyzeCustomers(marked, { trusted: ['status'] }).section).drivers.items[0]?.feature).toBe(
      'status',
    );
  });

  test('may be a date that was not yet to be known', () => {
    const dated = withFeature('lastContact', (_, index) => `2026-0${(index % 5) + 1}-10`);

    expect(refusalsOf(dated, { observedAt: '2026-04-01T00:00:00Z' })).toMatchObject([
      { feature: 'lastContact', evidence: { kind: 'date-after-observation', customers: 180 } },
    ]);
    expect(refusalsOf(dated, { observedAt: '2026-05-20T00:00:00Z' })).toEqual([]);
  });
});

test('a customer sent twice with different values is refused by id', () => {
  const [refusal] = refusalsOf([...learned, { ...learned[0], features: { plan: 'other' } }]);

  expect(refusal).toMatchObject({ reason: 'contradicting-duplicates', evidence: { customers: 1, ids: ['c-0001'] } });
});

test('outcomes of a time to come are refused', () => {
  expect(refusalsOf(learned, { observedAt: '2026-07-01T00:00:00Z' })).toMatchObject([{ reason: 'observed-in-future' }]);
});

test('the documentation’s example gives what the documentation says', () => {
  const path = join(import.meta.dirname, '../../../docs/examples/predictive-churn.json');
  const { customers: documented, ...rest } = JSON.parse(readFileSync(path, 'utf8')).data.churn;

  const { metrics, insights, section } = analyzeCustomers(documented, rest);

  expect(metrics).toMatchObject({ labelled: 300, toScore: 30, auc: 0.8207, expectedChurners: 13.4 });
  expect(insights[0]?.message).toContain('13 of 30 customers (95% interval 9 to 18)');
  expect(resultOf(section).contacts).toMatchObject({
    threshold: 0.2,
    atThreshold: { contacted: 0.7, perCustomer: 19 },
    contactEverybody: { perCustomer: 17 },
  });
});

describe('mistakes are named', () => {
  const problemsOf = (input: object) => JSON.stringify(churnInputSchema.safeParse(input).error?.issues);
  const one = { id: 'a', features: { plan: 'monthly' } };

  test.each([
    ['no customers', { customers: [] }, 'at least one customer'],
    ['a label of three kinds', { customers: [{ ...one, churned: 'maybe' }] }, 'and not \\"maybe\\"'],
    ['a label as a date', { customers: [{ ...one, churned: { at: 1 } }] }, 'must be true or false'],
    ['no features', { customers: [{ id: 'a' }] }, 'what is known of the customer'],
    ['a list as a feature', { customers: [{ ...one, features: { tags: ['a'] } }] }, 'features of their own'],
    ['no id', { customers: [{ features: {} }] }, 'the customer’s id'],
    ['percent for a share', { customers: [one], value: { ...VALUE, successRate: 25 } }, 'write 0.3 for 30%'],
    ['a gain of nothing', { customers: [one], value: { ...VALUE, keptCustomer: 0 } }, 'above 0'],
    ['seconds for milliseconds', { customers: [one], observedAt: 1_700_000_000 }, 'looks like seconds'],
  ])('%s', (_, input, message) => {
    expect(problemsOf(input)).toContain(message);
  });

  test('too many features', () => {
    const features = Object.fromEntries(Array.from({ length: 61 }, (_, index) => [`f${index}`, index]));

    expect(problemsOf({ customers: [{ id: 'a', features }] })).toContain('at most 60 different features');
  });
});
