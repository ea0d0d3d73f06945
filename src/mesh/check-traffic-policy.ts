import { Construct } from 'constructs';
import { Port } from '../graph/port';
import { TrafficPolicy, failsOver } from '../graph/traffic-policy';
import { trafficPolicyProblem } from '../graph/traffic-policy-problem';
import { reject } from '../manifest/reject';
import { Replicas, minReplicas } from '../workload/replicas';

/**
 * Refuses a policy that cannot be, or has no effect. A service that says itself that it runs one pod and where its requests go when that fails
 * contradicts itself; where the environment says how many pods run, the one declaration is meant for several environments.
 */
export function checkTrafficPolicy(
  construct: Construct, ports: readonly Port[], { trafficPolicy, replicas }: { readonly trafficPolicy?: TrafficPolicy; readonly replicas?: Replicas },
): void {
  if (!trafficPolicy) return;
  const problem = trafficPolicyProblem(trafficPolicy, ports);
  if (problem !== undefined) reject(construct, `trafficPolicy: ${problem}`);
  if (failsOver(trafficPolicy) && replicas !== undefined && minReplicas(replicas) < 2) {
    const fix = 'raise them, remove locality, or let the environment say replicas';
    reject(construct, `trafficPolicy: locality leads away from pods that fail, of which one must stay, got replicas of 1; ${fix}`);
  }
}
