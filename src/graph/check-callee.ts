import { invalid } from './configuration-error';
import { objectiveProblem } from './objective';
import { Operation } from './operation';
import { Callee, portOf } from './party';
import { Port, portProblem } from './port';

/** Checks who can be called by itself. @throws ConfigurationError with its path, what is wrong and what to do */
export function checkCallee(callee: Callee): void {
  checkPorts(callee);
  checkObjective(callee);
  const answers = new Map<string, string>();
  for (const [name, operation] of Object.entries(callee.operations)) {
    const problem = operation.problem() ?? portProblemOf(callee, operation);
    if (problem !== undefined) invalid(callee.path, `operation ${name}: ${problem}`);
    for (const method of operation.methods) {
      const request = `${portOf(callee, operation).number} ${method} ${operation.path.key}`;
      const earlier = answers.get(request);
      if (earlier !== undefined) {
        invalid(callee.path, `two operations answer one request, got ${method} ${operation.path.text} for ${earlier} and ${name}; remove one`);
      }
      answers.set(request, name);
    }
  }
}

function checkObjective({ path, ports, operations, slo }: Callee): void {
  const all = Object.values(operations);
  const measured = { carriesRequests: ports.every((port) => port.carriesRequests), streams: all.length > 0 && all.every(({ streams }) => streams) };
  const problem = slo && objectiveProblem(slo, measured);
  if (problem !== undefined) invalid(path, problem);
}

/** Ports that the sidecar of a pod listens on. Source: Istio, "Ports used by Istio". */
const sidecarPorts = [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090];
/** Those where the proxies of callers would have to listen too, for requests to any address: they leave such a service out. */
const callersPorts = [15001, 15006, 15021, 15090];

/** Whether the proxy of a pod listens on a port, a gateway's too. */
export function isProxyPort(number: number): boolean {
  return sidecarPorts.includes(number);
}

function checkPorts({ ports, path, pods }: Callee): void {
  for (const port of ports) {
    const problem = portProblem(port) ?? takenProblem(port, pods !== undefined);
    if (problem !== undefined) invalid(path, problem);
    for (const key of ['name', 'number', 'targetPort'] as const) {
      const twins = ports.filter((other) => other[key] === port[key]);
      if (twins.length > 1) invalid(path, `ports must differ, got ${key} ${port[key]} twice; change one`);
    }
  }
}

function takenProblem({ number, targetPort, carriesRequests }: Port, hasPods: boolean): string | undefined {
  if (hasPods && isProxyPort(targetPort)) return `targetPort must be none of the sidecar's own, got ${targetPort}`;
  if (!carriesRequests || !callersPorts.includes(number)) return undefined;
  return `port must be none that its callers' sidecars listen on, got ${number}; choose another`;
}

function portProblemOf(callee: Callee, operation: Operation): string | undefined {
  const names = callee.ports.map(({ name }) => name);
  if (operation.port !== undefined && !names.includes(operation.port)) return `port must be one of ${names.join(', ')}, got '${operation.port}'`;
  const { protocol } = portOf(callee, operation);
  if (protocol === operation.protocol) return undefined;
  return `its port must speak ${operation.protocol}, got ${protocol}; use Port.${operation.protocol}, or remove the operation`;
}
