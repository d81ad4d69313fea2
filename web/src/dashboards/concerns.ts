import type { Widget } from '../api/contract.ts';

/** Whether a plugin's new result can change what a widget shows. The service writes sources by their full names. */
export const concerns = ({ config }: Pick<Widget, 'config'>, plugin: string): boolean => {
  const sources = [config.dataSource, config.x, config.y].filter((source) => source !== undefined);
  return sources.some((source) => source.startsWith(`${plugin}.`));
};
