import * as fc from 'fast-check';
import { HttpMethod } from '../../src/index';

/** Where a workload lives; `joined` is a second system in the namespace of the first. */
export const namespaces = { shop: 'shop', bank: 'bank', joined: 'shop' } as const;
export type System = keyof typeof namespaces;

export interface PortPlan {
  readonly name: string;
  readonly protocol: 'http' | 'grpc' | 'tcp' | 'tls';
  readonly number: number;
  readonly targetPort: number;
}

export interface OperationPlan {
  readonly name: string;
  readonly protocol: 'http' | 'grpc';
  readonly methods: readonly HttpMethod[];
  readonly path: string;
  /** Name of its port. */
  readonly port: string;
  readonly idempotent: boolean | undefined | 'because';
  readonly streams: boolean;
}

export interface WorkloadPlan {
  readonly name: string;
  readonly kind: 'service' | 'job' | 'cronjob' | 'redis' | 'external' | 'api';
  /** Of all but the Kubernetes API. */
  readonly system: System;
  readonly ports: readonly PortPlan[];
  readonly operations: readonly OperationPlan[];
  /** Of an external. */
  readonly host?: string;
  /** Of an external. */
  readonly cidrs: readonly string[];
}

export interface CallPlan {
  /** Name of a workload or of a gateway. */
  readonly from: string;
  readonly to: string;
  readonly operations: readonly string[];
  /** Of a call without operations. */
  readonly port?: string;
  readonly during?: readonly string[];
  readonly background: boolean;
  /** Timeout, of a call that has one. */
  readonly seconds?: number;
  readonly retries?: 'none' | 'beforeSend';
  /** How many requests of the caller may be under way at a time, and whether that is in use: said by one of its calls to the callee. */
  readonly policy?: { readonly requests: number; readonly inUse: boolean };
  /** Environment variable that the address is in. */
  readonly variable?: string;
  /** Of a call of a gateway. */
  readonly hosts?: readonly string[];
}

export interface GatewayPlan {
  readonly name: string;
  readonly system: System;
  readonly hosts: readonly string[];
}

/** A system as a person would declare it. */
export interface SystemPlan {
  readonly workloads: readonly WorkloadPlan[];
  readonly gateways: readonly GatewayPlan[];
  readonly calls: readonly CallPlan[];
}

const http: PortPlan = { name: 'http', protocol: 'http', number: 80, targetPort: 8080 };
const grpc: PortPlan = { name: 'grpc', protocol: 'grpc', number: 9000, targetPort: 9000 };
const tcp: PortPlan = { name: 'tcp-store', protocol: 'tcp', number: 5432, targetPort: 15432 };
const admin: PortPlan = { name: 'http-admin', protocol: 'http', number: 81, targetPort: 8081 };
const listening: readonly (readonly PortPlan[])[] = [[], [http], [grpc], [tcp], [http, grpc], [http, tcp], [http, admin]];

const httpRequests: readonly [readonly HttpMethod[], string][] = [
  [['GET'], '/items'], [['GET', 'HEAD'], '/items/{id}'], [['GET'], '/items/latest'], [['POST'], '/items'], [['GET'], '/items/*'],
  [['POST'], '/items/{id}/buy'], [['GET'], '/{any}/latest'], [['GET'], '/*'], [['PUT'], '/items/{id}'], [['GET'], '/'],
];
const grpcRequests: readonly [readonly HttpMethod[], string][] = ['Read', 'Write', 'Watch'].map((method) => [['POST'], `/test.Store/${method}`]);

const operation = fc.record({
  request: fc.nat(9),
  second: fc.boolean(),
  idempotent: fc.constantFrom<OperationPlan['idempotent']>(undefined, true, false, 'because'),
  streams: fc.integer({ min: 0, max: 7 }).map((each) => each === 7),
});

const workload = fc.record({
  kind: fc.constantFrom<WorkloadPlan['kind']>('service', 'service', 'service', 'external', 'redis', 'job', 'cronjob'),
  system: fc.constantFrom<System>('shop', 'bank', 'joined'),
  ports: fc.constantFrom(...listening),
  operations: fc.array(operation, { maxLength: 5 }),
  outside: fc.constantFrom<PortPlan['protocol']>('tls', 'tcp', 'http'),
  cidrs: fc.subarray(['203.0.113.0/24', '2001:db8::/32']),
});

const call = fc.record({
  from: fc.nat(7),
  to: fc.nat(7),
  operations: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
  port: fc.nat(1),
  during: fc.option(fc.nat(4), { nil: undefined }),
  background: fc.boolean(),
  retries: fc.constantFrom<CallPlan['retries']>(undefined, undefined, 'none', 'beforeSend'),
  env: fc.boolean(),
});
const route = fc.record({
  gateway: fc.nat(1),
  to: fc.nat(7),
  operations: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
  hosts: fc.subarray([0, 1], { minLength: 1 }),
  retries: fc.constantFrom<CallPlan['retries']>(undefined, undefined, 'beforeSend'),
});

const policy = fc.option(fc.record({ requests: fc.integer({ min: 1, max: 9 }), inUse: fc.boolean(), last: fc.boolean() }), { nil: undefined });

type Raw<Arbitrary> = Arbitrary extends fc.Arbitrary<infer T> ? T : never;
type RawWorkload = Raw<typeof workload>;
type RawCall = Raw<typeof call>;
type RawRoute = Raw<typeof route>;

/** Systems with everything that can call and be called, circles and several namespaces included. */
export const systems: fc.Arbitrary<SystemPlan> = fc.record({
  workloads: fc.array(workload, { minLength: 1, maxLength: 7 }),
  calls: fc.array(call, { maxLength: 14 }),
  routes: fc.array(route, { maxLength: 4 }),
  policies: fc.array(policy, { minLength: 1, maxLength: 5 }),
}).map(({ workloads: raw, calls, routes, policies }) => {
  const workloads = [...raw.map(workloadPlan), kubernetes];
  const claims = new Set<string>();
  const edges = [
    ...calls.flatMap((each, index) => callPlan(workloads, each, index, claims)),
    ...routes.flatMap((each) => routePlan(workloads, each, claims)),
  ];
  return { workloads, calls: withPolicies(workloads, edges, policies), gateways: gatewayPlans(edges) };
});

/** The Kubernetes API, which every environment has. */
const kubernetes: WorkloadPlan = {
  name: 'kubernetes', kind: 'api', system: 'shop', operations: [], host: 'kubernetes.default.svc.cluster.local', cidrs: ['192.0.2.1/32'],
  ports: [{ name: 'tls', protocol: 'tls', number: 443, targetPort: 6443 }],
};

/** Whether it has no pods of the mesh. */
export function outside({ kind }: WorkloadPlan): boolean {
  return kind === 'external' || kind === 'api';
}

function workloadPlan(raw: RawWorkload, index: number): WorkloadPlan {
  const { kind, system } = raw;
  const name = `${kind}-${index}`;
  const common = { name, kind, system, cidrs: [], operations: [] };
  if (kind === 'redis') return { ...common, ports: [{ name: 'tcp-redis', protocol: 'tcp', number: 6379, targetPort: 6379 }] };
  if (kind === 'external') {
    const number = 7000 + index; // of its own: the mesh cannot tell TCP hosts on one port apart
    const port: PortPlan = { name: raw.outside, protocol: raw.outside, number, targetPort: number };
    const secure: PortPlan = { name: 'tls-api', protocol: 'tls', number: number + 100, targetPort: number + 100 };
    const ports = raw.outside === 'http' ? [port, secure] : [port];
    return { ...common, ports, cidrs: raw.cidrs, host: `${name}.example`, operations: operationPlans(raw, ports) };
  }
  return kind === 'service' ? { ...common, ports: raw.ports, operations: operationPlans(raw, raw.ports) } : { ...common, ports: [] };
}

function operationPlans({ operations }: RawWorkload, ports: readonly PortPlan[]): readonly OperationPlan[] {
  const speaking = ports.filter(carriesRequests);
  if (speaking.length === 0) return [];
  const plans = operations.map(({ request, second, idempotent, streams }): OperationPlan => {
    const { protocol, name: port } = speaking[second ? speaking.length - 1 : 0];
    const [methods, path] = protocol === 'http' ? httpRequests[request] : grpcRequests[request % grpcRequests.length];
    return { name: `${protocol}${request % (protocol === 'http' ? 10 : 3)}`, protocol: protocol as 'http' | 'grpc', methods, path, port, idempotent, streams };
  });
  return [...new Map(plans.map((plan) => [plan.name, plan])).values()];
}

export function carriesRequests({ protocol }: PortPlan): boolean {
  return protocol === 'http' || protocol === 'grpc';
}

type Claim = (what: string) => boolean;

/** What can be asked of a callee at a port: some operations, or all. Nothing where it is claimed already. */
function asked(callee: WorkloadPlan, port: PortPlan, picks: readonly number[], claim: Claim): readonly OperationPlan[] | undefined {
  const here = callee.operations.filter((each) => each.port === port.name);
  if (here.length === 0) return claim(port.name) ? [] : undefined;
  const picked = [...new Set(picks.map((pick) => here[pick % here.length]))];
  const free = picked.filter(({ methods, path }) => methods.every((method) => claim(`${method} ${path}`)));
  return free.length > 0 ? free : undefined;
}

/** What a call says of its requests, where the mesh sees them; a stream has no timeout. */
function treatment(port: PortPlan, operations: readonly OperationPlan[], seconds: number, retries: CallPlan['retries']): Pick<CallPlan, 'seconds' | 'retries'> {
  if (!carriesRequests(port)) return {};
  const streams = operations.length > 0 && operations.every((each) => each.streams);
  return { seconds: streams ? undefined : seconds, retries };
}

/** Calls that wait go to workloads further on, so that those circles that there are have a background edge, and every time fits. */
function callPlan(workloads: readonly WorkloadPlan[], raw: RawCall, index: number, claims: Set<string>): readonly CallPlan[] {
  const [from, to] = [raw.from % workloads.length, raw.to % workloads.length];
  const [caller, callee] = [workloads[from], workloads[to]];
  if (callee.ports.length === 0 || caller.kind === 'redis' || outside(caller)) return [];
  const port = callee.ports[raw.port % callee.ports.length];
  const operations = asked(callee, port, raw.operations, (what) => claimed(claims, `${caller.name} ${callee.name} ${port.name} ${what}`));
  if (!operations) return [];
  const background = raw.background || to <= from;
  return [{
    from: caller.name,
    to: callee.name,
    operations: operations.map(({ name }) => name),
    port: operations.length > 0 ? undefined : port.name,
    during: raw.during === undefined || caller.operations.length === 0 ? undefined : [caller.operations[raw.during % caller.operations.length].name],
    background,
    variable: raw.env ? `ADDRESS_${index}` : undefined,
    ...treatment(port, operations, background ? 60 : 40 - to, raw.retries),
  }];
}

const edgeHosts = [['a.example', '*.b.example'], ['c.example', 'd.example']];

function routePlan(workloads: readonly WorkloadPlan[], raw: RawRoute, claims: Set<string>): readonly CallPlan[] {
  const callee = workloads[raw.to % workloads.length];
  const [port] = callee.ports;
  if (callee.kind !== 'service' || callee.ports.length === 0 || !carriesRequests(port)) return [];
  const hosts = raw.hosts.map((each) => edgeHosts[raw.gateway][each]).sort();
  const operations = asked(callee, port, raw.operations, (what) => hosts.every((host) => claimed(claims, `${host} ${what.includes('/') ? what : 'all'}`)));
  if (!operations) return [];
  return [{
    from: `edge-${raw.gateway}`, to: callee.name, operations: operations.map(({ name }) => name), background: false, hosts,
    ...treatment(port, operations, 50, raw.retries),
  }];
}

/** Some pairs of a caller and a service have a policy of their own, which one of their calls says. */
function withPolicies(workloads: readonly WorkloadPlan[], calls: readonly CallPlan[], policies: readonly Raw<typeof policy>[]): readonly CallPlan[] {
  const pairs = [...new Set(calls.map(pairOf))];
  return calls.map((call) => {
    const chosen = policies[pairs.indexOf(pairOf(call)) % policies.length];
    const callee = workloads.find(({ name }) => name === call.to)!;
    const alike = calls.filter((other) => pairOf(other) === pairOf(call));
    const says = chosen && callee.kind === 'service' && callee.ports.every(carriesRequests) && alike.at(chosen.last ? -1 : 0) === call;
    return says ? { ...call, policy: { requests: chosen.requests, inUse: chosen.inUse } } : call;
  });
}

/** Who calls whom. */
export function pairOf({ from, to }: CallPlan): string {
  return `${from} ${to}`;
}

function claimed(claims: Set<string>, claim: string): boolean {
  const free = !claims.has(claim);
  claims.add(claim);
  return free;
}

/** Gateways with the hosts that lead somewhere. */
function gatewayPlans(calls: readonly CallPlan[]): readonly GatewayPlan[] {
  return (['shop', 'bank'] as const).map((system, index) => {
    const name = `edge-${index}`;
    return { name, system, hosts: [...new Set(calls.filter(({ from }) => from === name).flatMap(({ hosts = [] }) => hosts))].sort() };
  }).filter(({ hosts }) => hosts.length > 0);
}
