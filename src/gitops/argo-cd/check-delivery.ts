import { IConstruct } from 'constructs';
import { cronProblem, neverComes } from '../../graph/cron';
import { checkName } from '../../manifest/names';
import { reject } from '../../manifest/reject';
import { ArgoCdDeliveryProps, SyncWindow } from './delivery-props';

/** Refuses what Argo CD would take otherwise than it was meant, or not at all. */
export function checkDelivery(construct: IConstruct, props: ArgoCdDeliveryProps): void {
  const { repository, path = '', clusters, namespace = 'argocd', project, targetRevision = 'main', syncWindows = [], formerNamespaces = [] } = props;
  checkRepository(construct, repository);
  if (path.startsWith('/') || path.split('/').includes('..')) reject(construct, `path must be a folder of the repository, got '${path}'; leave the slash out`);
  if (targetRevision.trim() === '') reject(construct, "targetRevision must name a branch, got ''; leave it out for main");
  checkName(construct, 'namespace', namespace);
  if (project !== undefined) checkName(construct, 'project', project);
  for (const name of formerNamespaces) checkName(construct, 'formerNamespaces', name);
  if (clusters.length === 0) reject(construct, 'clusters must name at least one that the environment runs in, got none');
  for (const { name, server } of clusters) {
    checkName(construct, 'name of a cluster', name);
    if (!/^https:\/\/[^@/]+(\/.*)?$/.test(server)) {
      reject(construct, `server must be the https address of an API server, got '${server}'; Argo CD's own is https://kubernetes.default.svc`);
    }
  }
  for (const what of ['name', 'server'] as const) {
    const values = clusters.map((cluster) => cluster[what]);
    const twin = values.find((value, index) => values.indexOf(value) < index);
    if (twin !== undefined) reject(construct, `clusters must have a ${what} of their own, got '${twin}' twice`);
  }
  for (const window of syncWindows) checkWindow(construct, window);
}

/** What is wrong is never printed, since it may hold a password. */
function checkRepository(construct: IConstruct, repository: string): void {
  if (repository.trim() === '') reject(construct, "repository must be the address of a GitOps repository, got ''");
  if (/^\w+:\/\/[^/]*:[^/]*@/.test(repository) || /^https?:\/\/[^/]*@/.test(repository)) {
    reject(construct, 'repository must have no credentials in it, got an address with some; give Argo CD a repository Secret');
  }
}

function checkWindow(construct: IConstruct, { schedule, duration, timeZone }: SyncWindow): void {
  const problem = cronProblem(schedule);
  if (problem !== undefined) reject(construct, `schedule of a sync window ${problem}`);
  if (neverComes(schedule)) reject(construct, `schedule of a sync window must come, got '${schedule}', days that no month has; remove the window`);
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    reject(construct, `timeZone of a sync window must be a name of the IANA database, got '${timeZone}'; write for example 'Europe/Vienna'`);
  }
  const minutes = duration.toMilliseconds() / 60_000;
  if (minutes < 1 || !Number.isInteger(minutes)) reject(construct, `duration of a sync window must be whole minutes, 1 or more, got ${minutes * 60}s`);
}

/** Argo CD takes a whole AppProject for invalid where it does not know a time zone; unlike here, upper case matters to it. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
}
