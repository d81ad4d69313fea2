import type { Dashboard, Widget } from '../api/contract.ts';
import { firstFreePlace } from '../layout/grid-layout.ts';
import type { Session } from '../session/session.ts';
import { firstSize } from '../widgets/widget-draft.ts';
import { WidgetForm } from '../widgets/widget-form.tsx';
import type { DashboardModel } from './dashboard-model.ts';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';

/** What is open above the dashboard. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'widget'; readonly widget: Widget | undefined }
  | { readonly kind: 'settings' }
  | { readonly kind: 'share' };

const withWidget = (dashboard: Dashboard, widget: Widget): Dashboard => {
  const isKnown = dashboard.widgets.some(({ id }) => id === widget.id);
  const widgets = isKnown
    ? dashboard.widgets.map((other) => (other.id === widget.id ? widget : other))
    : [...dashboard.widgets, widget];
  return { ...dashboard, widgets };
};

export interface OverlaysProps {
  readonly overlay: Overlay;
  readonly model: DashboardModel;
  readonly session: Session;
  readonly dashboard: Dashboard;
  readonly onClose: () => void;
}

/** The dialogs in which a dashboard is changed and shared. */
export const Overlays = ({ overlay, model, session, dashboard, onClose }: OverlaysProps) => {
  if (overlay.kind === 'share') {
    return <ShareDialog api={session.api} id={dashboard.id} onClose={onClose} />;
  }
  if (overlay.kind === 'settings') {
    const save = async (part: Partial<Dashboard>): Promise<void> => {
      await model.save({ ...dashboard, ...part });
      await model.readData();
    };
    return <SettingsDialog dashboard={dashboard} onSave={save} onClose={onClose} />;
  }
  if (overlay.kind !== 'widget') return null;
  const { widget } = overlay;
  const at = dashboard.widgets.findIndex(({ id }) => id === widget?.id);
  return (
    <WidgetForm
      widget={widget}
      index={at < 0 ? dashboard.widgets.length : at}
      catalog={session.catalog.value}
      onSave={async (part) => {
        const id = widget?.id ?? `w-${crypto.randomUUID().slice(0, 8)}`;
        const position = widget?.position ?? firstFreePlace(dashboard.widgets, firstSize(part.type));
        await model.save(withWidget(dashboard, { ...part, id, position }));
        await model.readData();
      }}
      onClose={onClose}
    />
  );
};
