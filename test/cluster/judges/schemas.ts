import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BESIDE_THE_MESH, definitionsBesideTheMesh } from '../control/definitions';
import { istioObjects } from '../control/istiod';
import { GO_TOOLS, binaryFolder, cacheFolder } from '../tools/pins';
import { withApiServer, type Kubectl } from './lone-api-server';

type Schema = Readonly<Record<string, unknown>>;
interface Kind { readonly group: string; readonly version: string; readonly kind: string }
interface Document { readonly components: { readonly schemas: Readonly<Record<string, Schema>> } }

const REFERENCE = '#/components/schemas/';
const KINDS = 'x-kubernetes-group-version-kind';
const OPEN = 'x-kubernetes-preserve-unknown-fields';

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object that lists its properties has no others; descriptions and defaults judge nothing. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (!isSchema(value)) return value;
  const judging = Object.entries(value).filter(([key]) => key !== 'description' && key !== 'default');
  const copy = Object.fromEntries(judging.map(([key, inner]) => [key, key === 'properties' && isSchema(inner) ? eachStrict(inner) : strict(inner)]));
  const closed = value.type === 'object' && 'properties' in value && !('additionalProperties' in value) && value[OPEN] !== true;
  return closed ? { ...copy, additionalProperties: false } : copy;
}

const eachStrict = (properties: Schema): Schema => Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, strict(schema)]));

/** The names of all schemas that one leads to. */
function reachable(schemas: Readonly<Record<string, Schema>>, name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, next] of JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) reachable(schemas, next, found);
  return found;
}

function writeSchemas(folder: string, { components: { schemas } }: Document, [group, version]: readonly [string, string]): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const kinds = (schema[KINDS] ?? []) as Kind[];
    const own = kinds.find((one) => one.group === group && one.version === version);
    if (!own || kinds.length > 1) continue; // those of many versions are what a request has beside objects
    const needed = [...reachable(schemas, name)].sort().map((one) => [one, strict(schemas[one])]);
    // kubeconform takes the version for the group where there is none
    const file = join(folder, group || version, `${own.kind.toLowerCase()}_${version}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ $ref: `${REFERENCE}${name}`, components: { schemas: Object.fromEntries(needed) } }));
  }
}

/** What the API server publishes of its own kinds, of Istio's, and of what else `dist/` has. */
async function readSchemas(folder: string, kubectl: Kubectl): Promise<void> {
  const definitions = [...istioObjects('init').filter(({ kind }) => kind === 'CustomResourceDefinition'), ...await definitionsBesideTheMesh()];
  kubectl(['create', '--validate=false', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: definitions }));
  kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'customresourcedefinition', '--all']);
  for (const path of Object.keys(JSON.parse(kubectl(['get', '--raw', '/openapi/v3'])).paths)) {
    const groupVersion = /^apis?\/(?:([^/]+)\/)?(v\w+)$/.exec(path);
    if (groupVersion) writeSchemas(folder, JSON.parse(kubectl(['get', '--raw', `/openapi/v3/${path}`])), [groupVersion[1] ?? '', groupVersion[2]]);
  }
}

/** Where the schemas of the pinned Kubernetes and Istio lie, made by a real API server if they are not there: other pins are another folder. */
export async function schemaFolder(): Promise<string> {
  const sets = GO_TOOLS.filter(({ name }) => name === 'kubernetes' || name === 'istio').map((set) => basename(binaryFolder(set)));
  const maker = createHash('sha256').update(readFileSync(__filename)).update(JSON.stringify(BESIDE_THE_MESH)).digest('hex').slice(0, 8);
  const target = join(cacheFolder(), '..', 'schemas', [...sets, maker].join('-'));
  if (existsSync(target)) return target;

  mkdirSync(dirname(target), { recursive: true });
  const unfinished = mkdtempSync(`${target}.`);
  try {
    await withApiServer(async (kubectl) => readSchemas(unfinished, kubectl));
    if (!existsSync(target)) renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return target;
}
