import { listAt, textAt } from '../graph/json';
import { Finding } from './finding';
import { ObjectInFile, nameOf } from './rendered';
import { Snapshot } from './snapshot';

/**
 * Services whose requests begin or end to go to other hosts, or to be decided elsewhere, together with what decides or answers.
 * A route whose delegate is not there is left out in silence, and one to a host that a proxy has not learnt of answers 503.
 */
export function controlledRoutes(before: Snapshot, after: Snapshot): readonly Finding[] {
  return after.of('VirtualService').flatMap((routes) => {
    const earlier = before.find(routes);
    return earlier && isOfService(before, earlier) ? [...delegates(before, after, earlier, routes), ...hosts(before, after, earlier, routes)] : [];
  });
}

/** Whether it has the routes of a Service that ran before: what leads to others comes and goes with those who ask. */
function isOfService(before: Snapshot, routes: ObjectInFile): boolean {
  return listAt(routes.content, 'spec.hosts').some((host) => before.service(String(host)) !== undefined);
}

function delegates(before: Snapshot, after: Snapshot, earlier: ObjectInFile, routes: ObjectInFile): readonly Finding[] {
  const [had, has] = [before.delegatesOf(earlier), after.delegatesOf(routes)];
  const lost = has.filter((name) => !after.delegate(name));
  const added = has.filter((name) => after.delegate(name) && !before.delegate(name));
  const removed = had.filter((name) => !has.includes(name) && !after.delegate(name));
  return [
    ...lost.map((name) => refusal('delegate-removed', routes,
      `delegates to ${name}, which is not there, so that the route is left out`, 'delegate nothing to it first')),
    ...added.map((name) => refusal('route-and-delegate-added', routes,
      `delegates to ${name} in the commit that makes it; read before it, the route is left out`,
      'write the delegate in one commit, delegate to it in the next')),
    ...removed.map((name) => refusal('route-and-delegate-removed', routes,
      `delegates to ${name} until the commit that removes it; read after it, the route is left out`,
      'delegate nothing to it in one commit, remove it in the next')),
  ];
}

function hosts(before: Snapshot, after: Snapshot, earlier: ObjectInFile, routes: ObjectInFile): readonly Finding[] {
  const own = listAt(routes.content, 'spec.hosts');
  const [had, has] = [before.hostsOf(earlier), after.hostsOf(routes)].map((some) => some.filter((host) => !own.includes(host)));
  const added = has.filter((host) => !before.service(host) && after.service(host));
  const removed = had.filter((host) => before.service(host) && !after.service(host));
  return [
    ...added.map((host) => refusal('route-and-host-added', routes,
      `sends requests to ${host} in the commit that makes its Service; proxies that learn of the route first answer 503`,
      'write the Service in one commit, and weight 0 in the routes, send requests to it in the next')),
    ...removed.map((host) => refusal('route-and-host-removed', routes,
      `sends requests to ${host} until the commit that removes its Service; proxies that still have the route answer 503`,
      'give it weight 0 in one commit, remove the Service in the next')),
  ];
}

/** Pods that are replaced by those of another kind of workload: nothing makes the old ones wait for the new ones. */
export function replacedWorkloads(before: Snapshot, after: Snapshot): readonly Finding[] {
  const gone = before.of('Deployment', 'Rollout').filter((workload) => !after.find(workload));
  return gone.flatMap((workload) => {
    const [successor] = after.of('Deployment', 'Rollout').filter((each) => takesPlaceOf(each, workload));
    if (!successor || before.find(successor)) return [];
    const problem = `is removed in the commit that brings ${successor.kind} ${successor.name} in its place; its pods end before those are ready`;
    const word = workload.kind === 'Deployment' ? 'leaving' : 'arriving';
    return [refusal('workload-replaced', workload, problem, `let both run for a commit, with rollout.deployment: '${word}'`)];
  });
}

function takesPlaceOf(successor: ObjectInFile, workload: ObjectInFile): boolean {
  return successor.kind !== workload.kind && successor.namespace === workload.namespace && successor.name === workload.name
    && textAt(successor.content, 'spec.template.spec.serviceAccountName') === textAt(workload.content, 'spec.template.spec.serviceAccountName');
}

function refusal(rule: string, object: ObjectInFile, problem: string, fix: string): Finding {
  return { rule, severity: 'error', object: nameOf(object), problem, fix };
}
