import { createHash } from 'node:crypto';
import { IConstruct } from 'constructs';
import { invalid } from '../graph/configuration-error';
import { isDnsName } from '../graph/host-name';
import { reject } from './reject';

/** Refuses what is no DNS label: 1-63 lower-case letters, digits and dashes, with a letter or digit at each end. */
export function checkName(construct: IConstruct, what: string, name: string): void {
  const problem = nameProblem(what, name);
  if (problem !== undefined) reject(construct, problem);
}

function nameProblem(what: string, name: string): string | undefined {
  if (name.length > 63) return `${what} must have at most 63 characters, got ${name.length} in '${name}'; shorten it`;
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) return `${what} must be a DNS label (lower-case letters, digits, dashes), got '${name}'`;
  return undefined;
}

/** Refuses what cannot be the name of an object of others: DNS labels with dots, at most 253 characters. Source: Kubernetes, "Object Names". */
export function checkObjectName(construct: IConstruct, what: string, name: string): void {
  if (!isDnsName(name)) reject(construct, `${what} must be the name of an object (DNS labels, dots between them), got '${name}'`);
}

/** Refuses what cannot be labels: keys and values of 63 letters at most. Source: Kubernetes, "Labels and Selectors". */
export function checkLabels(construct: IConstruct, what: string, labels: Readonly<Record<string, string>>): void {
  checkKeys(construct, what, labels);
  for (const [key, value] of Object.entries(labels)) {
    if (value !== '' && !word.test(value)) {
      reject(construct, `${what} must have values of at most 63 letters, digits, -, _ and ., got '${value}' for ${key}; shorten it, or write it otherwise`);
    }
  }
}

/** Refuses what cannot be keys of labels or annotations: `<name>`, or `<DNS name>/<name>`. */
export function checkKeys(construct: IConstruct, what: string, entries: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(entries)) {
    const [name, prefix, ...more] = key.split('/').reverse();
    const isKey = more.length === 0 && word.test(name) && (prefix === undefined || isDnsName(prefix));
    if (!isKey) reject(construct, `${what} must have keys such as 'name' or 'example.com/name', got '${key}'`);
  }
}

const word = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Refuses what cannot be the name of a Service. */
export function checkServiceName(construct: IConstruct, name: string): void {
  const problem = serviceNameProblem(name);
  if (problem !== undefined) reject(construct, problem);
}

/** What is wrong with the name of a Service: a DNS label that begins with a letter. Source: Kubernetes, RFC 1035 label names. */
export function serviceNameProblem(name: string): string | undefined {
  const begins = /^[a-z]/.test(name) ? undefined : `name of a service must begin with a letter, got '${name}'`;
  return nameProblem('name', name) ?? begins;
}

/** An id that no other child of the scope has, since it names objects. */
export function uniqueId(scope: IConstruct, id: string): string {
  if (scope.node.tryFindChild(id)) invalid(`${scope.node.path}/${id}`, `name must be unique in ${scope.node.path || 'the app'}, got '${id}' twice; rename one`);
  return id;
}

/** A name of so many characters at most: a longer one keeps its beginning, and ends with what tells it from others. */
export function shortened(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, longest - hash.length - 1)}-${hash}`;
}
