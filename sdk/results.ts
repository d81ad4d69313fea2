import type { AnalyticsClient, Page } from './api.ts';
import type { Http } from './http.ts';
import type { AnalysisView } from './wire.ts';

type Results = Pick<AnalyticsClient, 'result' | 'queryPage' | 'query'>;

export const createResults = (http: Http): Results => {
  const result: Results['result'] = async (analysisId, options) => {
    const path = `/api/analytics/result/${encodeURIComponent(analysisId)}`;
    const { success: _, ...view } = (await http('GET', path, options)) as AnalysisView & { success: true };
    return view.resultUrl === undefined ? view : { ...view, result: await http('GET', view.resultUrl, options) };
  };

  const queryPage: Results['queryPage'] = async (query, options) => {
    const body = JSON.stringify(query);
    const { results, nextCursor } = (await http('POST', '/api/analytics/query', { ...options, body })) as Page;
    return { results, nextCursor };
  };

  return {
    result,
    queryPage,
    async *query(query, options) {
      for (let cursor: string | null | undefined = query.cursor; cursor !== null; ) {
        const page: Page = await queryPage(cursor === undefined ? query : { ...query, cursor }, options);
        yield* page.results;
        cursor = page.nextCursor;
      }
    },
  };
};
