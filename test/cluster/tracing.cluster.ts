import { randomBytes } from 'node:crypto';
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

  /** Services of one trace, as Jaeger shows it, asked beside its proxy; none that it does not know. */
  async function servicesOf(traceId: string): Promise<string[]> {
    const [{ status, body }] = await cluster.request({ from: 'jaeger', protocol: 'http', address: '127.0.0.1:16686', path: `/api/traces/${traceId}` });
    const processes = status === 200 ? listAt(JSON.parse(body), 'data').flatMap((trace) => Object.values(Object(at(trace, 'processes')))) : [];
    return processes.map((process) => String(at(process, 'serviceName')).replace('.airport', ''));
  }

  /** Sends a frame as part of a trace that its sender began, of which it says whether it is followed. */
  async function frame(isFollowed: boolean): Promise<string> {
    const traceId = randomBytes(16).toString('hex');
    const [sent] = await cluster.request({
      from: WAY[0], protocol: 'http', address: 'collector.airport.svc.cluster.local:8080', method: 'POST', path: '/frame',
      headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-0${isFollowed ? 1 : 0}` },
    });
    expect(accepted(sent)).toBe(true);
    return traceId;
  }

  test('a request over four hops arrives as the trace that its sender began', async () => {
    const traceId = await frame(true);
    const missing = async (): Promise<string[]> => {
      const found = await servicesOf(traceId);
      return WAY.filter((name) => !found.includes(name));
    };
    await until('the trace has come whole', async () => (await missing()).length === 0, 60).catch(() => {});
    expect(await missing()).toEqual([]);
    judge({ asked: 'services of the trace of a request over four hops', of: 'Jaeger', expected: WAY.length, measured: WAY.length - (await missing()).length });
  });

  test('who is asked first decides: a request that its sender does not follow is followed by nobody', async () => {
    const [quiet, later] = [await frame(false), await frame(true)];
    await until('what came later is there', async () => (await servicesOf(later)).length > 0, 60);
    expect(await servicesOf(quiet)).toEqual([]);
  });

  test('and no proxy refuses what it is told', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});
