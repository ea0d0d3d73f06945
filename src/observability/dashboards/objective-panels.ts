import { latencyInWords } from '../../graph/objective';
import { Callee } from '../../graph/party';
import { budgetLeft, burnRate, promisesOf } from '../objectives';
import { trafficOf } from '../requests';
import { WatchedNamespace } from '../watched';
import type { PanelSpec, SectionSpec } from './panels';

/** What a service promised, and how it keeps it: nothing where it promised nothing. */
export function objectiveSection(watched: WatchedNamespace, callee: Callee): readonly SectionSpec[] {
  const curves = promisesOf(watched).filter((promise) => promise.callee === callee).flatMap((promise) => {
    const { caller, slo: { availability, latency } } = promise;
    const to = caller ? ` to ${trafficOf(caller).source_canonical_service}` : '';
    return [
      ...(availability === undefined ? [] : [{ name: `${availability} %${to}`, promise, what: 'availability' as const }]),
      ...(latency ? [{ name: `${latencyInWords(latency)}${to}`, promise, what: 'latency' as const }] : []),
    ];
  });
  if (curves.length === 0) return [];
  const of = (query: (curve: typeof curves[number]) => string): PanelSpec['curves'] => Object.fromEntries(curves.map((curve) => [curve.name, query(curve)]));
  return [{
    title: 'What it promised',
    panels: [
      {
        title: 'Error budget left of 30 days', unit: 'percentunit', mayBeNegative: true, limit: { at: 0, bad: 'below' },
        description: 'All of it is 100 %. Below 0 the objective is missed.',
        curves: of(({ promise, what }) => budgetLeft(promise, what)),
      },
      {
        title: 'How fast the budget burns', unit: 'short', limit: { at: 1, bad: 'above' },
        description: 'Times as fast as the objective allows, over the last hour. Above 1 for 30 days it is missed.',
        curves: of(({ promise, what }) => burnRate(promise, what, '1h')),
      },
    ],
  }];
}
