import {
  GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode, SortOrder, TooltipDisplayMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder, DashboardLinkBuilder, DashboardLinkType, RowBuilder, ThresholdsConfigBuilder, ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** What a number is, in Grafana's words. */
export type Unit = 'ms' | 'reqps' | 'percentunit' | 'bytes' | 'binBps' | 'short' | 's' | 'cps';

/** One or more curves over time. */
export interface PanelSpec {
  /** What it shows. */
  readonly title: string;
  /** What its numbers are. */
  readonly unit: Unit;
  /** Queries by what their curves are called: `{{label}}` is filled in. */
  readonly curves: Readonly<Record<string, string>>;
  /** A line that should not be crossed, and on which side of it is what is bad. @default - none */
  readonly limit?: { readonly at: number; readonly bad: 'above' | 'below' };
  /** Whether its numbers may be below 0. @default false */
  readonly mayBeNegative?: boolean;
  /** What a reader should know. @default - nothing */
  readonly description?: string;
}

/** Panels that belong together, beside each other. */
export interface SectionSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** A dashboard. */
export interface DashboardSpec {
  /** What Grafana knows it by, and its file is called: at most 40 characters. */
  readonly uid: string;
  /** What it is called. */
  readonly title: string;
  /** Whose it is. */
  readonly tags: readonly string[];
  /** Dashboards that one goes on to, by their titles. */
  readonly links: Readonly<Record<string, string>>;
  /** What it shows, from top to bottom. */
  readonly sections: readonly SectionSpec[];
}

const [columns, height] = [24, 7];

/** The dashboard as Grafana reads it. */
export function dashboardModel({ uid, title, tags, links, sections }: DashboardSpec): unknown {
  const dashboard = new DashboardBuilder(title).uid(uid).tags([...tags]).readonly().refresh('1m').time({ from: 'now-3h', to: 'now' });
  for (const [name, to] of Object.entries(links)) dashboard.link(new DashboardLinkBuilder(name).type(DashboardLinkType.Link).url(`/d/${to}`).keepTime(true));
  for (const section of sections) {
    dashboard.withRow(new RowBuilder(section.title));
    const span = columns / Math.min(section.panels.length, 4);
    for (const panel of section.panels) dashboard.withPanel(panelOf(panel).span(span).height(height));
  }
  return dashboard.build();
}

function panelOf({ title, unit, curves, limit, mayBeNegative, description }: PanelSpec): PanelBuilder {
  const panel = new PanelBuilder().title(title).unit(unit).lineWidth(1).fillOpacity(5)
    .legend(new VizLegendOptionsBuilder().showLegend(true)).tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (description !== undefined) panel.description(description);
  if (!mayBeNegative) panel.min(0);
  if (limit) {
    const [low, high] = limit.bad === 'above' ? ['green', 'red'] : ['red', 'green'];
    panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: low }, { value: limit.at, color: high }]))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  for (const [index, [legend, expr]] of Object.entries(curves).entries()) {
    panel.withTarget({ build: () => queryOf(String.fromCharCode(65 + index), legend, expr) });
  }
  return panel;
}

/** What Grafana's own builder gives, with which one would load all of its newer models of dashboards. */
function queryOf(refId: string, legendFormat: string, expr: string): Dataquery {
  return { expr, refId, legendFormat, _implementsDataqueryVariant: () => undefined };
}
