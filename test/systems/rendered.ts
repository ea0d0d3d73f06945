import { App } from 'cdk8s';
import { CallGraph, Edge, Environment, GitOpsApp, type EnvironmentProps } from '../../src';
import { manifestsIn, named, objectsOf } from '../app/built';
import { at, listAt } from '../mesh/world';

/** A system, in an environment. */
export type System = (environment: Environment) => void;

const environments: Readonly<Record<string, EnvironmentProps>> = { staging: { interception: 'init' }, production: { replicas: 2 } };

function buildIn(app: App, system: System): void {
  for (const [name, props] of Object.entries(environments)) system(new Environment(app, name, props));
}

/** The files of a system in staging and production, by path. */
export function filesOf(system: System): ReadonlyMap<string, string> {
  const app = new GitOpsApp();
  buildIn(app, system);
  return manifestsIn(app.render());
}

/** The documents of a system as the stock cdk8s App writes them, sorted. */
export function stockDocuments(system: System): readonly string[] {
  const app = new App();
  buildIn(app, system);
  return documentsIn(app.synthYaml());
}

/** The documents of texts, sorted. */
export function documentsIn(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(/^---\n/m)).sort();
}

/** The objects of a system in production. */
export function inProduction(system: System): readonly unknown[] {
  return objectsOf(filesOf(system), 'production');
}

/** Runs a function while every call that is declared goes another way into the graph. */
function withAddEdge<T>(run: () => T, other: (edge: Edge, add: (edge: Edge) => void) => void): T {
  const addEdge = CallGraph.prototype.addEdge;
  const spy = jest.spyOn(CallGraph.prototype, 'addEdge').mockImplementation(function (this: CallGraph, edge: Edge) {
    other(edge, (each) => addEdge.call(this, each));
  });
  try {
    return run();
  } finally {
    spy.mockRestore();
  }
}

/** A system with all its calls declared in the opposite order. */
export function reversed(system: System): System {
  return (environment) => {
    const declare: (() => void)[] = [];
    withAddEdge(() => system(environment), (edge, add) => declare.push(() => add(edge)));
    for (const each of declare.reverse()) each();
  };
}

/** What calls (`camera → collector`) do not say. */
export type Silence = Partial<Record<'during' | 'background', readonly string[]>>;

/** A system whose calls do not say some of what they say. */
export function without(system: System, { during = [], background = [] }: Silence): System {
  return (environment) => withAddEdge(() => system(environment), (edge, add) => {
    const call = `${edge.caller.name} → ${edge.callee.name}`;
    add({
      ...edge,
      during: during.includes(call) ? undefined : edge.during,
      background: edge.background && !background.includes(call),
    });
  });
}

/** Variables of the main container of a workload, in their order; undefined where the value comes from elsewhere. */
export function envOf(objects: readonly unknown[], name: string, kind = 'Deployment'): Readonly<Record<string, unknown>> {
  const variables = listAt(named(objects, kind, name), 'spec.template.spec.containers.0.env');
  return Object.fromEntries(variables.map((each) => [String(at(each, 'name')), at(each, 'value')]));
}

/** What each identity may do with a service. */
export function allowedOf(objects: readonly unknown[], name: string): Readonly<Record<string, readonly unknown[]>> {
  const rules = listAt(named(objects, 'AuthorizationPolicy', name), 'spec.rules');
  return Object.fromEntries(rules.map((rule) => [String(at(rule, 'from.0.source.principals.0')), listAt(rule, 'to').map((each) => at(each, 'operation'))]));
}

/** Routes of one VirtualService. */
export function routesOf(objects: readonly unknown[], name: string): readonly unknown[] {
  return listAt(named(objects, 'VirtualService', name), 'spec.http');
}
