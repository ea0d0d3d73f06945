import { CallPlan, GatewayPlan, OperationPlan, PortPlan, SystemPlan, WorkloadPlan, carriesRequests, namespaces, outside, pairOf } from './random-system';

/** What each kind of object has to say of a declared system: the table of design.md §3, from the declaration alone. */
export class Declared {
  private readonly workloads: ReadonlyMap<string, WorkloadPlan>;
  private readonly gateways: ReadonlyMap<string, GatewayPlan>;

  constructor(private readonly plan: SystemPlan) {
    this.workloads = new Map(plan.workloads.map((each) => [each.name, each]));
    this.gateways = new Map(plan.gateways.map((each) => [each.name, each]));
  }

  public environmentLines(): readonly string[] {
    const own = this.running().filter(({ kind }) => kind !== 'redis').map((each) => `${placeOf(each)} OWN=1`);
    return [...own, ...this.meshCalls().flatMap(({ call, caller, callee, ports }) => {
      const host = namespaceOf(caller) === namespaceOf(callee) && !outside(callee) ? callee.name : hostOf(callee);
      return call.variable === undefined ? [] : [`${placeOf(caller)} ${call.variable}=${host}:${Math.min(...ports.map(({ number }) => number))}`];
    })].sort();
  }

  public podLines(): readonly string[] {
    return this.running().map((each) =>
      `${placeOf(each)} app=${each.name} serviceAccount=${each.name} ports=${each.ports.map(({ targetPort }) => targetPort)}`).sort();
  }

  public sidecarLines(): readonly string[] {
    return this.running().flatMap((caller) => {
      const hosts = this.meshCalls().filter((each) => each.caller === caller)
        .map(({ callee }) => `${namespaceOf(callee) === namespaceOf(caller) ? '.' : namespaceOf(callee)}/${hostOf(callee)}`);
      return unique(hosts.length > 0 ? hosts : ['~/*']).map((host) => `${placeOf(caller)} REGISTRY_ONLY ${host}`);
    }).sort();
  }

  /** Routes for callers in the mesh, and for each port that carries requests one for everybody else. */
  public meshRouteLines(): readonly string[] {
    const toEach = this.meshCalls().flatMap(({ call, caller, callee, ports }) =>
      routesOf(callee, call, ports, this.subset(call, callee)).map((rest) => `${hostOf(callee)} from ${placeOf(caller)} ${rest(true)}`));
    const toRest = this.plan.workloads.flatMap((callee) => callee.ports.filter(carriesRequests).map((port) => {
      const [at, limit] = [portNumber(callee, port), callee.operations.some(({ streams }) => streams) ? 'no limit' : '5s'];
      return `${hostOf(callee)} from anybody port ${at}: any, any → ${subsetOf(callee)} port ${at} in ${limit}`;
    }));
    return [...toEach, ...toRest].sort();
  }

  public gatewayRouteLines(): readonly string[] {
    return this.gatewayCalls().flatMap(({ call, callee, ports, gateway }) => (call.hosts ?? []).flatMap((host) =>
      routesOf(callee, call, ports, this.subset(call, callee)).map((rest) => `${host} from ${gateway.name} ${rest(false, hostOf(callee))}`))).sort();
  }

  public authorizationLines(): readonly string[] {
    const lines = this.plan.calls.flatMap((call) => {
      const { callee, ports, asked, principal } = this.resolve(call);
      if (outside(callee)) return [];
      const to = `${placeOf(callee)} from ${principal}:`;
      if (asked.length === 0) return [`${to} any path port ${ports[0].targetPort}`];
      return asked.flatMap(({ operation, port }) => operation.methods.flatMap((method) => policyPaths(operation.path)
        .map((path) => `${to} ${method} ${path} port ${callee.ports.length > 1 ? port.targetPort : 'any'}`)));
    });
    return unique(lines).sort();
  }

  public ingressLines(): readonly string[] {
    return unique(this.plan.calls.flatMap((call) => {
      const { callee, ports, from } = this.resolve(call);
      return outside(callee) ? [] : ports.map(({ targetPort }) => `${namespaceOf(callee)}/app=${callee.name} from ${from} on ${targetPort}`);
    })).sort();
  }

  public egressLines(): readonly string[] {
    return unique(this.meshCalls().flatMap(({ caller, callee, ports }) => {
      const open = callee.cidrs.length > 0 ? callee.cidrs : ['public 0.0.0.0/0', 'public ::/0'];
      const peers = outside(callee) ? open : [`${namespaceOf(callee)}/app=${callee.name}`];
      return peers.flatMap((peer) => ports.map(({ targetPort }) => `${namespaceOf(caller)}/app=${caller.name} to ${peer} on ${targetPort}`));
    })).sort();
  }

  public serviceEntryLines(): readonly string[] {
    return this.plan.workloads.filter(({ kind }) => kind === 'external').flatMap((each) => each.ports.map(({ protocol, number }) => {
      const byAddress = protocol === 'tcp' && each.cidrs.length > 0;
      return `${placeOf(each)} ${each.host}:${number} ${protocol.toUpperCase()} at ${byAddress ? each.cidrs.join() : 'any'} by ${byAddress ? 'NONE' : 'DNS'}`;
    })).sort();
  }

  /** Each object is seen where it is used: routes of the mesh not by the gateway, which has its own. */
  public exportLines(): readonly string[] {
    const callees = this.plan.workloads.flatMap((callee) => {
      const inMesh = this.meshCalls().filter((each) => each.callee === callee).map(({ caller }) => namespaceOf(caller));
      const all = [...inMesh, ...this.gatewayCalls().filter((each) => each.callee === callee).map(() => 'istio-system')];
      const line = (kind: string, to: readonly string[]): string =>
        `${kind} ${placeOf(callee)} to ${unique(['.', ...to.filter((each) => each !== namespaceOf(callee))]).sort().join()}`;
      return [
        ...(callee.ports.some(carriesRequests) ? [line('VirtualService', inMesh)] : []),
        ...(callee.kind === 'service' && callee.ports.length > 0 ? [line('DestinationRule', all)] : []),
        ...(callee.kind === 'external' ? [line('ServiceEntry', all)] : []),
      ];
    });
    const ofGateways = this.plan.gateways.flatMap(({ system, hosts }) => hosts.map((host) =>
      `VirtualService ${namespaces[system]}/${host.replace('*', 'any').replaceAll('.', '-')} to istio-system`));
    return [...callees, ...ofGateways].sort();
  }

  /** The subset that a call goes to: the caller's own where one of its calls to the callee says that it has one. */
  private subset(call: CallPlan, callee: WorkloadPlan): string {
    const caller = this.workloads.get(call.from);
    const namespace = caller ? namespaceOf(caller) : 'istio-system';
    const hasOwn = this.plan.calls.some((other) => pairOf(other) === pairOf(call) && other.policy?.inUse);
    return [subsetOf(callee), ...(hasOwn ? [call.from, ...(namespace === namespaceOf(callee) ? [] : [namespace])] : [])].join('-');
  }

  /** Workloads with pods. */
  private running(): readonly WorkloadPlan[] {
    return this.plan.workloads.filter((each) => !outside(each));
  }

  private meshCalls() {
    return this.plan.calls.flatMap((call) => {
      const caller = this.workloads.get(call.from);
      return caller ? [{ call, caller, ...this.resolve(call) }] : [];
    });
  }

  private gatewayCalls() {
    return this.plan.calls.flatMap((call) => {
      const gateway = this.gateways.get(call.from);
      return gateway ? [{ call, gateway, ...this.resolve(call) }] : [];
    });
  }

  private resolve(call: CallPlan) {
    const callee = this.workloads.get(call.to)!;
    const caller = this.workloads.get(call.from);
    const asked = call.operations.map((name) => askedOf(callee, name));
    const ports = asked.length > 0 ? unique(asked.map(({ port }) => port)) : [callee.ports.find(({ name }) => name === call.port) ?? callee.ports[0]];
    const from = caller ? `${namespaceOf(caller)}/app=${caller.name}` : 'istio-system/istio=ingressgateway';
    const identity = caller ? `ns/${namespaceOf(caller)}/sa/${caller.name}` : 'ns/istio-system/sa/istio-ingressgateway-service-account';
    return { callee, asked, ports, from, principal: `cluster.local/${identity}` };
  }
}

interface Asked {
  readonly operation: OperationPlan;
  readonly port: PortPlan;
}

function askedOf(callee: WorkloadPlan, name: string): Asked {
  const operation = callee.operations.find((each) => each.name === name)!;
  return { operation, port: callee.ports.find((each) => each.name === operation.port)! };
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
const namespaceOf = ({ kind, system }: WorkloadPlan): string => (kind === 'api' ? 'default' : namespaces[system]);
const placeOf = (workload: WorkloadPlan): string => `${namespaceOf(workload)}/${workload.name}`;
const hostOf = (workload: WorkloadPlan): string => workload.host ?? `${workload.name}.${namespaceOf(workload)}.svc.cluster.local`;
const subsetOf = ({ kind }: WorkloadPlan): string => (kind === 'service' ? 'v1' : '');
const portNumber = ({ ports }: WorkloadPlan, { number }: PortPlan): number | string => (ports.length > 1 ? number : 'any');

/** One text a match: what comes after `<host> from <caller>`. */
function routesOf(
  callee: WorkloadPlan, call: CallPlan, ports: readonly PortPlan[], subset: string,
): readonly ((mesh: boolean, host?: string) => string)[] {
  const text = (port: PortPlan, request: string, limit: string) => (mesh: boolean, host = ''): string =>
    `port ${mesh ? portNumber(callee, port) : 'any'}: ${request} → ${host}${subset} port ${portNumber(callee, port)} in ${limit}`;
  if (call.operations.length === 0) return ports.filter(carriesRequests).map((port) => text(port, 'any, any', `${call.seconds}s`));
  return call.operations.map((name) => askedOf(callee, name)).flatMap(({ operation: { methods, path, protocol, streams }, port }) => {
    const limit = streams ? 'no limit' : `${call.seconds}s`;
    return (protocol === 'grpc' ? ['any'] : methods).flatMap((method) => uris(path).map((uri) => text(port, `${method}, ${uri}`, limit)));
  });
}

function uris(path: string): readonly string[] {
  if (path === '/*') return ['prefix /'];
  if (path.endsWith('/*')) return [`exact ${path.slice(0, -2)}`, `prefix ${path.slice(0, -1)}`];
  return [path.includes('{') ? `regex ${path.replace(/\{\w+\}/g, '[^/]+')}` : `exact ${path}`];
}

function policyPaths(path: string): readonly string[] {
  if (path.endsWith('/*') && path !== '/*') return [path.slice(0, -2), path];
  return [path.replace(/\{\w+\}/g, '{*}')];
}
