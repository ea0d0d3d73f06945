import { Duration, Size } from 'cdk8s';
import { parse } from 'yaml';
import { IngressGateway, LogStack, type LogStackProps, MeshNamespace, type Resources } from '../../../src';
import { at, listAt, objectIn, objectsIn, world } from '../../mesh/world';

const apiServer = { addresses: ['192.0.2.10'], port: 6443 };
const storage = { size: Size.gibibytes(10) };

function system(props: Partial<LogStackProps> = {}) {
  const made = world({ apiServer });
  const stack = new LogStack(made.shop, 'shop-logs', { watches: [made.shop], storage, ...props });
  return { ...made, stack, logs: stack.namespace };
}

const problems = ({ app }: Pick<ReturnType<typeof system>, 'app'>): string => app.node.findAll().flatMap((each) => each.node.validate()).join('\n');
const file = (stack: LogStack, configMap: string, name: string): string =>
  String(Reflect.get(Object(at(objectIn(stack.namespace, 'ConfigMap', configMap), 'data')), name));
const settings = (stack: LogStack, configMap: string, name: string): Record<string, unknown> => parse(file(stack, configMap, name)) as Record<string, unknown>;
const podOf = (stack: LogStack, kind: string, name: string): unknown => at(objectIn(stack.namespace, kind, name), 'spec.template.spec');
const callersOf = (stack: LogStack, name: string): unknown => {
  const rules = at(objectIn(stack.namespace, 'AuthorizationPolicy', name), 'spec.rules') as unknown[] ?? [];
  return rules.map((rule) => [String(at(rule, 'from.0.source.principals.0')).split('/sa/')[1], at(rule, 'to')]);
};

test('is four programs in a namespace of their own, a file each', () => {
  const { app } = system();
  const files = [...app.render().keys()].filter((path) => path.startsWith('staging/shop/shop-logs/'));
  expect(files.map((path) => path.split('/').at(-1))).toEqual(['elasticsearch.yaml', 'filebeat.yaml', 'kibana.yaml', 'logstash.yaml', 'namespace.yaml']);
});

test('its namespace takes such pods for a reason, and nothing in it without a declaration', () => {
  const { logs } = system();
  expect(objectIn(logs, 'Namespace')).toMatchObject({
    metadata: { name: 'shop-logs', labels: { 'istio-injection': 'enabled', 'pod-security.kubernetes.io/enforce': 'privileged' } },
  });
  expect(JSON.stringify(objectIn(logs, 'Namespace'))).toContain('Filebeat reads the logs of containers from the nodes');
  expect(at(objectIn(logs, 'PeerAuthentication'), 'spec.mtls.mode')).toBe('STRICT');
  expect(at(objectIn(logs, 'AuthorizationPolicy', 'deny-all'), 'spec')).toEqual({});
});

test('each reaches the next alone, and asks of it what it needs', () => {
  const { stack, logs } = system();
  expect(callersOf(stack, 'logstash')).toEqual([['filebeat', [{ operation: { ports: ['5044'] } }]]]);
  expect(callersOf(stack, 'elasticsearch')).toEqual([
    ['kibana', [{ operation: { methods: ['DELETE', 'GET', 'HEAD', 'POST', 'PUT'], paths: ['/*'] } }]],
    ['logstash', [
      { operation: { methods: ['GET'], paths: ['/_license'] } }, { operation: { methods: ['GET', 'HEAD'], paths: ['/'] } },
      { operation: { methods: ['POST'], paths: ['/_bulk'] } },
    ]],
  ]);
  expect(callersOf(stack, 'kibana')).toEqual([]);
  const hosts = ['elasticsearch', 'filebeat', 'kibana', 'logstash'].map((name) => at(objectIn(logs, 'Sidecar', name), 'spec.egress.0.hosts'));
  const store = ['./elasticsearch.shop-logs.svc.cluster.local'];
  expect(hosts).toEqual([['~/*'], ['./logstash.shop-logs.svc.cluster.local', 'default/kubernetes.default.svc.cluster.local'], store, store]);
  const ingress = (name: string): unknown => at(objectIn(logs, 'NetworkPolicy', name), 'spec.ingress');
  expect([ingress('filebeat'), ingress('kibana')]).toEqual([undefined, undefined]);
  expect(ingress('logstash')).toEqual([{ from: [{ podSelector: { matchLabels: { app: 'filebeat' } } }], ports: [{ port: 5044 }] }]);
});

test('what is written is written once: nothing between the programs is sent again by proxies', () => {
  const { stack } = system();
  const routes = listAt(objectIn(stack.namespace, 'VirtualService', 'elasticsearch'), 'spec.http');
  const bulk = routes.filter((route) => JSON.stringify(route).includes('/_bulk'));
  expect(bulk).toMatchObject([{ retries: { attempts: 0 }, timeout: '60s' }]);
});

describe('Filebeat', () => {
  test('runs on each node, and reads there the links that containerd makes, and where they lead', () => {
    const { stack } = system();
    const pod = podOf(stack, 'DaemonSet', 'filebeat');
    expect(at(pod, 'containers.0.volumeMounts')).toEqual([
      { name: 'etc-filebeat', mountPath: '/etc/filebeat', readOnly: true },
      { name: 'var-log-containers', mountPath: '/var/log/containers', readOnly: true },
      { name: 'var-log-pods', mountPath: '/var/log/pods', readOnly: true },
      { name: 'data', mountPath: '/data' },
    ]);
    expect(listAt(pod, 'volumes').map((each) => at(each, 'hostPath')).filter((each) => each !== undefined)).toEqual([
      { path: '/var/log/containers' }, { path: '/var/log/pods' }, { path: '/var/lib/filebeat-shop-logs', type: 'DirectoryOrCreate' },
    ]);
    expect(JSON.stringify(pod)).not.toContain('docker/containers');
  });

  test('is root without capabilities, and on the cluster\'s network, so that it has an identity', () => {
    const { stack } = system();
    const pod = podOf(stack, 'DaemonSet', 'filebeat');
    expect(at(pod, 'containers.0.securityContext')).toEqual({
      allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true, runAsNonRoot: false, runAsUser: 0,
    });
    expect(pod).not.toHaveProperty('hostNetwork');
    expect(JSON.stringify(at(objectIn(stack.namespace, 'DaemonSet'), 'metadata.annotations'))).toMatch(
      /root user, files of the node below \/var\/log\/containers, \/var\/log\/pods, files of the node to be written below \/var\/lib\/filebeat-shop-logs: /);
  });

  test('reads the containers of the namespaces that are named, and lists the pods of these alone', () => {
    const made = world({ apiServer });
    const pay = new MeshNamespace(made.staging, 'pay');
    const stack = new LogStack(made.shop, 'shop-logs', { watches: [made.shop, pay], storage });
    const inputs = settings(stack, 'filebeat', 'filebeat.yml')['filebeat.inputs'];
    expect(inputs).toMatchObject(['shop', 'pay'].map((namespace) => ({
      id: namespace,
      paths: [`/var/log/containers/*_${namespace}_*.log`],
      processors: [{ add_kubernetes_metadata: { namespace, host: '${NODE_NAME}' } }, { dissect: { target_prefix: 'kubernetes' } }],
    })));
    const roles = objectsIn(stack.filebeat).filter((object) => at(object, 'kind') === 'Role');
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }];
    expect(roles).toMatchObject(['shop', 'pay'].map((namespace) => ({ metadata: { namespace, name: `shop-logs-filebeat-pods-of-${namespace}` }, rules })));
    expect(objectsIn(stack.namespace).map((object) => at(object, 'kind'))).not.toContain('ClusterRole');
  });

  test('asks for no metadata that its Roles do not give', () => {
    const { stack } = system();
    const [input] = settings(stack, 'filebeat', 'filebeat.yml')['filebeat.inputs'] as unknown[];
    expect(at(input, 'processors.0.add_kubernetes_metadata.add_resource_metadata')).toEqual({
      namespace: { enabled: false }, node: { enabled: false }, deployment: false, cronjob: false,
    });
  });

  test('sends to Logstash, knows a line by when and where it was written, and a file by its first bytes', () => {
    const { stack } = system();
    const { processors, 'output.logstash': output, 'filebeat.inputs': inputs } = settings(stack, 'filebeat', 'filebeat.yml');
    expect(output).toMatchObject({ hosts: ['${LOGSTASH_ADDRESS}'] });
    expect(at(podOf(stack, 'DaemonSet', 'filebeat'), 'containers.0.env')).toEqual([
      { name: 'LOGSTASH_ADDRESS', value: 'logstash:5044' }, { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ]);
    expect(at(processors, '0.fingerprint')).toMatchObject({ fields: ['@timestamp', 'log.file.path', 'log.offset'], target_field: '@metadata._id' });
    expect(at(inputs, '0.prospector.scanner')).toMatchObject({ symlinks: true, fingerprint: { enabled: true, length: 64 } });
    expect(at(inputs, '0.file_identity')).toEqual({ fingerprint: {} });
  });

  test('bears the taints that are named, and none else', () => {
    expect(podOf(system().stack, 'DaemonSet', 'filebeat')).not.toHaveProperty('tolerations');
    const { stack } = system({ tolerations: [{ key: 'role', value: 'db' }] });
    expect(at(podOf(stack, 'DaemonSet', 'filebeat'), 'tolerations')).toEqual([{ key: 'role', operator: 'Equal', value: 'db' }]);
  });
});

describe('Elasticsearch', () => {
  test('is one pod with a claim, which no system waits for', () => {
    const { stack } = system();
    const set = objectIn(stack.namespace, 'StatefulSet', 'elasticsearch');
    expect(at(set, 'spec.volumeClaimTemplates.0')).toMatchObject({ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '10Gi' } } } });
    expect(settings(stack, 'elasticsearch', 'elasticsearch.yml')).toMatchObject({ 'path.data': '/data', 'discovery.type': 'single-node' });
    expect(at(set, 'metadata.annotations')).toEqual({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' });
  });

  test('needs no setting of the node, and opens no transport', () => {
    const { stack } = system();
    const given = settings(stack, 'elasticsearch', 'elasticsearch.yml');
    expect(given).toMatchObject({ 'node.store.allow_mmap': false, 'http.host': '0.0.0.0' });
    expect(Object.keys(given).filter((key) => /^(network|transport)\./.test(key))).toEqual([]);
    expect(at(objectIn(stack.namespace, 'Service', 'elasticsearch'), 'spec.ports')).toEqual([{ appProtocol: 'http', name: 'http', port: 9200 }]);
  });

  test('keeps what is a day of the retention or younger: an index is as old as its first line', () => {
    const policy = (retention?: Duration): unknown =>
      at(JSON.parse(file(system({ retention }).stack, 'elasticsearch', 'policy.json')), 'policy.phases.delete.min_age');
    expect([policy(), policy(Duration.days(1)), policy(Duration.hours(72))]).toEqual(['8d', '2d', '4d']);
  });

  test('its template is of the indices that Logstash makes, and of no data stream', () => {
    const { stack } = system();
    const template: unknown = JSON.parse(file(stack, 'elasticsearch', 'template.json'));
    const [pattern] = listAt(template, 'index_patterns').map(String);
    const matches = (index: string): boolean => new RegExp(`^${pattern.replace('*', '.*')}$`).test(index);
    expect(file(stack, 'logstash', 'logs.conf')).toContain('index => "logs-%{+YYYY.MM.dd}"');
    expect([matches('logs-2026.11.27'), matches('logs-generic-default')]).toEqual([true, false]);
    expect(at(template, 'template.settings.index')).toEqual({ number_of_shards: 1, number_of_replicas: 0, lifecycle: { name: 'logs-retention' } });
    expect(file(stack, 'elasticsearch', 'set-up.sh')).toContain('put _ilm/policy/logs-retention policy.json\nput _index_template/logs-daily template.json\n');
  });

  test('writes below its claim and its empty folders alone', () => {
    const pod = podOf(system().stack, 'StatefulSet', 'elasticsearch');
    const writable = listAt(pod, 'containers.0.volumeMounts').filter((each) => at(each, 'readOnly') !== true).map((each) => at(each, 'mountPath'));
    expect(writable).toEqual(['/etc/elasticsearch', '/tmp', '/data']);
    expect(at(pod, 'initContainers.0.command.2')).toBe('cp -rf /usr/share/elasticsearch/config/. /etc/elasticsearch '
      + '&& cp -f /etc/log-store/elasticsearch.yml /etc/elasticsearch/elasticsearch.yml');
  });
});

describe('Logstash', () => {
  test('keeps what it took until it is written, and takes no more than that', () => {
    expect(settings(system().stack, 'logstash', 'logstash.yml')).toMatchObject({ 'queue.type': 'persisted', 'queue.drain': true, 'queue.max_bytes': '64mb' });
  });

  test('writes a line that came twice to one document, and makes neither templates nor policies', () => {
    const { stack } = system();
    const pipeline = file(stack, 'logstash', 'logs.conf');
    expect(pipeline).toContain('document_id => "%{[@metadata][_id]}"');
    for (const each of ['manage_template => false', 'ilm_enabled => false', 'data_stream => false']) expect(pipeline).toContain(each);
    expect(at(podOf(stack, 'Deployment', 'logstash'), 'containers.0.env')).toContainEqual({ name: 'ELASTICSEARCH_URL', value: 'http://elasticsearch:9200' });
  });

  test('has half of its memory as heap, whatever the image says', () => {
    const heap = (resources?: Resources): unknown => {
      const { stack } = system({ resources: resources && { logstash: resources } });
      return listAt(podOf(stack, 'Deployment', 'logstash'), 'containers.0.env').find((each) => at(each, 'name') === 'LS_JAVA_OPTS');
    };
    expect(heap()).toMatchObject({ value: '-Xms512m -Xmx512m' });
    expect(heap({ cpu: ['400m', '500m'], memory: ['700Mi', '768Mi'] })).toMatchObject({ value: '-Xms384m -Xmx384m' });
    expect(heap({ cpu: ['1', '1'], memory: ['1Gi', '1.5Gi'] })).toMatchObject({ value: '-Xms768m -Xmx768m' });
    expect(heap({ cpu: ['1', '1'], memory: ['524288Ki', '1048576Ki'] })).toMatchObject({ value: '-Xms512m -Xmx512m' });
  });
});

describe('Kibana', () => {
  test('asks the store, and nobody outside', () => {
    const { stack } = system();
    expect(at(podOf(stack, 'Deployment', 'kibana'), 'containers.0.env')).toContainEqual({ name: 'ELASTICSEARCH_HOSTS', value: 'http://elasticsearch:9200' });
    expect(settings(stack, 'kibana', 'kibana.yml')).toMatchObject({
      'telemetry.optIn': false, 'newsfeed.enabled': false, 'map.includeElasticMapsService': false, 'xpack.fleet.isAirGapped': true,
    });
  });

  test('a gateway that routes to it waits as long as its questions may take', () => {
    const { shop, stack, ...made } = system();
    const gateway = new IngressGateway(shop, 'gateway', { hosts: ['kibana.example'] });
    gateway.routes(stack.kibana, { operations: ['pages'], timeout: Duration.minutes(2) });
    expect(problems(made)).not.toContain('timeouts do not fit');
    expect(callersOf(stack, 'kibana')).toMatchObject([['istio-ingressgateway-service-account', [{ operation: { paths: ['/*'] } }]]]);
  });

  test('fails at a gateway that waits for less', () => {
    const { shop, stack, ...made } = system();
    new IngressGateway(shop, 'gateway', { hosts: ['kibana.example'] }).routes(stack.kibana, { operations: ['pages'] });
    expect(problems(made)).toMatch(/gateway → kibana pages 5s < kibana → elasticsearch everything 120s; .*staging\/shop\/gateway/);
  });
});

test('one version and one place of images is that of all four', () => {
  const images = (props: Partial<LogStackProps>): unknown => {
    const { stack } = system(props);
    return [['StatefulSet', 'elasticsearch'], ['Deployment', 'logstash'], ['DaemonSet', 'filebeat'], ['Deployment', 'kibana']]
      .map(([kind, name]) => at(podOf(stack, kind, name), 'containers.0.image'));
  };
  expect(images({})).toEqual([
    'docker.io/library/elasticsearch:8.19.20', 'docker.io/library/logstash:8.19.20',
    'docker.elastic.co/beats/filebeat:8.19.20', 'docker.io/library/kibana:8.19.20',
  ]);
  const image = (program: string, version: string): string => `registry.example/${program}:${version}`;
  expect(images({ version: '9.5.2', image })).toEqual(['elasticsearch', 'logstash', 'filebeat', 'kibana'].map((each) => `registry.example/${each}:9.5.2`));
});

test('says who owns it, who owns the namespace around it otherwise, and its revision of Istio', () => {
  const { stack } = system({ owner: '@shop/ops', revision: '1-31' });
  expect(at(objectIn(stack.namespace, 'DaemonSet'), 'metadata.annotations')).toHaveProperty(['a8r.io/owner'], '@shop/ops');
  expect(at(objectIn(stack.namespace, 'Namespace'), 'metadata.labels')).toHaveProperty(['istio.io/rev'], '1-31');
});

test('two stacks of one environment watch different namespaces', () => {
  const { app, staging, logs } = system();
  const pay = new MeshNamespace(staging, 'pay');
  new LogStack(pay, 'pay-logs', { watches: [pay], storage });
  const registry = (stack: MeshNamespace): unknown => at(listAt(objectIn(stack, 'DaemonSet'), 'spec.template.spec.volumes').at(-1), 'hostPath.path');
  expect(registry(logs)).toBe('/var/lib/filebeat-shop-logs'); // a folder each on the same node
  expect(() => app.render()).not.toThrow();
});
