import { readFolder } from '../../../src/checks/rendered';
import { Programs } from '../programs';
import { Recorder } from '../recorder';

jest.setTimeout(30_000); // nine programs on what processors there are

const programs = new Programs('staging/airport');
const recorder = new Recorder();
beforeAll(async () => {
  await programs.start(readFolder('dist'), { recorder: await recorder.listen() });
});
afterAll(async () => {
  await programs.stop();
  await recorder.close();
});

const ask: Programs['ask'] = async (...request) => programs.ask(...request);
const list = async (name: string, path: string): Promise<unknown[]> => JSON.parse((await ask(name, 'GET', path)).body);

/** Asks until the answer is right; fails after 5 s. */
async function eventually(right: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await right()) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error('not within 5 s');
}

test.each([['cpanel', 'CPanel v1 : Online'], ['cpanel-v2', 'CPanel v2 : Online'], ['collector', 'Collector v1 : Online'], ['alerts', 'Alerts v1 : Online'],
  ['section-1', 'Section 1 v1 : Online']])('%s says what it is, its version and its pod', async (name, body) => {
  const answer = await ask(name, 'GET', '/status');
  expect([answer.status, answer.body, answer.headers.get('x-pod')]).toEqual([200, body, `MY_POD_NAME-of-${name}`]);
  expect(answer.headers.get('x-version')).toBe(name === 'cpanel-v2' ? 'v2' : 'v1');
});

test.each([
  '/', '/index', '/status', '/analysis', '/alert', '/collector/status', '/alerts/', '/alerts/status', '/cameras', '/cameras/1/state', '/cameras/2/frame',
  '/sections', '/sections/1/status', '/sections/1/persons', '/static/a.css',
])('the panel answers %s', async (path) => {
  expect((await ask('cpanel', 'GET', path)).status).toBe(200);
});

test.each(['/nothing', '/cameras/9/state', '/sections/9/status', '/alerts/99'])('the panel does not know %s', async (path) => {
  expect((await ask('cpanel', 'GET', path)).status).toBe(404);
});

test('production makes cameras send frames, and what is seen in them comes to the section, the panel and the alerts', async () => {
  expect(JSON.parse((await ask('cpanel', 'GET', '/cameras/1/state')).body)).toEqual({ streaming: false });
  expect((await ask('cpanel', 'GET', '/production?toggle=on')).status).toBe(200);
  expect(JSON.parse((await ask('cpanel', 'GET', '/cameras/1/state')).body)).toEqual({
    streaming: true, section: '1', destination: 'http://collector.airport.svc.cluster.local:8080', event: 'exit',
  });

  await eventually(async () => (await list('section-1', '/persons')).length > 0);
  await eventually(async () => (await list('cpanel', '/analysis')).length > 0);
  await eventually(async () => (await list('cpanel', '/alert')).length > 0);
  expect(await list('cpanel', '/sections/1/persons')).toContainEqual({ persons: [{ age: '20-30', gender: 'male' }], event: 'entry' });

  await ask('cpanel', 'GET', '/production?toggle=off');
  expect(JSON.parse((await ask('camera-agent-2', 'GET', '/state')).body)).toEqual({ streaming: false });
});

test('alerts are kept, read one by one, and removed', async () => {
  const { id } = JSON.parse((await ask('alerts', 'POST', '/', { alert: 'smoke' })).body);
  expect(JSON.parse((await ask('alerts', 'GET', `/${id}`)).body)).toEqual({ alert: 'smoke' });
  await ask('alerts', 'DELETE', `/${id}`);
  expect((await ask('alerts', 'GET', `/${id}`)).status).toBe(404);
});

test('a collector that is told to fails, and the panel passes that on', async () => {
  await ask('collector', 'GET', '/fault');
  const answer = await ask('cpanel', 'GET', '/collector/status');
  await ask('collector', 'GET', '/fault');
  expect([answer.status, answer.body]).toEqual([503, 'Collector v1 : Fault']);
  expect((await ask('cpanel', 'GET', '/collector/status')).status).toBe(200);
});

test('the configuration of the panel can be replaced', async () => {
  const before = { cameras: await list('cpanel', '/cameras'), sections: await list('cpanel', '/sections') };
  await ask('cpanel', 'PUT', '/config', { cameras: [], sections: [] });
  expect((await ask('cpanel', 'GET', '/cameras/1/state')).status).toBe(404);
  await ask('cpanel', 'PUT', '/config', before);
  expect((await ask('cpanel', 'GET', '/cameras/1/state')).status).toBe(200);
});

test('what is no JSON is refused', async () => {
  const answer = await fetch(`http://127.0.0.1:${programs.portOf('alerts')}/`, { method: 'POST', body: '{' });
  expect([answer.status, await answer.text()]).toEqual([400, 'the body must be JSON']);
});

test('a callee that cannot be reached is a bad gateway, and its failure is passed on', async () => {
  await ask('cpanel-v2', 'PUT', '/config', { cameras: [{ id: 1, url: 'http://nowhere.airport.svc.cluster.local:8080' }], sections: [] });
  const answer = await ask('cpanel-v2', 'GET', '/cameras/1/state');
  expect([answer.status, answer.body]).toEqual([502, 'http://nowhere.airport.svc.cluster.local:8080/state: unknown host nowhere.airport.svc.cluster.local']);
});

test('what tells requests of one trace and of a lane from others is passed on, and nothing else', async () => {
  await ask('cpanel-v2', 'PUT', '/config', { cameras: [{ id: 7, url: 'http://recorder' }], sections: [] });
  const passedOn = { 'x-request-id': 'a', 'x-b3-traceid': 'b', traceparent: 'c', 'x-lane': 'd' };
  await ask('cpanel-v2', 'GET', '/cameras/7/state', undefined, { ...passedOn, 'x-other': 'e' });
  expect(recorder.headers).toMatchObject(passedOn);
  expect(recorder.headers).not.toHaveProperty('x-other');
});
