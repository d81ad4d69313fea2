import { computed, effect, signal } from '@preact/signals';

/** Light or dark: as the system is set, until the reader chooses. */

export type ThemeName = 'light' | 'dark';

const KEY = 'ai-analytics.theme';

const isThemeName = (value: string | null): value is ThemeName => value === 'light' || value === 'dark';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const system = signal<ThemeName>(systemIsDark.matches ? 'dark' : 'light');
const stored = localStorage.getItem(KEY);
const chosen = signal<ThemeName | undefined>(isThemeName(stored) ? stored : undefined);

export const theme = computed<ThemeName>(() => chosen.value ?? system.value);

export const followTheme = (): void => {
  systemIsDark.addEventListener('change', ({ matches }) => {
    system.value = matches ? 'dark' : 'light';
  });
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
  });
};

export const switchTheme = (): void => {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  chosen.value = next;
  localStorage.setItem(KEY, next);
};
