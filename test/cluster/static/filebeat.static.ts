import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubeObject } from '../control/kube-client';
import { type Kubectl, withApiServer } from '../judges/lone-api-server';
import { Lumberjack } from '../judges/lumberjack';
import { readManifests } from '../manifests';
import { folderOf } from '../rendered-systems';
import { until } from '../run/until';
import { hasTool, tool } from '../tools/tools';

const OBJECTS = readManifests(folderOf('staging', 'mern-shop'));
const NODE = 'node-1';
const containerId = (digit: string): string => digit.repeat(64);
const find = (kind: string, name: string): KubeObject & { readonly data?: Record<string, string> } =>
  OBJECTS.find((each) => each.kind === kind && each.metadata.name === name)!;

/** The lines of a container, as containerd writes them: the third has two parts. */
const LINES = [
  '2026-11-27T09:00:00.123456789Z stdout F the shop is open, and waits for those who buy',
  '2026-11-27T09:00:01.000000001Z stderr F a queue is full',
  '2026-11-27T09:00:02.000000000Z stdout P half of ',
  '2026-11-27T09:00:02.000000001Z stdout F a long line',
];
const MESSAGES = ['the shop is open, and waits for those who buy', 'a queue is full', 'half of a long line'];

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'meshmart-filebeat-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** What a kubelet and containerd leave on a node for one container: a file, and a link to it that says whose it is. */
function logged(namespace: string, pod: string, id: string, lines: readonly string[]): void {
  const own = join('pods', `${namespace}_${pod}_uid`, 'server');
  mkdirSync(join(folder, 'log', own), { recursive: true });
  mkdirSync(join(folder, 'log', 'containers'), { recursive: true });
  writeFileSync(join(folder, 'log', own, '0.log'), lines.map((line) => `${line}\n`).join(''));
  symlinkSync(join('/var/log', own, '0.log'), join(folder, 'log', 'containers', `${pod}_${namespace}_server-${id}.log`));
}

/** A pod on the node, as the API server knows it. */
function running(kubectl: Kubectl, namespace: string, name: string, id: string): void {
  const metadata = { name, namespace, labels: { 'app': 'backend', 'app.kubernetes.io/part-of': 'mern-shop' } };
  const containers = [{ name: 'server', image: 'example.com/server:1.0.0' }];
  kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'backend', namespace } }));
  const spec = { nodeName: NODE, serviceAccountName: 'backend', automountServiceAccountToken: false, containers };
  kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec }));
  const status = { phase: 'Running', podIP: '10.0.0.7', containerStatuses: [
    { name: 'server', image: 'example.com/server:1.0.0', imageID: '', ready: true, restartCount: 0, containerID: `containerd://${id}`, state: { running: {} } },
  ] };
  kubectl(['patch', `pod/${name}`, `--namespace=${namespace}`, '--subresource=status', '--type=merge', `--patch=${JSON.stringify({ status })}`]);
}

/** The rendered settings with the way to the API server, and without how a file is known, which Filebeat 7.17 does by its inode alone. */
function settings(kubeConfig: string): string {
  const given = parse(find('ConfigMap', 'filebeat').data!['filebeat.yml']) as { 'filebeat.inputs': Record<string, unknown>[]; [name: string]: unknown };
  for (const input of given['filebeat.inputs']) {
    delete input.file_identity;
    (input.processors as { add_kubernetes_metadata: Record<string, unknown> }[])[0].add_kubernetes_metadata.kube_config = kubeConfig;
  }
  return stringify({ ...given, 'path.data': join(folder, 'data'), 'http': { enabled: false } });
}

/** How Filebeat reaches the API server as its ServiceAccount. */
function kubeConfigOf(kubectl: Kubectl): string {
  const { serverAddressByClientCIDRs: [{ serverAddress }] } = JSON.parse(kubectl(['get', '--raw', '/api']));
  const token = kubectl(['create', 'token', 'filebeat', '--namespace=mern-logs']).trim();
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify({
    'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'node',
    'clusters': [{ name: 'node', cluster: { 'server': `https://${serverAddress}`, 'insecure-skip-tls-verify': true } }],
    'users': [{ name: 'node', user: { token } }], 'contexts': [{ name: 'node', context: { cluster: 'node', user: 'node' } }],
  }), { mode: 0o600 });
  return path;
}

/** Filebeat where `/var/log` is that of the node. */
function start(logstash: string): ChildProcess {
  const output = openSync(join(folder, 'filebeat.log'), 'a');
  const command = `mount --bind ${join(folder, 'log')} /var/log && exec ${tool('filebeat')} -c ${join(folder, 'filebeat.yml')} -e`;
  return spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--map-root-user', '--mount', 'sh', '-c', command], {
    env: { ...process.env, NODE_NAME: NODE, LOGSTASH_ADDRESS: logstash }, stdio: ['ignore', output, output],
  });
}

/** What Filebeat sends of the node, from its start until all lines are there, or what is asked for. */
async function sent(isAll = (events: readonly Event[]): boolean => events.length >= MESSAGES.length): Promise<readonly Event[]> {
  const logstash = new Lumberjack();
  const filebeat = start(await logstash.listen());
  try {
    await until('the lines came', async () => {
      if (filebeat.exitCode !== null) throw new Error(readFileSync(join(folder, 'filebeat.log'), 'utf8').slice(-2000));
      return isAll(logstash.events as Event[]);
    });
    filebeat.kill('SIGTERM'); // it sends what it has read, and ends
    await once(filebeat, 'exit');
    return logstash.events as Event[];
  } finally {
    filebeat.kill('SIGKILL');
    await logstash.close();
  }
}

interface Event {
  readonly '@metadata': { readonly _id: string };
  readonly '@timestamp': string;
  readonly 'message': string;
  readonly 'stream': string;
  readonly 'kubernetes': { readonly namespace: string; readonly pod: { readonly name: string }; readonly labels?: Record<string, string> };
}

const isolates = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0;
const judged = hasTool('filebeat') && hasTool('kubectl') && isolates ? test : test.skip;

/** Applies what Filebeat has of the API server, and lets a test ask. */
async function onNode(use: (kubectl: Kubectl) => Promise<void>): Promise<void> {
  await withApiServer(async (kubectl) => {
    for (const namespace of ['mern-shop', 'mern-logs', 'other']) kubectl(['create', 'namespace', namespace]);
    const own = OBJECTS.filter(({ kind, metadata }) => ['Role', 'RoleBinding'].includes(kind) && metadata.name.includes('filebeat'));
    kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [find('ServiceAccount', 'filebeat'), ...own] }));
    // 7.17 lists its node and all namespaces though it is told not to; from 8.15 on it does as it is told (elastic/beats 38762)
    kubectl(['create', 'clusterrole', 'only-for-7.17', '--verb=list,watch', '--resource=nodes,namespaces']);
    kubectl(['create', 'clusterrolebinding', 'only-for-7.17', '--clusterrole=only-for-7.17', '--serviceaccount=mern-logs:filebeat']);
    running(kubectl, 'mern-shop', 'backend-1', containerId('a'));
    running(kubectl, 'other', 'elsewhere-1', containerId('b'));
    logged('mern-shop', 'backend-1', containerId('a'), LINES);
    logged('other', 'elsewhere-1', containerId('b'), ['2026-11-27T09:00:00.5Z stdout F nobody keeps this line, whoever wrote it']);
    logged('mern-shop-too', 'backend-1', containerId('c'), ['2026-11-27T09:00:00.5Z stdout F nor this, of a namespace that begins alike']);
    writeFileSync(join(folder, 'filebeat.yml'), settings(kubeConfigOf(kubectl)), { mode: 0o600 });
    await use(kubectl);
  });
}

judged('Filebeat sends each line once, says whose it is, and reads no other namespace', async () => {
  await onNode(async () => {
    const events = await sent();
    expect(events.map(({ message }) => message)).toEqual(MESSAGES);
    expect(events.map(({ stream }) => stream)).toEqual(['stdout', 'stderr', 'stdout']);
    expect(events[0]['@timestamp']).toBe('2026-11-27T09:00:00.123Z');
    for (const { kubernetes } of events) expect(kubernetes).toMatchObject({ namespace: 'mern-shop', pod: { name: 'backend-1' } });
    expect(Object.keys(events[0]).filter((key) => ['agent', 'ecs', 'host', 'input'].includes(key))).toEqual([]);
    expect(new Set(events.map((event) => event['@metadata']._id)).size).toBe(MESSAGES.length);
  });
});

judged('once the API server has answered, it says the labels of the pod too', async () => {
  await onNode(async () => {
    const file = join(folder, 'log', 'pods', 'mern-shop_backend-1_uid', 'server', '0.log');
    const labelled = ({ kubernetes }: Event): boolean => kubernetes.labels !== undefined;
    const events = await sent((all) => {
      appendFileSync(file, '2026-11-27T09:00:03.000000000Z stdout F one more line\n');
      return all.some(labelled);
    });
    const { kubernetes } = events.find(labelled)!;
    expect(kubernetes).toMatchObject({ namespace: 'mern-shop', pod: { name: 'backend-1' }, container: { name: 'server' }, labels: { app: 'backend' } });
    expect(kubernetes.labels).toHaveProperty('app_kubernetes_io/part-of', 'mern-shop'); // no dots, which would be objects
  });
});

judged('a line that is sent again has the id that it had, and a file in the place of a full one has others', async () => {
  await onNode(async () => {
    const first = await sent();
    rmSync(join(folder, 'data'), { recursive: true }); // as on a node that forgot what was sent
    const again = await sent();
    expect(again.map((event) => event['@metadata']._id)).toEqual(first.map((event) => event['@metadata']._id));
    rmSync(join(folder, 'data'), { recursive: true });
    const later = LINES.map((line) => line.replace('T09', 'T10'));
    writeFileSync(join(folder, 'log', 'pods', 'mern-shop_backend-1_uid', 'server', '0.log'), later.map((line) => `${line}\n`).join(''));
    const rotated = await sent();
    const known = new Set(first.map((event) => event['@metadata']._id));
    expect(rotated.filter((event) => known.has(event['@metadata']._id))).toEqual([]);
  });
});

judged('its Role gives what it needs and no more; without it, lines are still somebody\'s', async () => {
  await onNode(async (kubectl) => {
    const can = (verb: string, resource: string, namespace: string): string =>
      kubectl(['auth', 'can-i', verb, resource, `--namespace=${namespace}`, '--as=system:serviceaccount:mern-logs:filebeat']).trim();
    expect(can('list', 'pods', 'mern-shop')).toBe('yes');
    for (const [verb, resource, namespace] of [['list', 'pods', 'other'], ['get', 'secrets', 'mern-shop'], ['delete', 'pods', 'mern-shop']]) {
      expect(() => can(verb, resource, namespace)).toThrow(/Command failed/); // `no` ends with 1
    }
    kubectl(['delete', 'role', 'mern-logs-filebeat-pods-of-mern-shop', '--namespace=mern-shop']);
    const events = await sent();
    expect(events.map(({ kubernetes }) => kubernetes)).toEqual(MESSAGES.map(() => ({ namespace: 'mern-shop', pod: { name: 'backend-1' } })));
  });
});
