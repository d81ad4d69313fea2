import type { HostCall, HostMessage, ThreadMessage } from './protocol.ts';

/** What the thread asks of the worker: the clients of stores live on its side. */
export interface HostCalls {
  ask(call: HostCall): Promise<unknown>;
  settle(message: Extract<HostMessage, { kind: 'answer' | 'refusal' }>): void;
}

export const createHostCalls = (post: (message: ThreadMessage) => void): HostCalls => {
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let lastCall = 0;
  return {
    ask(call) {
      const answer = Promise.withResolvers<unknown>();
      lastCall += 1;
      pending.set(lastCall, answer);
      post({ kind: 'call', callId: lastCall, call });
      return answer.promise;
    },
    settle(message) {
      const answer = pending.get(message.callId);
      pending.delete(message.callId);
      if (message.kind === 'answer') answer?.resolve(message.value);
      else answer?.reject(new Error(message.message));
    },
  };
};
