// Stands in for the airport's programs, whose images are gone. One argument says which.
import { readFileSync } from 'node:fs';
import { ask, kept, notFound, ok, serve } from './server.mjs';

const { VERSION = 'v1', URL_K8S_SUFFIX = '', SECTION = '1', FILENAME, FRAME_PERIOD_MS = '1000' } = process.env;

const online = (name) => ok(`${name} ${VERSION} : Online`, 'text/plain');

function cpanel() {
  const { URL_COLLECTOR, URL_ALERTS } = process.env;
  let config = FILENAME ? JSON.parse(readFileSync(FILENAME, 'utf8')) : { cameras: [], sections: [] };
  const analysis = [];
  const alerts = [];
  const camera = (id) => config.cameras.find((each) => each.id === Number(id));
  const section = (id) => config.sections.find((each) => each.id === Number(id));
  const streaming = (on, { section: of, type }) => ({ streaming: on, section: String(of), destination: URL_COLLECTOR, event: type });
  return {
    'GET /': () => ok(`<h1>CPanel ${VERSION}</h1>`, 'text/html'),
    'GET /index': () => ok(`<h1>CPanel ${VERSION}</h1>`, 'text/html'),
    'GET /status': () => online('CPanel'),
    'GET /analysis': () => ok(analysis),
    'POST /analysis': ({ json }) => ok({ kept: analysis.push(json) }),
    'GET /alert': () => ok(alerts),
    'POST /alert': ({ json }) => ok({ kept: alerts.push(json) }),
    'GET /collector/status': (request) => ask('GET', `${URL_COLLECTOR}/status`, request),
    'GET /alerts/': (request) => ask('GET', `${URL_ALERTS}/`, request),
    'GET /alerts/:id': (request) => ask('GET', `${URL_ALERTS}/${request.id}`, request),
    'GET /cameras': () => ok(config.cameras),
    'GET /cameras/:id/:what': (request) => (camera(request.id) ? ask('GET', `${camera(request.id).url}/${request.what}`, request) : notFound),
    'POST /cameras/:id/stream': (request) => (camera(request.id) ? ask('POST', `${camera(request.id).url}/stream`, request, request.json) : notFound),
    'GET /sections': () => ok(config.sections),
    'GET /sections/:id/:what': (request) => (section(request.id) ? ask('GET', `${section(request.id).url}/${request.what}`, request) : notFound),
    'GET /production': async (request) => {
      const on = request.query.get('toggle') === 'on';
      const answers = await Promise.all(config.cameras.map((each) => ask('POST', `${each.url}/stream`, request, streaming(on, each))));
      return answers.find(({ status }) => status !== 200) ?? ok({ production: on ? 'on' : 'off' });
    },
    'PUT /config': ({ json }) => ok((config = json)),
    'GET /static/:file': ({ file }) => ok(`/* ${file} */`, 'text/css'),
  };
}

function collector() {
  const { URL_IMAGE_ANALYZE, URL_FACE_RECOGNITION, URL_CPANEL, URL_ALERTS } = process.env;
  let faulty = false;
  return {
    'GET /status': () => (faulty ? { status: 503, body: `Collector ${VERSION} : Fault`, type: 'text/plain' } : online('Collector')),
    'GET /fault': () => ok({ faulty: (faulty = !faulty) }),
    'POST /frame': async (request) => {
      const frame = request.json;
      void ask('POST', URL_FACE_RECOGNITION, request, { ...frame, destination: URL_ALERTS });
      const seen = await ask('POST', URL_IMAGE_ANALYZE, request, frame);
      if (seen.status === 200) {
        const persons = { ...JSON.parse(seen.body), event: frame.event };
        await ask('POST', `http://section-${frame.section}${URL_K8S_SUFFIX}:8080/persons`, request, persons);
        await ask('POST', URL_CPANEL, request, { ...persons, section: frame.section });
      }
      return ok({ collected: true });
    },
  };
}

function cameraAgent() {
  let state = { streaming: false };
  let timer;
  const send = (request) => ask('POST', `${state.destination}/frame`, request, { section: state.section, event: state.event, image: 'a frame' });
  return {
    'GET /state': () => ok(state),
    'GET /frame': () => ok({ image: 'a frame' }),
    'POST /stream': (request) => {
      clearInterval(timer);
      state = request.json.streaming ? request.json : { streaming: false };
      if (state.streaming) timer = setInterval(send, Number(FRAME_PERIOD_MS), { passedOn: request.passedOn }).unref();
      return ok(state);
    },
  };
}

function section() {
  const persons = kept();
  return {
    'GET /status': () => online(`Section ${SECTION}`),
    'GET /persons': () => ok(persons.list),
    'POST /persons': ({ json }) => ok({ id: persons.add(json) }),
  };
}

function alerts() {
  const { URL_CPANEL } = process.env;
  const all = kept();
  return {
    'GET /status': () => online('Alerts'),
    'GET /': () => ok(all.list.filter(Boolean)),
    'GET /:id': ({ id }) => (all.list[id] ? ok(all.list[id]) : notFound),
    'DELETE /:id': ({ id }) => (all.remove(Number(id)), ok({ removed: Number(id) })),
    'POST /': async (request) => {
      const id = all.add(request.json);
      await ask('POST', URL_CPANEL, request, { id, ...request.json });
      return ok({ id });
    },
  };
}

const imageAnalysis = () => ({ 'POST /frame': () => ok({ persons: [{ age: '20-30', gender: 'male' }] }) });

const faceRecognition = () => ({
  'POST /frame': (request) => {
    const { destination, section: of } = request.json;
    if (destination) void ask('POST', `${destination}/`, request, { section: of, alert: 'a face that is looked for' });
    return ok({ persons: [{ name: 'PersonX' }] });
  },
});

serve({
  'cpanel': cpanel, 'collector': collector, 'camera-agent': cameraAgent, 'section': section, 'alerts': alerts,
  'image-analysis': imageAnalysis, 'face-recognition': faceRecognition,
}, process.argv[2]);
