import { Construct } from 'constructs';
import { Fault, Lifted, faultProblem } from '../graph/fault';
import { Caller } from '../graph/party';
import { uniqueId } from '../manifest/names';
import { reject } from '../manifest/reject';
import { Environment } from './environment';
import { MeshedMicroservice } from './meshed-microservice';

/** Properties of `FaultInjection`. */
export interface FaultInjectionProps<Op extends string = string> extends Fault {
  /** Whose requests: services, jobs or gateways that call the service. @default - everybody's */
  readonly from?: readonly [FaultSource, ...FaultSource[]];
  /** What they ask for. @default - anything */
  readonly operations?: readonly [Op, ...Op[]];
  /** The version that they reach, where its requests have a route of their own. @default - any */
  readonly version?: string;
  /**
   * What the routes do without meanwhile: the fault comes before the timeout and the retries of its own route, which would never see it.
   * Their effect shows one hop before. @default - nothing
   */
  readonly lifts?: readonly Lifted[];
}

/** Somebody whose requests can go wrong. */
export interface FaultSource {
  /** What it is in the call graph. */
  readonly party: Caller;
}

/**
 * Makes requests to a service fail or wait, in the proxies of those who call it. Its scope is the service, and the service one that an
 * `Experiment` builds: in what really runs, a fault is refused.
 */
export class FaultInjection<Op extends string = string> extends Construct {
  /** @throws ConfigurationError outside of an experiment, and on shares and status codes that Envoy does not have */
  constructor(service: MeshedMicroservice<Op>, id: string, props: FaultInjectionProps<NoInfer<Op>>) {
    super(service, uniqueId(service, id));
    const { from, operations, version, lifts = [], abort, delay } = props;
    if (!Environment.of(this).isExperiment) {
      reject(this, `a fault belongs into an Experiment, got one in ${Environment.of(this).node.path}, which runs; inject it in the experiment's build`);
    }
    const problem = faultProblem(props);
    if (problem !== undefined) reject(this, problem);
    const known = Object.keys(service.operations).sort();
    const unknown = operations?.find((name) => !known.includes(name));
    if (unknown !== undefined) reject(this, `unknown operation of ${service.node.id}, got '${unknown}'; it has ${known.join(', ')}`);
    service.inject({ path: this.node.path, from: from?.map(({ party }) => party), operations, version, lifts, abort, delay });
  }
}
