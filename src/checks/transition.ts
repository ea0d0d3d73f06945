import { controlledRoutes, replacedWorkloads } from './controlled-routes';
import { denyAllAtOnce } from './deny-all-at-once';
import { Finding, inOrder } from './finding';
import { immutableFields } from './immutable-fields';
import { permissionsRemoved } from './permissions-removed';
import { removedObjects } from './removed-objects';
import { ReadObjects, RenderedFiles, remembering } from './rendered';
import { routedVersions } from './routed-versions';
import { Snapshot, snapshotsOf } from './snapshot';
import { strictAtOnce } from './strict-at-once';

type Check = (before: Snapshot, after: Snapshot) => readonly Finding[];

const checks: readonly Check[] = [
  immutableFields, routedVersions, controlledRoutes, replacedWorkloads, removedObjects, permissionsRemoved, strictAtOnce, denyAllAtOnce,
];

/**
 * What a cluster cannot do in one step: the manifests of one commit against those of the commit before.
 * Systems that the commit before lacks are exempt: nothing runs yet that could be hurt.
 */
export function checkTransition(before: RenderedFiles, after: RenderedFiles): readonly Finding[] {
  return transitionFindings(before, after, remembering());
}

/** The same for one of several steps. @param read what the steps have in common, so that no file is read anew that has not changed */
export function transitionFindings(before: RenderedFiles, after: RenderedFiles, read: ReadObjects): readonly Finding[] {
  const [had, has] = [snapshotsOf(before, read), snapshotsOf(after, read)];
  return inOrder([...had].flatMap(([environment, snapshot]) => checks.flatMap((check) => check(snapshot, has.get(environment) ?? new Snapshot([])))));
}
