/** One line of a tooltip. */
export interface TooltipRow {
  readonly color?: string;
  readonly name: string;
  readonly value: string;
}

const element = (tag: string, className: string, text = ''): HTMLElement => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

/** Made of elements rather than of markup: the page's policy forbids style attributes, and names may hold anything. */
export const tooltipElement = (title: string, rows: readonly TooltipRow[]): HTMLElement => {
  const box = element('div', 'chart-tooltip');
  if (title !== '') box.append(element('div', 'chart-tooltip-title', title));
  for (const { color, name, value } of rows) {
    const row = element('div', 'chart-tooltip-row');
    const mark = element('span', 'chart-tooltip-mark');
    if (color !== undefined) mark.style.backgroundColor = color;
    row.append(mark, element('span', 'chart-tooltip-name', name), element('span', 'chart-tooltip-value', value));
    box.append(row);
  }
  return box;
};
