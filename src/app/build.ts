import { Environment, type GitOpsApp } from '../index';
import { environments } from './environments';
import { jhipsterStore } from './jhipster-store/jhipster-store';
import { onlineBoutique } from './online-boutique/online-boutique';

/** Everything that this repository deploys. */
export function build(app: GitOpsApp): void {
  for (const [name, { onlineBoutique: boutique, jhipsterStore: store, ...props }] of Object.entries(environments)) {
    const environment = new Environment(app, name, props);
    onlineBoutique(environment, boutique);
    jhipsterStore(environment, store);
  }
}
