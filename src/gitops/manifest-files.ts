import { ApiObject, App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { leftOut } from '../graph/trace';
import { inKindOrder } from '../manifest/kind-order';
import { rendered } from '../manifest/plain-json';
import { RenderedCheck } from '../manifest/rendered-check';
import { RenderedObject } from '../manifest/rendered-object';
import { credentialProblems } from '../security/credentials';
import { secretValueProblems } from '../security/secret-values';
import { collect, throwCollected } from './collected-errors';
import { dependencyProblems } from './dependency-cycles';
import { RenderedFile } from './document';
import { componentOf, fileOf, layoutProblems } from './layout';

/**
 * Validates an app and renders its objects, one file a component, sorted by path.
 * @throws ConfigurationError with a line `[path] …` for everything that is wrong
 */
export function manifestFiles(app: App): readonly RenderedFile[] {
  const constructs = app.node.findAll();
  const components = componentsOf(constructs.filter((construct) => ApiObject.isApiObject(construct)));
  const declared = leftOut() === undefined; // else nobody means it so: it is compared with what is
  const checks = declared ? constructs.filter((each) => each instanceof RenderedCheck) : [];
  const validated = declared ? constructs.filter((each) => !(each instanceof RenderedCheck)) : []; // a check would render its objects once more
  throwCollected([
    ...validated.flatMap((construct) => collect(construct, () => construct.node.validate())),
    ...dependencyProblems(constructs),
    ...layoutProblems([...components.keys()]),
  ]);
  return renderedFiles(components, checks);
}

function componentsOf(objects: readonly ApiObject[]): ReadonlyMap<IConstruct, readonly ApiObject[]> {
  const components = new Map<IConstruct, ApiObject[]>();
  for (const object of objects) {
    const component = componentOf(object);
    const siblings = components.get(component);
    if (siblings) siblings.push(object);
    else components.set(component, [object]);
  }
  return components;
}

function renderedFiles(components: ReadonlyMap<IConstruct, readonly ApiObject[]>, checks: readonly RenderedCheck[]): readonly RenderedFile[] {
  const problems: string[] = [];
  const all: RenderedObject[] = [];
  const files = [...components].map(([component, objects]): RenderedFile => {
    const inFile: RenderedObject[] = [];
    for (const construct of objects) {
      problems.push(...collect(construct, () => {
        const manifest = rendered(construct);
        inFile.push({ construct, manifest });
        return credentialProblems(manifest);
      }));
    }
    all.push(...inFile);
    return { path: fileOf(component), component, objects: inKindOrder(inFile).map(({ manifest }) => manifest) };
  });
  throwCollected([...problems, ...secretValueProblems(all), ...checks.flatMap((check) => collect(check, () => check.problems(all)))]);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
