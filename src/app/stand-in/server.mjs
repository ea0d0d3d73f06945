// What stands in for programs that nobody can get: it answers the paths that they are documented with, keeps what it is told in memory (or in FILENAME),
// and calls the others where the environment says.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT = '8080', VERSION = 'v1', MY_POD_NAME = 'local', FILENAME } = process.env;
/** What tells requests of one trace, and a lane, from others. */
const PASSED_ON = /^(x-request-id|x-b3-.*|traceparent|tracestate|b3|x-lane)$/;

/** An answer. */
export const ok = (body, type = 'application/json') => ({ status: 200, body: typeof body === 'string' ? body : JSON.stringify(body), type });
/** The answer to what is not there. */
export const notFound = { status: 404, body: 'not found', type: 'text/plain' };

/** Asks another program, and gives its answer as one's own; what cannot be reached is a bad gateway. */
export async function ask(method, url, { passedOn = {} }, body) {
  try {
    const answer = await fetch(url, { method, headers: { ...passedOn, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    return { status: answer.status, body: await answer.text(), type: answer.headers.get('content-type') ?? 'text/plain' };
  } catch (error) {
    return { status: 502, body: `${url}: ${error.cause?.message ?? error.message}`, type: 'text/plain' };
  }
}

/** A list that outlives the program where it has a file. */
export function kept() {
  const list = [];
  try {
    list.push(...JSON.parse(readFileSync(FILENAME, 'utf8')));
  } catch { /* there is none yet */ }
  return {
    list,
    add(entry) {
      list.push(entry);
      if (FILENAME) writeFileSync(FILENAME, JSON.stringify(list));
      return list.length - 1;
    },
    remove(index) {
      list.splice(index, 1, null);
      if (FILENAME) writeFileSync(FILENAME, JSON.stringify(list));
    },
  };
}

/** Serves one of several programs, by its name. */
export function serve(programs, name) {
  const answersOf = programs[name];
  if (!answersOf) throw new Error(`the first argument must be one of ${Object.keys(programs).join(', ')}, got ${name}`);
  /** Paths as expressions; those with fewer variables come first. */
  const routes = Object.entries(answersOf()).map(([key, answer]) => {
    const [method, path] = key.split(' ');
    return { method, path: new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`), variables: path.split(':').length, answer };
  }).sort((a, b) => a.variables - b.variables);

  async function respond(incoming) {
    const url = new URL(incoming.url, 'http://localhost');
    const route = routes.find(({ method, path }) => method === incoming.method && path.test(url.pathname));
    if (!route) return notFound;
    const text = (await incoming.setEncoding('utf8').toArray()).join('');
    const passedOn = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => PASSED_ON.test(name)));
    let json = {};
    try {
      if (text) json = JSON.parse(text);
    } catch {
      return { status: 400, body: 'the body must be JSON', type: 'text/plain' };
    }
    return route.answer({ ...route.path.exec(url.pathname).groups, query: url.searchParams, json, passedOn });
  }

  const server = createServer(async (incoming, outgoing) => {
    const { status, body, type } = await respond(incoming);
    console.log(`${incoming.method} ${incoming.url} ${status}`);
    outgoing.writeHead(status, { 'content-type': type, 'x-version': VERSION, 'x-pod': MY_POD_NAME }).end(body);
  }).listen(Number(PORT));
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
}
