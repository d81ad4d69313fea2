import { expect, test } from 'vitest';
import { succeededMessages } from '../../../local/event-sources/sqs-record.ts';

const batch = [{ messageId: 'a' }, { messageId: 'b' }, { messageId: 'c' }];

test.each([
  ['nothing reported', { batchItemFailures: [] }, ['a', 'b', 'c']],
  ['no answer at all', null, ['a', 'b', 'c']],
  ['another answer', { done: true }, ['a', 'b', 'c']],
  ['null in place of a list', { batchItemFailures: null }, ['a', 'b', 'c']],
  ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['a', 'c']],
  ['a failure of no message of the batch', { batchItemFailures: [{ itemIdentifier: 'x' }] }, []],
  ['a failure without an identifier', { batchItemFailures: [{}] }, []],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, []],
  ['null as a failure', { batchItemFailures: [null] }, []],
  ['text in place of a list', { batchItemFailures: 'b' }, []],
])('with %s, those succeeded', (_, answer, succeeded) => {
  expect(succeededMessages(batch, answer).map(({ messageId }) => messageId)).toEqual(succeeded);
});
