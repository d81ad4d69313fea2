import type { Job } from '../../core/analysis.ts';
import type { DeadLetterQueue, JobQueue, PushQueue } from '../../core/ports.ts';
import type { PushMessage } from '../../core/push-event.ts';

/** Queues that keep what they were sent, in the order it came. */
export const createMemoryQueues = () => {
  const jobs: Job[] = [];
  const deadLetters: { job: Job; code: string }[] = [];
  const pushes: PushMessage[] = [];
  const jobQueue: JobQueue = {
    async send(job) {
      jobs.push(job);
    },
    async sendMany(many) {
      jobs.push(...many);
      return [];
    },
  };
  const deadLetterQueue: DeadLetterQueue = {
    async send(job, { code }) {
      deadLetters.push({ job, code });
    },
  };
  const pushQueue: PushQueue = {
    async send(message) {
      pushes.push(message);
    },
  };
  return { jobs, deadLetters, pushes, jobQueue, deadLetterQueue, pushQueue };
};
