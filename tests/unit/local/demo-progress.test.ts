import { expect, test } from 'vitest';
import { createDemoProgress, drawBar } from '../../../local/client/demo-progress.ts';

const push = (event: string, analysisId: string) => ({
  event,
  eventId: `${analysisId}:${event}`,
  data: { analysisId },
});

test('the bar is empty at first and full at the end', () => {
  expect(drawBar(0, 4)).toBe(`[${'.'.repeat(30)}] 0/4`);
  expect(drawBar(4, 4)).toBe(`[${'#'.repeat(30)}] 4/4`);
});

test('what others submit meanwhile is neither counted nor drawn', () => {
  const progress = createDemoProgress();
  progress.submitted('own', 0);
  for (const id of ['other-1', 'other-2']) {
    progress.pushed(push('analytics:update', id), 5);
    progress.pushed(push('insight:new', id), 5);
  }
  progress.pushed(push('analytics:update', 'own'), 7);

  expect(drawBar(progress.done(), 1)).toContain('1/1');
  expect(progress.count('analytics:update')).toBe(1);
  expect(progress.count('insight:new')).toBe(0);
  expect(progress.latencies()).toEqual([7]);
});

test('a push that overtakes the answer to its submission counts as soon as the answer is there', () => {
  const progress = createDemoProgress();
  progress.pushed(push('analytics:failed', 'own'), 30);
  expect(progress.done()).toBe(0);
  progress.submitted('own', 10);

  expect(progress.done()).toBe(1);
  expect(progress.count('analytics:failed')).toBe(1);
  expect(progress.latencies()).toEqual([20]);
});
