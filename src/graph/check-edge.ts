import { invalid } from './configuration-error';
import { Edge, inBrief } from './edge';
import { Callee } from './party';
import { retryPolicy, retryProblem } from './retries';

/** Checks one call by itself. @throws ConfigurationError with the caller's path, what is wrong and what to do */
export function checkEdge(edge: Edge): void {
  const { caller, callee } = edge;
  if (caller.environment !== callee.environment) {
    invalid(caller.path, `calls cannot leave their environment, got ${inBrief(edge)} of ${whereabouts(edge)}; call one of ${caller.environment.path}`);
  }
  if (callee.ports.length === 0) invalid(caller.path, `cannot call ${callee.path}, got a workload without a port; give it one`);
  checkNames(edge);
  checkTimes(edge);
}

function whereabouts({ caller, callee }: Edge): string {
  const { path } = callee.environment;
  return path === caller.environment.path ? `another app's ${path}` : path;
}

function checkNames({ caller, callee, operations, port, during = [] }: Edge): void {
  checkAll(operations, Object.keys(callee.operations), caller.path, `operation of ${callee.name}`);
  checkAll(during, Object.keys(caller.operations), caller.path, `operation of ${caller.name} in during`);
  if (port !== undefined) checkAll([port], callee.ports.map(({ name }) => name), caller.path, `port of ${callee.name}`);
  if (operations.length === 0 && needsOperations(callee)) {
    invalid(caller.path, `a call to ${callee.name} must say which operations, got none; choose from ${list(Object.keys(callee.operations))}`);
  }
}

function needsOperations(callee: Callee): boolean {
  return Object.keys(callee.operations).length > 0 && callee.ports.every((port) => port.carriesRequests);
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
  const { caller, timeout, retries } = edge;
  if (timeout.toMilliseconds() <= 0) invalid(caller.path, `timeout of ${inBrief(edge)} must be more than 0, got ${timeout.toMilliseconds()}ms`);
  const problem = retries === undefined ? undefined : retryProblem(retryPolicy(retries), timeout);
  if (problem !== undefined) invalid(caller.path, `${inBrief(edge)}: ${problem}`);
}
