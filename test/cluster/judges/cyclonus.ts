import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../tools/tools';
import { flow, type Endpoint, type Neighbourhood, type NetworkPolicy, type Port } from './network-policies';
import { inTemporaryFolder } from './temporary-folder';

/** Cyclonus gave no verdict; the message has its words. */
export class NoVerdict extends Error {}

function ask(policies: readonly NetworkPolicy[], mode: string, option: string, question: unknown): string {
  return inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'policies'));
    const list = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicyList', items: policies };
    writeFileSync(join(folder, 'policies', 'list.yaml'), JSON.stringify(list));
    const file = join(folder, 'question.json');
    writeFileSync(file, JSON.stringify(question));
    // as they are written: what simplifies them is one more program that may err
    const options = ['--simplify-policies=false', '--policy-path', join(folder, 'policies'), option, file];
    const { status, stdout, stderr } = spawnSync(tool('cyclonus'), ['analyze', '--mode', mode, ...options], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new NoVerdict(`cyclonus ended with ${status}: ${stderr.trim().split('\n').find((line) => /fatal|panic/.test(line)) ?? stderr}`);
    return stdout;
  });
}

/** The lines of a table that have cells, each without its frame. */
const cells = (table: string): string[][] =>
  table.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

/** Row and column of every cell that says yes; columns are in the order of the rows, and their heads in capitals. */
function allowedCells(rows: readonly string[][], pods: readonly string[]): [string, string][] {
  const complete = rows.length === pods.length && rows.every((row) => row.length === pods.length + 1);
  if (!complete) throw new NoVerdict(`cyclonus answered for ${rows.length} of ${pods.length} pods`);
  const names = rows.map(([name]) => name);
  return rows.flatMap(([from, ...answers]) => answers.flatMap((answer, column): [string, string][] => {
    if (answer !== '.' && answer !== 'X') throw new NoVerdict(`cyclonus answered ${answer} for ${from} -> ${names[column]}`);
    return answer === '.' ? [[from, names[column]]] : [];
  }));
}

/** A synthetic probe gives a table a port and direction, with `.` where the row's pod may speak to the column's. */
function betweenPods(policies: readonly NetworkPolicy[], { endpoints, namespaces }: Neighbourhood, ports: readonly Port[]): string[] {
  const pods = new Map(endpoints.map((endpoint) => [`${endpoint.namespace}/${endpoint.name}`, endpoint]));
  const containers = ports.map(({ protocol, port }) => ({ Name: `${protocol}-${port}`, Port: port, Protocol: protocol }));
  const output = ask(policies, 'probe', '--probe-path', {
    Probes: ports.map(({ protocol, port }) => ({ Protocol: protocol, Port: port })),
    Resources: {
      Namespaces: namespaces,
      Pods: endpoints.map(({ name, namespace, labels, address }) =>
        ({ Name: name, Namespace: namespace, Labels: labels, IP: address, Containers: containers })),
    },
  });
  return (['Ingress', 'Egress'] as const).flatMap((direction) => {
    const tables = output.split(`${direction}:\n`).slice(1, 1 + ports.length);
    if (tables.length < ports.length) throw new NoVerdict(`cyclonus answered for ${tables.length} of ${ports.length} ports`);
    return tables.flatMap((table, index) => allowedCells(cells(table.split('\n\n')[0]).slice(1), [...pods.keys()])
      .map(([from, to]) => flow(direction, pods.get(from)!, pods.get(to)!, ports[index])));
  });
}

/** Synthetic probes know pods only, so connections with an address outside are asked one by one. */
function withOutside(policies: readonly NetworkPolicy[], { endpoints, namespaces }: Neighbourhood, ports: readonly Port[]): string[] {
  const peer = ({ namespace, labels, address }: Endpoint): object =>
    ({ IP: address, ...(namespace === undefined ? {} : { Internal: { Namespace: namespace, PodLabels: labels, NamespaceLabels: namespaces[namespace] } }) });
  const pods = endpoints.filter(({ namespace }) => namespace !== undefined);
  const outside = endpoints.filter(({ namespace }) => namespace === undefined);
  const questions = pods.flatMap((pod) => outside.flatMap((other) => ports.flatMap((port) => [
    { direction: 'Egress' as const, from: pod, to: other, port },
    { direction: 'Ingress' as const, from: other, to: pod, port },
  ])));
  const output = ask(policies, 'query-traffic', '--traffic-path', questions.map(({ from, to, port }) =>
    ({ Source: peer(from), Destination: peer(to), Protocol: port.protocol, ResolvedPort: port.port })));
  const answers = [...output.matchAll(/IS ALLOWED\? \|\s+(TRUE|FALSE)/g)].map(([, answer]) => answer === 'TRUE');
  if (answers.length !== questions.length) throw new NoVerdict(`cyclonus answered ${answers.length} of ${questions.length} questions`);
  return questions.filter((_, index) => answers[index]).map(({ direction, from, to, port }) => flow(direction, from, to, port));
}

/** What NetworkPolicies allow, by cyclonus. */
export function cyclonusFlows(policies: readonly NetworkPolicy[], neighbourhood: Neighbourhood, ports: readonly Port[]): string[] {
  const pods = neighbourhood.endpoints.filter(({ namespace }) => namespace !== undefined);
  return [...betweenPods(policies, { ...neighbourhood, endpoints: pods }, ports), ...withOutside(policies, neighbourhood, ports)].sort();
}
