import { ArgoCdDelivery, Environment, type GitOpsApp } from 'meshmart';
import { environments } from './environments';
import { system } from './system';

/** Everything that this repository deploys. */
export function build(app: GitOpsApp): void {
  for (const [name, { replicas, delivery }] of Object.entries(environments)) {
    const environment = new Environment(app, name, { replicas });
    system(environment);
    new ArgoCdDelivery(environment, 'argocd', delivery);
  }
}
