import type { ComponentChildren } from 'preact';
import type { Widget } from '../api/contract.ts';
import { WidgetGrid } from '../layout/widget-grid.tsx';
import type { MenuItem } from '../menu.tsx';
import { WidgetCard } from '../widgets/widget-card.tsx';
import type { DashboardModel } from './dashboard-model.ts';
import { FirstSteps } from './first-steps.tsx';

export interface DashboardViewProps {
  readonly model: DashboardModel;
  readonly isEditing: boolean;
  readonly actionsOf?: (widget: Widget) => readonly MenuItem[];
}

const NO_ALARMS: ReadonlySet<string> = new Set();

/** The widgets of a dashboard, and above them what stands in the way of reading them. */
export const DashboardView = ({ model, isEditing, actionsOf = () => [] }: DashboardViewProps) => {
  const dashboard = model.dashboard.value;
  if (dashboard === undefined) return null;
  const answers = model.answers.value;
  const card = (widget: Widget, handles: ComponentChildren) => (
    <WidgetCard
      widget={widget}
      answer={answers[widget.id]}
      newAlarms={model.newAlarms.value[widget.id] ?? NO_ALARMS}
      handles={handles}
      actions={actionsOf(widget)}
    />
  );
  const shown = dashboard.widgets.filter(({ type }) => type !== 'text');
  return (
    <>
      <FirstSteps widgets={shown} answers={answers} range={model.range.value ?? dashboard.timeRange} />
      <WidgetGrid
        items={dashboard.widgets}
        canArrange={isEditing}
        onArrange={(widgets) => model.saveQuietly({ ...dashboard, widgets })}
      >
        {card}
      </WidgetGrid>
    </>
  );
};
