import { useEffect, useState } from 'preact/hooks';
import type { OverlaysProps } from './overlays.tsx';

type Module = typeof import('./overlays.tsx');

/** The dialogs, loaded when the first of them is opened: whoever only reads never needs them. */
export const LazyOverlays = (props: OverlaysProps) => {
  const [loaded, setLoaded] = useState<Module>();
  useEffect(() => {
    import('./overlays.tsx').then(setLoaded);
  }, []);
  return loaded === undefined ? null : <loaded.Overlays {...props} />;
};
