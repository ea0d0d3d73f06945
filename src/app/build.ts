import type { App } from 'cdk8s';
import { AdmissionEngine, ArgoCdDelivery, Environment, KubeBench, PriorityClasses, RequiredLimits } from '../index';
import { addisPay, takesMoney } from './addis-pay/addis-pay';
import { airport } from './airport/airport';
import { airportExperiments } from './airport/experiments/experiments';
import { environments } from './environments';
import { storeExperiments } from './jhipster-store/experiments';
import { jhipsterStore } from './jhipster-store/jhipster-store';
import { boutiqueExperiments } from './online-boutique/experiments';
import { mernShop } from './mern-shop/mern-shop';
import { monitoring } from './monitoring';
import { onlineBoutique } from './online-boutique/online-boutique';

/** Everything that this repository deploys; the stock app of cdk8s takes it as well. */
export function build(app: App): void {
  for (const [name, settings] of Object.entries(environments)) {
    const { onlineBoutique: boutique, jhipsterStore: store, airport: terminal, mernShop: mern, addisPay: pay, monitoring: watching, ...others } = settings;
    const { delivery, kubeBench, experiments, ...props } = others;
    const environment = new Environment(app, name, props);
    const systems = {
      boutique: onlineBoutique(environment, boutique).shop, store: jhipsterStore(environment, store).shop, airport: airport(environment, terminal).namespace,
    };
    const [{ shop, logs: shopLogs }, { pay: payments, logs: paymentLogs }] = [mernShop(environment, mern), addisPay(environment, pay)];
    monitoring(environment, {
      own: [systems.boutique, systems.store, systems.airport],
      operator: [shop, shopLogs.namespace, payments, paymentLogs.namespace],
    }, watching);
    new KubeBench(environment, 'kube-bench', kubeBench); // of the platform, so that no Application has it
    new PriorityClasses(environment, 'priority-classes', { classes: { [takesMoney]: { value: 1000, description: 'Who takes orders and money.' } } });
    new RequiredLimits(environment, 'required-limits', { engine: AdmissionEngine.gatekeeper() });
    new ArgoCdDelivery(environment, 'argocd', delivery);
    if (!experiments) continue;
    boutiqueExperiments(systems.boutique, boutique);
    storeExperiments(systems.store, store);
    airportExperiments(systems.airport, terminal);
  }
}
