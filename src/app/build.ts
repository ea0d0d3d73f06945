import { Environment, type GitOpsApp } from '../index';
import { environments } from './environments';
import { storeExperiments } from './jhipster-store/experiments';
import { jhipsterStore } from './jhipster-store/jhipster-store';
import { boutiqueExperiments } from './online-boutique/experiments';
import { onlineBoutique } from './online-boutique/online-boutique';

/** Everything that this repository deploys. */
export function build(app: GitOpsApp): void {
  for (const [name, { onlineBoutique: boutique, jhipsterStore: store, experiments, ...props }] of Object.entries(environments)) {
    const environment = new Environment(app, name, props);
    const shops = { boutique: onlineBoutique(environment, boutique).shop, store: jhipsterStore(environment, store).shop };
    if (!experiments) continue;
    boutiqueExperiments(shops.boutique, boutique);
    storeExperiments(shops.store, store);
  }
}
