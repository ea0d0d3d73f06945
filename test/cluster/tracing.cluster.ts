import { at, listAt } from '../mesh/world';
import { Cluster } from './cluster';
import { readManifests } from './manifests';
import { accepted } from './outcomes';
import { folderOf } from './rendered-systems';
import { until } from './run/until';
import { judge } from './table';
import { hasTool } from './tools/tools';

const judged = hasTool('jaeger') ? describe : describe.skip;
const STACK = readManifests(folderOf('staging', 'observability')).filter(({ kind, metadata }) =>
  kind === 'Namespace' || metadata.name.startsWith('jaeger') || ['default', 'deny-all', 'allow-mesh'].includes(metadata.name));
/** A frame goes to the collector, from there to face recognition, from there to the alerts, and from there to the panel. */
const WAY = ['camera-agent-1', 'collector', 'face-recognition', 'alerts', 'cpanel'];

judged('the rendered Jaeger, and the proxies and programs of the airport', () => {
  const cluster = new Cluster();
  beforeAll(async () => {
    await cluster.clear('airport');
    await cluster.clear('observability');
    await cluster.apply([...STACK, ...readManifests(folderOf('staging', 'airport'))]);
  });
  afterAll(async () => {
    await cluster.clear('airport');
    await cluster.clear('observability');
    cluster.close();
  });

  /** Traces that Jaeger shows, asked beside its proxy. */
  async function traces(service: string): Promise<readonly unknown[]> {
    const path = `/api/traces?service=${service}&limit=100`;
    const [{ body }] = await cluster.request({ from: 'jaeger', protocol: 'http', address: '127.0.0.1:16686', path });
    return listAt(JSON.parse(body), 'data');
  }
  const servicesOf = (trace: unknown): string[] => Object.values(Object(at(trace, 'processes')))
    .map((process) => String(at(process, 'serviceName')).replace('.airport', '')).sort();

  test('a request over four hops arrives as one trace', async () => {
    const frame = { from: WAY[0], protocol: 'http', address: 'collector.airport.svc.cluster.local:8080', method: 'POST', path: '/frame' } as const;
    const [sent] = await cluster.request(frame);
    expect(accepted(sent)).toBe(true);

    const whole = await until('the trace has come whole', async () =>
      (await traces(`${WAY[0]}.airport`)).find((trace) => WAY.every((name) => servicesOf(trace).includes(name))), 60);
    const names = new Set(servicesOf(whole));
    const measured = WAY.filter((name) => names.has(name)).length;
    judge({ asked: 'services of one trace of a request over four hops', of: 'Jaeger', expected: WAY.length, measured });
    const ids = new Set(listAt(whole, 'spans').map((span) => at(span, 'traceID')));
    expect(ids.size).toBe(1);
  });

  test('and no proxy refuses what it is told', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});
