import { Finding } from './finding';
import { nameOf } from './rendered';
import { shareSenders } from './senders';
import { Snapshot, Subset } from './snapshot';

/**
 * Versions that lose their subset or their pods while requests go there, or get requests before they have pods.
 * Proxies learn of routes, subsets and pods at different moments: what is removed together is missing for a moment.
 */
export function routedVersions(before: Snapshot, after: Snapshot): readonly Finding[] {
  return [
    ...before.subsets().flatMap((subset) => (before.service(subset.host) && after.service(subset.host) ? removed(before, after, subset) : [])),
    ...after.subsets().flatMap((subset) => (before.service(subset.host) ? arrived(before, after, subset) : [])),
  ];
}

function removed(before: Snapshot, after: Snapshot, subset: Subset): readonly Finding[] {
  const { host, name } = subset;
  const kept = after.subsets().some((other) => other.host === host && other.name === name);
  const [wasRouted, isRouted] = [before, after].map((each) => each.routesTo(host, name).length > 0);
  const still = 'requests still go there, so that they fail with 503';
  if (!kept && isRouted) return [refusal('subset-removed', subset, `is removed, but ${still}`, 'route nothing to it first')];
  if (!kept && wasRouted && shareSenders(before, after, subset)) {
    const problem = 'is removed in the commit that takes its requests away; proxies that still have the route answer 503';
    const fix = 'take the requests away in one commit (or give them weight 0), remove the subset in the next';
    return [refusal('route-and-subset-removed', subset, problem, fix)];
  }
  const ended = before.workloadsOf(subset).length > 0 && after.workloadsOf(subset).length === 0;
  return ended && isRouted ? [refusal('pods-removed', subset, `loses its last pods, but ${still}`, 'route nothing to it first')] : [];
}

function arrived(before: Snapshot, after: Snapshot, subset: Subset): readonly Finding[] {
  if (after.routesTo(subset.host, subset.name).length === 0) return [];
  const [had, has] = [before, after].map((each) => each.workloadsOf(subset).length > 0);
  const wasKnown = before.subsets().some((other) => other.host === subset.host && other.name === subset.name);
  if (had && !wasKnown && shareSenders(after, before, subset)) {
    const how = 'is made in the commit that sends requests to it; proxies that learn of the route first answer 503';
    return [refusal('route-and-subset-added', subset, how, 'write the subset in one commit, send requests to it in the next')];
  }
  if (had || !has) return [];
  const problem = 'gets requests in the commit that makes its pods; until they are ready those requests fail with 503';
  return [refusal('requests-before-pods', subset, problem, 'deploy it with weight 0 first, give it requests in the next commit')];
}

function refusal(rule: string, subset: Subset, problem: string, fix: string): Finding {
  return { rule, severity: 'error', object: `${nameOf(subset.rule)} subset ${subset.name}`, problem, fix };
}
