import plugin from '../../plugins/predictive/index.ts';
import { processContext } from './process-context.ts';

/** The plugin's answer; the sections beside insights are its own. */
export const predict = async (data: object): Promise<ReturnType<typeof JSON.parse>> =>
  JSON.parse(JSON.stringify(await plugin.process(plugin.input.parse(data), processContext())));

/** What is wrong with an input, as its sender is told. */
export const problemsOf = (data: object): string => JSON.stringify(plugin.input.safeParse(data).error?.issues);
