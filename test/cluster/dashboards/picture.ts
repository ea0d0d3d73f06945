import * as echarts from 'echarts';
import { at, listAt } from '../../mesh/world';
import type { Curve } from '../rendered-prometheus';

/** One question of a panel, and what Prometheus answered. */
export interface Answer {
  readonly legend: string;
  readonly curves: readonly Curve[];
}
/** Answers to the questions of a panel, in their order. */
export type Ask = (expr: string) => readonly Curve[];

interface Grid { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

/** Grafana's grid has 24 columns, and 30 pixels a row. */
const [width, row, column, gap, head] = [1440, 30, 60, 4, 44];
const ink = '#24292e';
const small = { fontSize: 10, color: ink };
const colours = ['#5794f2', '#73bf69', '#ff9830', '#b877d9', '#f2495c', '#37872d', '#fade2a', '#8f3bb8', '#1f60c4', '#e02f44'];
const named: Readonly<Record<string, (value: number) => string>> = {
  percentunit: (value) => `${short(value * 100)} %`,
  ms: (value) => `${short(value)} ms`,
  s: (value) => (Math.abs(value) >= 86_400 ? `${short(value / 86_400)} d` : `${short(value)} s`),
  reqps: (value) => `${short(value)} req/s`,
  cps: (value) => `${short(value)} /s`,
  bytes: (value) => `${short(value)} B`,
  binBps: (value) => `${short(value)} B/s`,
  short,
};

/** A dashboard as Grafana lays it out, with what Prometheus has of each panel. */
export function picture(model: unknown, ask: Ask): string {
  const panels = listAt(model, 'panels');
  const height = head + row * Math.max(...panels.map((panel) => gridOf(panel).y + gridOf(panel).h)) + gap;
  const drawn = panels.map((panel) => {
    const { x, y, w, h } = gridOf(panel);
    const size = { left: x * column, top: head + y * row, width: w * column, height: h * row };
    if (at(panel, 'type') !== 'row') return framed(panel, size, ask);
    return text(String(at(panel, 'title')), { x: size.left + 10, y: size.top + 21, size: 14, bold: true });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#f4f5f5"/>`,
    text(String(at(model, 'title')), { x: 10, y: 29, size: 19, bold: true }),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

interface Size { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

function framed(panel: unknown, { left, top, width: wide, height: high }: Size, ask: Ask): string {
  const [w, h] = [wide - gap, high - gap];
  const answers = listAt(panel, 'targets').map((target): Answer => ({ legend: String(at(target, 'legendFormat')), curves: ask(String(at(target, 'expr'))) }));
  const isEmpty = answers.every(({ curves }) => curves.length === 0);
  const inside = isEmpty ? text('No data', { x: w / 2 - 28, y: h / 2 + 14, size: 13 }) : chart(panel, answers, w, h);
  const frame = `<rect width="${w}" height="${h}" rx="3" fill="#fff" stroke="#d8d9da"/>`;
  return `<svg x="${left}" y="${top}" width="${w}" height="${h}">${frame}${inside}${text(String(at(panel, 'title')), { x: 10, y: 20, size: 13 })}</svg>`;
}

function chart(panel: unknown, answers: readonly Answer[], w: number, h: number): string {
  const name = named[String(at(panel, 'fieldConfig.defaults.unit'))];
  const series = answers.flatMap(({ legend, curves }) => curves.map(({ metric, values }) => ({
    type: 'line' as const,
    name: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    data: values.map(([time, value]) => [time * 1000, Number(value)]).filter(([, value]) => Number.isFinite(value)),
    showSymbol: false,
    lineStyle: { width: 1 },
  })));
  const canvas = echarts.init(null, null, { renderer: 'svg', ssr: true, width: w, height: h });
  try {
    canvas.setOption({
      animation: false,
      color: colours,
      textStyle: { fontFamily: 'sans-serif', color: ink },
      grid: { left: 66, right: 12, top: 34, bottom: 48 },
      legend: {
        bottom: 2, left: 8, width: w - 20, type: 'scroll', itemWidth: 12, itemHeight: 3, itemGap: 12, icon: 'rect', textStyle: small, pageIconSize: 0,
        pageTextStyle: { fontSize: 0 },
      },
      xAxis: { type: 'time', splitNumber: 4, axisLabel: { ...small, formatter: '{HH}:{mm}:{ss}', hideOverlap: true } },
      yAxis: { type: 'value', min: Object(at(panel, 'fieldConfig.defaults')).min, splitNumber: 4, axisLabel: { ...small, formatter: name } },
      series: [...series, ...limit(panel)],
    });
    return canvas.renderToSVGString();
  } finally {
    canvas.dispose();
  }
}

/** The line that should not be crossed. */
function limit(panel: unknown): readonly object[] {
  const value = at(panel, 'fieldConfig.defaults.thresholds.steps.1.value');
  if (typeof value !== 'number') return [];
  const lineStyle = { color: '#e02f44', type: 'dashed' as const, width: 1 };
  return [{ type: 'line', data: [], markLine: { symbol: 'none', silent: true, label: { show: false }, lineStyle, data: [{ yAxis: value }] } }];
}

function text(words: string, { x, y, size, bold }: { readonly x: number; readonly y: number; readonly size: number; readonly bold?: boolean }): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" fill="${ink}"${bold ? ' font-weight="600"' : ''}>${safe}</text>`;
}

function gridOf(panel: unknown): Grid {
  return at(panel, 'gridPos') as Grid;
}

function short(value: number): string {
  const [size, word] = ([[1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const).find(([each]) => Math.abs(value) >= each) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${word}`;
}
