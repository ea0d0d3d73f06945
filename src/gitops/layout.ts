import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/** Ids that are safe as a file name on every file system, and cannot lead out of the folder. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** The component that an object belongs to: the direct child of its chart that is or holds the object. */
export function componentOf(object: ApiObject): IConstruct {
  let component: IConstruct = object;
  while (component.node.scope && !Chart.isChart(component.node.scope)) component = component.node.scope;
  return component;
}

/** Path of a component's file below the output folder. */
export function fileOf(component: IConstruct): string {
  return `${component.node.path}.yaml`;
}

/** Ids that are no file names, and files that would be one where case does not count. */
export function layoutProblems(components: readonly IConstruct[]): readonly string[] {
  return [...nameProblems(components), ...collisions(components), ...reserved(components)];
}

/** Folders that hold no environment. */
const reservedIds = ['contracts', 'experiments'];

function reserved(components: readonly IConstruct[]): readonly string[] {
  const outermost = new Set(components.map(({ node }) => node.scopes[1]));
  return [...outermost].filter(({ node }) => reservedIds.includes(node.id.toLowerCase()))
    .map(({ node }) => `[${node.path}] id must not be that of the folder of ${node.id.toLowerCase()}, got '${node.id}'; change it`);
}

function nameProblems(components: readonly IConstruct[]): readonly string[] {
  const named = new Set(components.flatMap(({ node }) => node.scopes.slice(1)));
  return [...named].filter(({ node }) => !FILE_NAME.test(node.id)).map(({ node }) =>
    `[${node.path}] id becomes a file name and must be letters, digits, '.', '_' and '-', got ${JSON.stringify(node.id)}`);
}

function collisions(components: readonly IConstruct[]): readonly string[] {
  const paths = components.map(({ node }) => node.path).sort();
  const owners = new Map<string, string>();
  const twins = paths.flatMap((path) => {
    const file = `${path}.yaml`.toLowerCase();
    const owner = owners.get(file);
    if (owner === undefined) owners.set(file, path);
    return owner === undefined ? [] : [`[${path}] file must be its own, got that of ${owner}, since case does not count everywhere; change the id`];
  });
  return [...twins, ...paths.flatMap(foldersOf).flatMap((folder) => {
    const owner = owners.get(folder.toLowerCase());
    return owner === undefined ? [] : [`[${folder}] folder must not be called as a file, got the name of that of ${owner}; change the id`];
  })];
}

/** `a` and `a/b` for `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  const ids = path.split('/');
  return ids.slice(1).map((_, index) => ids.slice(0, index + 1).join('/'));
}
