import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { objectsIn } from '../../src/checks/rendered';
import { signer } from '../security/tokens';
import { type CertificateSecret, certificateSecret } from './certificate';
import { Cluster } from './cluster';
import { meshValues, needOfMesh } from './control/istiod';
import type { KubeObject } from './control/kube-client';
import { Browser } from './login/browser';
import { workloads } from './manifests';
import { AUDIENCE, CLIENT, DESK, DESK_CLIENT, DESK_HOST, HOST, ISSUER_HOST, LOBBY, NEWS_HOST, lobby } from './login/lobby';
import { NODE_ADDRESS, NODE_NAMESPACE } from './run/namespaces';
import { start, type RunningProcess } from './run/processes';
import { runFolder } from './run/records';
import type { Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';
import { hasTool } from './tools/tools';

const missing = hasTool('oauth2-proxy') ? undefined : 'oauth2-proxy is not built: run `npm run test:cluster:tools`';
const judged = missing === undefined ? describe : describe.skip;
if (missing !== undefined) console.warn(missing);

const PAGE = `https://${HOST}/orders?open=yes`;
const NEWS = `https://${NEWS_HOST}/today`;
const PEOPLE = {
  ann: { email: 'ann@example.com', email_verified: true, groups: ['staff'] },
  bob: { email: 'bob@example.com', email_verified: true, groups: ['guests'] },
  cid: { groups: ['staff'] },
  dan: { email: 'ann@example.com', email_verified: false, groups: ['staff'] },
};
const keys = signer('RS256');
const files = lobby(keys.keySet);
const objects = objectsIn(files).map(({ content }) => content as KubeObject);
const clientSecret = randomBytes(18).toString('base64url');
const secretOf = (namespace: string, name: string, data: Readonly<Record<string, string>>): KubeObject & { readonly stringData: object } =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: data });

/** An OpenID provider on the node, with a certificate that the proxy is told to trust. */
function startIssuer(certificate: CertificateSecret): RunningProcess {
  const folder = join(runFolder, 'issuer');
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(certificate.data)) writeFileSync(join(folder, file), Buffer.from(String(text), 'base64'));
  const client = { client_id: CLIENT, client_secret: clientSecret, redirect_uris: [HOST, NEWS_HOST].map((host) => `https://${host}/oauth2/callback`) };
  const jwks = { keys: [{ ...keys.privateKey.export({ format: 'jwk' }), kid: keys.kid, alg: keys.alg, use: 'sig' }] };
  const [key, file] = ['tls.key', 'tls.crt'].map((name) => join(folder, name));
  const settings = {
    issuer: `https://${ISSUER_HOST}`, address: NODE_ADDRESS, client, audience: AUDIENCE, people: PEOPLE, jwks, key, certificate: file, tokenSeconds: 10,
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  return start({
    command: [process.execPath, join(__dirname, 'login', 'issuer.mjs'), join(folder, 'settings.json')],
    namespace: NODE_NAMESPACE, log: join(runFolder, 'log', 'issuer.log'),
  });
}

judged('a login', () => {
  const cluster = new Cluster();
  const tls = [certificateSecret('istio-system', 'lobby-tls', HOST), certificateSecret('istio-system', 'desk-tls', DESK_HOST)];
  let issuer: RunningProcess;
  let dials: Readonly<Record<string, string>>;
  const browser = (): Browser => new Browser(cluster, dials);
  const echoed = ({ body }: Outcome): Readonly<Record<string, string>> => JSON.parse(body).headers;

  beforeAll(async () => {
    for (const namespace of [LOBBY, DESK]) await cluster.clear(namespace);
    const certificate = certificateSecret(LOBBY, 'issuer', ISSUER_HOST);
    issuer = startIssuer(certificate);
    await cluster.nameOutside(ISSUER_HOST, NODE_ADDRESS);
    const [gateway] = await cluster.pods('istio-ingressgateway');
    dials = { [DESK_HOST]: gateway.status!.podIP!, [HOST]: gateway.status!.podIP!, [NEWS_HOST]: gateway.status!.podIP!, [ISSUER_HOST]: NODE_ADDRESS };
    const authority = Buffer.from(certificate.data['tls.crt'], 'base64').toString();
    const given = [
      ...tls, ...[LOBBY, DESK].flatMap((namespace) => [
        secretOf(namespace, 'login', { 'client-secret': clientSecret, 'cookie-secret': randomBytes(16).toString('hex') }),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'issuer-ca', namespace }, data: { 'ca.crt': authority } },
      ]),
    ];
    await cluster.submit(objects.filter(({ kind }) => kind === 'Namespace'));
    await cluster.submit(given);
    await cluster.apply(objects);
  });
  afterAll(async () => {
    await cluster.remove(objects.filter(({ metadata }) => metadata.namespace === 'istio-system'));
    needOfMesh();
    for (const namespace of [LOBBY, DESK]) await cluster.clear(namespace);
    await cluster.remove(tls);
    await cluster.nameOutside(ISSUER_HOST);
    await issuer.stop();
    cluster.close();
  });

  test('lets nobody in while the mesh does not know its provider', async () => {
    judge({ asked: 'a page', of: 'a mesh without the provider', expected: 403, measured: (await browser().get(PAGE)).status });
  });

  test('sends a person to the issuer, once the mesh config has what istiod-values.yaml says', async () => {
    needOfMesh(meshValues(files.get('test/istiod-values.yaml')!));
    await until('the gateway asks the login', async () => (await browser().get(PAGE)).status === 302, 60);
    const outcome = await browser().get(PAGE);
    const to = new URL(outcome.headers!.location);
    expect([to.host, ...['redirect_uri', 'code_challenge_method'].map((name) => to.searchParams.get(name))])
      .toEqual([ISSUER_HOST, `https://${HOST}/oauth2/callback`, 'S256']);
  });

  test('lets a person of the group in, to the page that was asked for', async () => {
    const ann = browser();
    const { outcome, way } = await ann.follow(PAGE, 'ann');
    judge({ asked: 'a page, after the login', of: 'ann of staff', expected: 200, measured: outcome.status });
    expect(way.at(-1)).toBe(PAGE);
    judge({ asked: 'the next page', of: 'ann of staff', expected: 200, measured: (await ann.get(`https://${HOST}/more`)).status });
    judge({ asked: 'what her program asks', of: 'ann of staff', expected: 200, measured: (await ann.get(`https://${HOST}/api/7`)).status });
  });

  test('is for each host by itself', async () => {
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    judge({ asked: 'a page of another host', of: 'ann of staff', expected: 302, measured: (await ann.get(NEWS)).status });
    const { outcome } = await ann.follow(NEWS, 'ann');
    judge({ asked: 'that page, after the login', of: 'ann of staff', expected: 200, measured: outcome.status });
    expect(outcome.pod).toMatch(/^news-/);
  });

  test('of two logins at one gateway each guards its own hosts, and lets nobody in for the other', async () => {
    const clientOf = async (host: string) => new URL((await browser().get(`https://${host}/`)).headers!.location).searchParams.get('client_id');
    expect([await clientOf(HOST), await clientOf(DESK_HOST)]).toEqual([CLIENT, DESK_CLIENT]);
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    judge({ asked: 'a page of the desk, with a login of the lobby', of: 'ann of staff', expected: 302, measured: (await ann.get(`https://${DESK_HOST}/`)).status });
  });

  test('keeps it in a cookie that nobody else reads or sends', async () => {
    const ann = browser();
    const { way } = await ann.follow(PAGE, 'ann');
    expect(way.some((address) => address.includes('/oauth2/callback?code='))).toBe(true);
    const cookies = ann.received.filter((line) => /^__Host-login(_\d)?=/.test(line));
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) for (const word of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) expect(cookie).toContain(word);
    for (const cookie of cookies) expect(cookie).not.toMatch(/domain=/i);
  });

  test('says who it is to the application, whatever the browser says itself', async () => {
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    const forged = { 'x-auth-request-user': 'eve', 'x-auth-request-email': 'eve@example.com', 'x-auth-request-access-token': 'forged' };
    const seen = echoed(await ann.get(PAGE, forged));
    expect([seen['x-auth-request-user'], seen['x-auth-request-email']]).toEqual(['ann', 'ann@example.com']);
    expect(seen['x-auth-request-access-token']).not.toBe('forged');
    judge({ asked: 'a page, with headers of a login and none', of: 'anybody', expected: 302, measured: (await browser().get(PAGE, forged)).status });
  });

  test('hands on a token that the application\'s own proxy checks, and a new one before it ends', async () => {
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    const issuedAt = async (): Promise<number> => {
      const [, claims] = echoed(await ann.get(PAGE))['x-auth-request-access-token'].split('.');
      return JSON.parse(Buffer.from(claims, 'base64url').toString()).iat;
    };
    const first = await issuedAt();
    await pause(6000);
    judge({ asked: 'seconds between two tokens, each good for ten', of: 'ann of staff', expected: [5, 9], measured: await issuedAt() - first });
  });

  test('refuses who is of another group', async () => {
    const bob = browser();
    const { outcome } = await bob.follow(PAGE, 'bob');
    judge({ asked: 'a page, after the login', of: 'bob of guests', expected: 403, measured: outcome.status });
  });

  test('refuses who has no e-mail address, or one that the issuer does not vouch for', async () => {
    for (const person of ['cid', 'dan']) {
      const somebody = browser();
      judge({ asked: 'a page, after the login', of: person, expected: 500, measured: (await somebody.follow(PAGE, person)).outcome.status });
      judge({ asked: 'a page after that', of: person, expected: 302, measured: (await somebody.get(PAGE)).status });
    }
  });

  test('ends', async () => {
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    await ann.get(`https://${HOST}/oauth2/sign_out`);
    judge({ asked: 'a page, after the logout', of: 'ann of staff', expected: 302, measured: (await ann.get(PAGE)).status });
  });

  test('answers programs without sending them to a page', async () => {
    judge({ asked: 'a path of programs', of: 'nobody', expected: 401, measured: (await browser().get(`https://${HOST}/api/7`)).status });
    judge({ asked: 'a page as JSON', of: 'nobody', expected: 401, measured: (await browser().get(PAGE, { accept: 'application/json' })).status });
  });

  test.each([
    '/oauth2/../orders', '/oauth2%2f..%2forders', '/oauth2;x=/orders', '/OAUTH2/orders', '/oauth2x', '/.//orders',
  ])('is needed for %s', async (path) => {
    const outcome = await browser().get(NEWS, {}, { path });
    judge({ asked: path, of: 'nobody', expected: 302, measured: outcome.status });
    expect(outcome.pod).toBe('');
  });

  test.each([`${NEWS_HOST}.`, NEWS_HOST.toUpperCase(), `${NEWS_HOST}:443`, `${NEWS_HOST}:`])('is needed for the host %s', async (host) => {
    expect((await browser().get(NEWS, {}, { host })).pod).toBe('');
  });

  test('is not to be had by TLS without the name of a host', async () => {
    const [{ status }] = await cluster.requestFromOutside({ protocol: 'https', address: `${dials[NEWS_HOST]}:443`, host: NEWS_HOST, path: '/today' });
    judge({ asked: 'a page, by the address of the gateway', of: 'nobody', expected: -1, measured: status });
  });

  test.each(['/ping', '/ready', '/robots.txt'])('is needed for %s, which the proxy answers to anybody', async (path) => {
    expect((await browser().get(`https://${NEWS_HOST}${path}`)).pod).toBe('');
  });

  test.each(['HEAD', 'PUT', 'PROPFIND'])('leaves nothing below its own paths to the application, by %s either', async (method) => {
    expect((await browser().get(`https://${NEWS_HOST}/oauth2/news`, {}, { method })).pod).toBe('');
  });

  test('lets nobody say more of himself than the issuer does', async () => {
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    const seen = echoed(await ann.get(PAGE, { 'x-auth-request-groups': 'admins', 'x-auth-request-preferred-username': 'root' }));
    const names = Object.keys(seen).filter((name) => name.startsWith('x-auth-request-')).sort();
    expect(names).toEqual(['x-auth-request-access-token', 'x-auth-request-email', 'x-auth-request-user']);
  });

  test('is not needed for a public path, where nobody says who he is', async () => {
    const asked = async (headers: Readonly<Record<string, string>>, path?: string): Promise<number> =>
      (await browser().get(`https://${NEWS_HOST}/health`, headers, { path })).status;
    judge({ asked: 'a public path', of: 'nobody', expected: 200, measured: await asked({}) });
    for (const word of ['user', 'email', 'access-token', 'groups', 'preferred-username']) {
      judge({ asked: 'a public path', of: `who names his ${word}`, expected: 403, measured: await asked({ [`x-auth-request-${word}`]: 'eve' }) });
    }
    for (const path of ['/health/../today', '/health/today', '/healthy', '/health;/today', '/health%2f..%2ftoday']) {
      judge({ asked: path, of: 'nobody', expected: 302, measured: await asked({}, path) });
    }
  });

  test('begins over https, wherever a person comes from', async () => {
    const ann = browser();
    const first = await ann.get(PAGE.replace('https', 'http'));
    expect([first.status, first.headers!.location, first.headers!['set-cookie']]).toEqual([301, PAGE, undefined]);
    const { outcome, way } = await ann.follow(PAGE.replace('https', 'http'), 'ann');
    judge({ asked: 'a page over http, after the login', of: 'ann of staff', expected: 200, measured: outcome.status });
    expect(way.at(-1)).toBe(PAGE);
  });

  test('is good for two pages that were opened at a time', async () => {
    const ann = browser();
    const first = await ann.get(PAGE);
    await ann.get(`https://${HOST}/more`);
    const { outcome } = await ann.follow(first.headers!.location, 'ann');
    judge({ asked: 'the first of two pages, after the login', of: 'ann of staff', expected: 200, measured: outcome.status });
  });

  test('lets nobody in while its proxy does not answer', async () => {
    const ann = browser();
    await ann.follow(PAGE, 'ann');
    await cluster.without(workloads(objects).filter(({ metadata }) => metadata.name === 'oauth2-proxy'), async () => {
      judge({ asked: 'a page, without the proxy', of: 'ann of staff', expected: 503, measured: (await ann.get(PAGE)).status });
    });
    judge({ asked: 'a page, with the proxy again', of: 'ann of staff', expected: 200, measured: (await ann.get(PAGE)).status });
  });

  test('is no use to who asks the application without it: its own proxy wants the token', async () => {
    const policies = objects.filter(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.namespace === 'istio-system');
    await cluster.without(policies, async () => {
      judge({ asked: 'a page, without the gateway\'s policy', of: 'nobody', expected: 403, measured: (await browser().get(PAGE)).status });
    });
  });

  test('istiod and the proxies refuse no configuration', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});
