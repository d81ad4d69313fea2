import type { Severity } from '../api/contract.ts';
import type { ThemeName } from '../theme/theme.ts';

/**
 * Colours of charts. The series colours are those of Okabe and Ito, which readers with any kind of colour blindness can
 * tell apart, in the order that keeps neighbours far from each other; on a dark ground the dark ones are lightened. No
 * meaning rests on colour alone: series differ by dash and symbol as well, severities by shape.
 * @see https://jfly.uni-koeln.de/color/
 */
export interface ChartTheme {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly series: readonly string[];
  readonly severity: { readonly [severity in Severity]: string };
  /** From few to many. */
  readonly scale: readonly string[];
}

const LIGHT: ChartTheme = {
  text: '#1b2330',
  muted: '#596575',
  line: '#e2e6ec',
  surface: '#ffffff',
  series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#4b5563', '#8c6bb1'],
  severity: { info: '#0072b2', warning: '#b87a00', critical: '#c43d00' },
  scale: ['#eef5fa', '#b5d6ea', '#62a8d1', '#1f7ab5', '#004c7a'],
};

const DARK: ChartTheme = {
  text: '#e6eaf0',
  muted: '#9aa6b6',
  line: '#2a323e',
  surface: '#171d26',
  series: ['#56b4e9', '#f0883e', '#2fc79a', '#e39bc4', '#f0c23c', '#8fb8ff', '#aeb8c6', '#b79ae0'],
  severity: { info: '#56b4e9', warning: '#f0c23c', critical: '#ff7a45' },
  scale: ['#1d2733', '#1f4a6b', '#2b76a8', '#56b4e9', '#c4e6fb'],
};

export const chartTheme = (name: ThemeName): ChartTheme => (name === 'dark' ? DARK : LIGHT);

const DASHES = ['solid', [6, 3], [2, 2], [8, 3, 2, 3]] as const;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'] as const;

export interface SeriesStyle {
  readonly color: string;
  readonly dash: 'solid' | number[];
  readonly symbol: string;
}

/** How the series at an index is told from the others. */
export const seriesStyle = ({ series }: ChartTheme, index: number): SeriesStyle => {
  const dash = DASHES[index % DASHES.length] ?? 'solid';
  return {
    color: series[index % series.length] ?? '#888888',
    dash: dash === 'solid' ? dash : [...dash],
    symbol: SYMBOLS[index % SYMBOLS.length] ?? 'circle',
  };
};

export const SEVERITY_SYMBOLS: { readonly [severity in Severity]: string } = {
  info: 'circle',
  warning: 'diamond',
  critical: 'triangle',
};
