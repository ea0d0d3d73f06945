import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { cronProblem, neverComes } from '../graph/cron';
import { annotateExceptions } from '../manifest/exception';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { SyncHook, hookAnnotations } from '../manifest/sync-wave';
import { EnvVars } from './container';
import { PodProps, exceptionsOfPods, podTemplate } from './pod';
import { wholeSeconds } from './whole-seconds';

/** Properties of `ResourceLimitedJob`. */
export interface ResourceLimitedJobProps extends PodProps {
  /** Name of the Job or CronJob: a DNS label, 1-52 characters. */
  readonly name: string;
  /** When it runs, in cron's five fields, by the clock of the cluster's controllers, most often UTC. @default - once, when it is applied */
  readonly schedule?: string;
  /**
   * When Argo CD runs it, anew at every sync: `Sync` for migrations, after stores and before everything that asks them, `PostSync` for a smoke test.
   * @default - it is an object like any other, which runs once
   */
  readonly hook?: SyncHook;
  /** How late a run of a schedule may begin, whole seconds, 10 or more; a later one is left out. @default - whenever it can */
  readonly startingDeadline?: Duration;
  /** Whether it never runs by its schedule: a person makes Jobs of it. @default false */
  readonly suspend?: boolean;
  /** How long it may run in all, whole seconds. @default Duration.minutes(10) */
  readonly activeDeadline?: Duration;
  /** How often it is tried again. @default 3 */
  readonly backoffLimit?: number;
  /** Labels of the pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** ServiceAccount that the pods run as. @default 'default' */
  readonly serviceAccountName?: string;
  /** Variables that are known only when the app is synthesized; they stand before `env`. @default - none */
  readonly edgeEnv?: () => EnvVars;
  /** Variables that are known only when the app is synthesized; they stand after `env`. @default - none */
  readonly lastEnv?: () => EnvVars;
}

/** Work that ends, once or on a schedule, with requests and limits on every container. */
export class ResourceLimitedJob extends Construct {
  /** The Job, if it runs once. */
  public readonly job?: Manifest<k8s.KubeJobProps>;
  /** The CronJob, if it runs on a schedule. */
  public readonly cronJob?: Manifest<k8s.KubeCronJobProps>;

  /** The Job or the CronJob. */
  public readonly resource: Manifest<k8s.KubeJobProps> | Manifest<k8s.KubeCronJobProps>;

  constructor(scope: Construct, id: string, props: ResourceLimitedJobProps) {
    super(scope, id);
    const { name, schedule, hook } = props;
    checkName(this, 'name', name);
    // Kubernetes adds eleven characters to the names of a CronJob's Jobs
    if (name.length > 52) reject(this, `name of a job must have at most 52 characters, got ${name.length} in '${name}'; shorten it`);
    const spec = jobSpec(this, props); // what is wrong with the pod is said where it is written
    if (hook && schedule !== undefined) reject(this, `a job runs by a schedule or by a hook, got '${schedule}' and ${hook}; leave one out`);
    const metadata = { name, annotations: hook && hookAnnotations(hook) };
    if (schedule === undefined) this.resource = this.job = new Manifest(this, 'Resource', kinds.Job, metadata, () => ({ spec }));
    else this.resource = this.cronJob = this.onSchedule(schedule, props, spec);
    annotateExceptions(this.resource, props.exceptions ?? [], ...exceptionsOfPods);
  }

  private onSchedule(schedule: string, props: ResourceLimitedJobProps, spec: k8s.JobSpec): Manifest<k8s.KubeCronJobProps> {
    const { startingDeadline, suspend } = props;
    const problem = cronProblem(schedule);
    if (problem !== undefined) reject(this, `schedule ${problem}`);
    if (!suspend && neverComes(schedule)) reject(this, `schedule must come, got '${schedule}', days that no month has; say suspend: true for one by hand`);
    // less than the 10 s between two looks of the controller is never
    const startingDeadlineSeconds = startingDeadline && wholeSeconds(this, 'startingDeadline', startingDeadline, 10);
    return new Manifest(this, 'Resource', kinds.CronJob, { name: props.name }, () => ({
      spec: { schedule, concurrencyPolicy: 'Forbid', startingDeadlineSeconds, suspend, jobTemplate: { spec } },
    }));
  }
}

function jobSpec(construct: Construct, props: ResourceLimitedJobProps): k8s.JobSpec {
  const { labels, serviceAccountName = 'default', activeDeadline = Duration.minutes(10), backoffLimit = 3 } = props;
  if (!Number.isInteger(backoffLimit) || backoffLimit < 0) reject(construct, `backoffLimit must be a whole number of 0 or more, got ${backoffLimit}`);
  const template = podTemplate(construct, props, { labels, serviceAccountName, edgeEnv: props.edgeEnv, lastEnv: props.lastEnv });
  return {
    activeDeadlineSeconds: wholeSeconds(construct, 'activeDeadline', activeDeadline, 1),
    backoffLimit,
    template: { ...template, spec: template.spec && { ...template.spec, restartPolicy: 'Never' } },
  };
}
