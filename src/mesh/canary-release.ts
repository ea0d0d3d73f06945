import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { matchesFor } from '../graph/choice';
import { mayBeRepeated } from '../graph/retry-safety';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { PodProps } from '../workload/pod';
import { Replicas, maxReplicas, minReplicas } from '../workload/replicas';
import { ResourceLimitedDeployment } from '../workload/resource-limited-deployment';
import { wholeSeconds } from '../workload/whole-seconds';
import { CanaryMatch, checkedHeader, choicesOf, listOf } from './canary-match';
import { MeshNamespace } from './mesh-namespace';
import { MeshedMicroservice } from './meshed-microservice';

/** Properties of `CanaryRelease`: how its version differs from the stable one, and which requests it gets. */
export interface CanaryReleaseProps extends Partial<Omit<PodProps, 'exceptions'>> {
  /** How many pods run. @default - as many as of the stable version */
  readonly replicas?: Replicas;
  /** Share of the requests that it gets now, in percent: 0, or one of the plan. With 0 it runs and waits. */
  readonly at: number;
  /** Shares that it goes through, whole and rising, 1-100. `[100]` is blue/green: both run, one line switches. @default [1, 5, 20, 50, 100] */
  readonly plan?: readonly number[];
  /** Which requests the share is of, any of these; the others stay with the stable version. @default - all */
  readonly match?: CanaryMatch | readonly [CanaryMatch, ...CanaryMatch[]];
  /** Requests that it gets whatever the share, any of these: those of its testers. @default - none */
  readonly always?: CanaryMatch | readonly [CanaryMatch, ...CanaryMatch[]];
  /**
   * Share of the same requests of which it gets a copy, in percent, 1-100; its answers are dropped. Operations that must not be done twice,
   * or lead to one that must not, are never copied. @default - none
   */
  readonly mirror?: number;
  /**
   * Whether the second version of a caller calls this one, whatever the share. It holds along calls that all have one; with a header it holds
   * across callers that have none and pass the header on, and the VirtualService says who must. @default false
   */
  readonly lane?: boolean | { readonly header: string };
  /**
   * Whether a browser stays with the version that it got: the gateway sets a cookie, whole seconds of `maxAge` long. A share is of new sessions then.
   * @default - each request is drawn anew
   */
  readonly sticky?: { readonly maxAge: Duration };
}

const defaultPlan = [1, 5, 20, 50, 100];

/**
 * A second version of a service beside the stable one, with pods of its own and the service's identity, host and permissions. It is the stable
 * version but for what is given. Its id is its version: a fixed word, never a release number.
 *
 * Each step is a commit: `at: 0`, along the plan to 100, the stable version takes over what was given, `at: 0`, removal.
 */
export class CanaryRelease extends Construct {
  /** Its pods. */
  public readonly workload: ResourceLimitedDeployment;

  /** @throws ConfigurationError on a share outside of the plan, on a second release, and on a service that no requests are told apart of */
  constructor(service: MeshedMicroservice<string>, id: string, props: CanaryReleaseProps) {
    super(service, id);
    const { at, match, always, mirror, lane = false, sticky, plan, ...own } = props;
    checkService(this, service);
    checkPlan(this, at, plan);
    if (mirror !== undefined && !isShare(mirror)) reject(this, `mirror must be a whole number of percent from 1 to 100, got ${mirror}`);
    if (mirror !== undefined && at === 100) reject(this, `mirror copies what another version answers, got ${mirror} where this one has all; leave it out`);

    const { env, replicas, ...stable } = service.props;
    const pods = { ...stable, replicas, ...own, env: { ...env, ...own.env } };
    const choices = choicesOf(this, { match, always });
    service.release({
      name: id,
      minReplicas: minReplicas(pods.replicas!),
      maxReplicas: maxReplicas(pods.replicas!),
      percent: at,
      ...choices,
      mirrorPercent: mirror,
      lane: lane !== false,
      laneHeader: typeof lane === 'object' ? checkedHeader(this, 'lane.header', lane.header) : undefined,
      sticky: sticky && { cookie: `${service.party.namespace}-${service.node.id}-release`, maxAge: sticky.maxAge },
    });
    if (sticky) checkSticky(this, sticky.maxAge, props);
    this.node.addValidation({ validate: () => withoutEffect(service, choices, props) });
    this.workload = service.deploy(this, { ...pods, version: id, name: `${service.node.id}-${id}`, selector: { app: service.node.id, version: id } });
  }
}

function checkService(construct: Construct, { party, props: { version, existing, rollout } }: MeshedMicroservice<string>): void {
  const { id } = construct.node;
  checkName(construct, 'id', id);
  if (id === version) reject(construct, `its version must not be the stable one's, got '${id}'; choose another, such as 'canary'`);
  if (rollout) reject(construct, 'a service has one way of releasing, got a second version beside a rollout; remove one of them');
  if (!party.ports.some((port) => port.carriesRequests)) {
    const got = party.ports.length === 0 ? 'no port' : 'TCP';
    reject(construct, `a release needs requests that can be routed, got a service of ${got}; run the new version as a service of its own`);
  }
  if (existing) {
    const got = JSON.stringify(existing.selector);
    reject(construct, `a Deployment that was taken over selects its own pods or both versions', got ${got}; run the new version as a service of its own`);
  }
  if (party.enforcement?.authorization === 'dry-run') {
    reject(construct, "requests of a namespace that joins go to all pods, got authorization 'dry-run'; release once it is enforced");
  }
}

function checkPlan(construct: Construct, at: number, plan: readonly number[] = defaultPlan): void {
  const rises = plan.every((share, index) => isShare(share) && share > (plan[index - 1] ?? 0));
  if (plan.length === 0 || !rises) reject(construct, `plan must be whole numbers of percent that rise from 1 to 100 at most, got [${plan.join(', ')}]`);
  if (at !== 0 && !plan.includes(at)) reject(construct, `at must be 0 or one of the plan, got ${at}; the plan is ${plan.join(', ')}`);
}

function isShare(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 100;
}

/** What nobody would notice: requests of somebody who sends none, copies of nothing, cookies for nobody. */
function withoutEffect(
  service: MeshedMicroservice<string>, choices: ReturnType<typeof choicesOf>, { match, always, mirror, sticky }: CanaryReleaseProps,
): string[] {
  const { party } = service;
  const { graph } = MeshNamespace.of(service).environment;
  const edges = graph.to(party);
  const strangers = listOf(match, always).flatMap(({ callers = [] }) => callers).filter((each) => !edges.some(({ caller }) => caller === each.party));
  const shared = edges.filter(({ caller }) => matchesFor(choices.match, caller)?.length !== 0);
  const isCopied = (name: string): boolean => !party.operations[name].streams && mayBeRepeated(graph, party, name);
  return [
    ...strangers.map(({ node }) => `callers must call ${service.node.id}, got ${node.id}; declare its call, or leave it out`),
    ...(mirror === undefined || shared.some(({ operations }) => operations.some(isCopied)) ? []
      : ['mirror copies requests that may be done twice, got a service that is asked for none; remove it']),
    ...(sticky === undefined || shared.some(({ caller }) => caller.gateway) ? []
      : ['sticky needs browsers, got no gateway that leads to the service with requests that are shared; remove it']),
  ];
}

/** A cookie can say one thing only. */
function checkSticky(construct: Construct, maxAge: Duration, { match, always }: CanaryReleaseProps): void {
  wholeSeconds(construct, 'sticky.maxAge', maxAge, 1);
  if (listOf(match, always).some(({ cookie }) => cookie)) {
    reject(construct, 'requests are told apart by one cookie, got match.cookie beside sticky; match a header, or leave sticky out');
  }
}
