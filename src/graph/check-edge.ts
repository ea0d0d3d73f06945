import { invalid } from './configuration-error';
import { Edge, carriesRequests, inBrief, portsOf, timeoutOf } from './edge';
import { exposureProblem } from './exposure';
import { headerProblem } from './header-operations';
import { objectiveProblem } from './objective';
import { portOf } from './party';
import { RetryPolicy, idleConditionProblem, retryPolicy, retryProblem } from './retries';
import { TrafficPolicy } from './traffic-policy';
import { trafficPolicyProblem } from './traffic-policy-problem';

/** Checks one call by itself. @throws ConfigurationError with the caller's path, what is wrong and what to do */
export function checkEdge(edge: Edge): void {
  const { caller, callee } = edge;
  if (caller.environment !== callee.environment) {
    invalid(caller.path, `calls cannot leave their environment, got ${inBrief(edge)} of ${whereabouts(edge)}; call one of ${caller.environment.path}`);
  }
  if (callee.ports.length === 0) invalid(caller.path, `cannot call ${callee.path}, got a workload without a port; give it one`);
  checkNames(edge);
  checkOperationsGiven(edge);
  if (caller.gateway && !(callee.pods && carriesRequests(edge))) {
    const port = `a ${portsOf(edge)[0].protocol} port`;
    invalid(caller.path, `a gateway leads to services at ports that carry requests, got ${inBrief(edge)} at ${port}; choose another port`);
  }
  if (caller.gateway && callee.remote) {
    invalid(caller.path, `a gateway leads to services of its own repository, which knows their versions, got ${inBrief(edge)}; route it where it is rendered`);
  }
  checkTimes(edge);
  checkObjective(edge);
  checkPolicy(edge, 'trafficPolicy', edge.trafficPolicy);
  checkPolicy(edge, 'standbyTrafficPolicy', edge.standbyTrafficPolicy);
  const problem = (edge.headers && headersProblem(edge)) ?? (edge.exposure && (exposureProblem(edge.exposure) ?? preflightProblem(edge)));
  if (problem !== undefined) invalid(caller.path, `${inBrief(edge)}: ${problem}`);
}

/** Where pages of other origins ask first, the gateway answers OPTIONS itself. */
function preflightProblem({ callee, exposure }: Edge): string | undefined {
  const own = Object.entries(callee.operations).find(([, { methods }]) => exposure?.cors && methods.includes('OPTIONS'));
  return own && `cors answers OPTIONS, got operation ${own[0]} of ${callee.name} that does so too; remove one of them`;
}

function headersProblem(edge: Edge): string | undefined {
  if (edge.callee.remote) return 'headers are written where the service is rendered, got headers; say them in its allows';
  if (carriesRequests(edge)) return headerProblem(edge.headers!);
  return `the mesh sees no headers at a ${portsOf(edge)[0].protocol} port, got headers; remove them`;
}

function whereabouts({ caller, callee }: Edge): string {
  const { path } = callee.environment;
  return path === caller.environment.path ? `another app's ${path}` : path;
}

function checkNames({ caller, callee, operations, port, during }: Edge): void {
  checkAll(operations, Object.keys(callee.operations), caller.path, `operation of ${callee.name}`);
  checkAll(during ?? [], Object.keys(caller.operations), caller.path, `operation of ${caller.name} in during`);
  if (port !== undefined) checkAll([port], callee.ports.map(({ name }) => name), caller.path, `port of ${callee.name}`);
  if (during?.length === 0) {
    invalid(caller.path, `during must name what causes the call to ${callee.name}, got []; leave it out, or say background if nobody waits`);
  }
}

/** A port with operations is never opened as a whole. */
function checkOperationsGiven({ caller, callee, operations, port }: Edge): void {
  if (operations.length > 0) return;
  const meant = callee.ports.find(({ name }) => name === port) ?? callee.ports[0];
  const served = Object.keys(callee.operations).filter((name) => portOf(callee, callee.operations[name]) === meant);
  if (served.length > 0) invalid(caller.path, `a call to ${callee.name} must say which operations, got none; choose from ${list(served)}`);
}

function checkAll(given: readonly string[], known: readonly string[], path: string, what: string): void {
  for (const name of given) {
    if (!known.includes(name)) invalid(path, `unknown ${what}, got '${name}'; it has ${list(known)}`);
  }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...names].sort().join(', ');
}

function checkTimes(edge: Edge): void {
  const { caller, callee, operations, timeout, retries, sequential } = edge;
  const given = [timeout && 'timeout', retries && 'retries', sequential && 'sequential'].filter((word) => typeof word === 'string');
  if (given.length > 0 && !carriesRequests(edge)) {
    invalid(caller.path, `the mesh sees no requests in a call to ${callee.name} at a ${portsOf(edge)[0].protocol} port, got ${given.join(', ')}; remove it`);
  }
  if (timeout && operations.length > 0 && operations.every((name) => callee.operations[name].streams)) {
    invalid(caller.path, `${inBrief(edge)} streams and has no timeout, got ${timeout.toMilliseconds()}ms; remove it`);
  }
  const milliseconds = timeoutOf(edge).toMilliseconds();
  if (milliseconds <= 0) invalid(caller.path, `timeout of ${inBrief(edge)} must be more than 0, got ${milliseconds}ms`);
  const problem = retries === undefined ? undefined : retriesProblem(edge, retryPolicy(retries));
  if (problem !== undefined) invalid(caller.path, `${inBrief(edge)}: ${problem}`);
}

function retriesProblem(edge: Edge, policy: RetryPolicy): string | undefined {
  return retryProblem(policy, timeoutOf(edge)) ?? idleConditionProblem(policy, portsOf(edge).some(({ protocol }) => protocol === 'grpc'));
}

function checkObjective(edge: Edge): void {
  const { caller, callee, operations, slo } = edge;
  const streams = operations.length > 0 && operations.every((name) => callee.operations[name].streams);
  const problem = slo && objectiveProblem(slo, { carriesRequests: carriesRequests(edge), streams });
  if (problem !== undefined) invalid(caller.path, `${inBrief(edge)}: ${problem}`);
}

/** A caller's own policy is a subset of the callee's DestinationRule, which a route has to name. */
function checkPolicy(edge: Edge, word: string, policy: TrafficPolicy | undefined): void {
  if (policy === undefined) return;
  const { caller, callee } = edge;
  const refuse = (problem: string): never => invalid(caller.path, `${word} of ${inBrief(edge)}: ${problem}`);
  if (callee.external) refuse(`nothing outside of the cluster has versions that a caller could have for itself, got ${callee.host}; remove it`);
  if (callee.remote) refuse(`it stands with the callee, got a service of another repository; let that one say it in allows`);
  if (!carriesRequests(edge)) {
    refuse(`no route can lead one caller's connections, got a ${portsOf(edge)[0].protocol} port; give ${callee.name} itself a trafficPolicy`);
  }
  if (callee.enforcement?.authorization === 'dry-run') {
    refuse("requests of a namespace that joins go to all pods, got authorization 'dry-run'; say it once that is enforced");
  }
  const problem = trafficPolicyProblem(policy, callee.ports);
  if (problem !== undefined) refuse(problem);
}
