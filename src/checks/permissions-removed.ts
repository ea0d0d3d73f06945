import { Finding } from './finding';
import { listAt, textAt } from '../graph/json';
import { ObjectInFile, nameOf } from './rendered';
import { Snapshot } from './snapshot';

/**
 * Namespaces and kinds that an AppProject stops permitting in the commit that removes what is of them: Argo CD does not look at them any more, so
 * that it all goes on running, and an Application for such a namespace never ends, as `test/cluster/argo-cd.cluster.ts` shows.
 */
export function permissionsRemoved(before: Snapshot, after: Snapshot): readonly Finding[] {
  return before.of('AppProject').flatMap((project) => {
    const now = after.find(project);
    const of = before.objects.filter(({ apiVersion, kind }) => !(apiVersion.startsWith('argoproj.io/') && ['AppProject', 'Application'].includes(kind)));
    const gone = (what: (each: ObjectInFile) => readonly string[]): readonly string[] => what(project).filter((each) => now && !what(now).includes(each));
    return [
      ...gone(namespacesOf).filter((namespace) => of.some((object) => object.namespace === namespace)).map((namespace) => finding(
        project, `namespace ${namespace}`, `name it in formerNamespaces of the delivery for one commit`)),
      ...gone(kindsOf).filter((kind) => of.some((object) => kindOf(object) === kind)).map((kind) => finding(
        project, `kind ${kind.split('/').at(-1)}`, 'leave it in kinds of the delivery for one commit')),
    ];
  });
}

function finding(project: ObjectInFile, what: string, fix: string): Finding {
  return {
    rule: 'permission-removed-at-once', severity: 'error', object: nameOf(project), fix,
    problem: `stops permitting ${what} in the commit that removes what is of it, which Argo CD then leaves running`,
  };
}

function namespacesOf({ content }: ObjectInFile): readonly string[] {
  return [...new Set(listAt(content, 'spec.destinations').flatMap((each) => textAt(each, 'namespace') ?? []))];
}

function kindsOf({ content }: ObjectInFile): readonly string[] {
  return listAt(content, 'spec.namespaceResourceWhitelist').map((each) => `${textAt(each, 'group') ?? ''}/${textAt(each, 'kind')}`);
}

function kindOf({ apiVersion, kind }: ObjectInFile): string {
  return `${apiVersion.split('/').slice(0, -1).join()}/${kind}`;
}
