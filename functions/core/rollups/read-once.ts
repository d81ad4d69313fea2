import type { FiledPage, RollupStore } from './rollup-store.ts';

/** Puts each question once, and gives the same answer to whoever asks it again. */
export const once = <Question extends readonly unknown[], Answer>(
  ask: (...question: Question) => Promise<Answer>,
): ((...question: Question) => Promise<Answer>) => {
  const asked = new Map<string, Promise<Answer>>();
  return (...question) => {
    const key = JSON.stringify(question);
    const answer = asked.get(key) ?? ask(...question);
    asked.set(key, answer);
    return answer;
  };
};

/**
 * A rollup store as several readings of one moment see it. They mostly look at the same notes and the same fresh
 * contributions, which hold every metric of a plugin. Readers take notes before rollups, so an answer that is older than
 * the reading leaves nothing out that had ended before the first one began.
 */
export const readOnce = (rollups: RollupStore): RollupStore => {
  const pages = once(async (...question: Parameters<RollupStore['contributions']>): Promise<FiledPage[]> => {
    const filed: FiledPage[] = [];
    for await (const page of rollups.contributions(...question)) filed.push(page);
    return filed;
  });
  return {
    ...rollups,
    pending: once(rollups.pending),
    readMerged: once(rollups.readMerged),
    readHours: once(rollups.readHours),
    readDays: once(rollups.readDays),
    async *contributions(...question) {
      yield* await pages(...question);
    },
  };
};
