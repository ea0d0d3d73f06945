import { Cluster } from './cluster';
import { http, judgeIsolation, tcp } from './isolation';
import { WHOLE_STORE } from './jhipster-store';

const DATABASES: Readonly<Record<string, string>> = {
  store: 'store-postgresql:5432', invoice: 'invoice-postgresql:5432', product: 'product-postgresql:5432', notification: 'notification-mongodb:27017',
};
const SERVICES = Object.keys(DATABASES);

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clearAll(WHOLE_STORE);
  await cluster.apply(WHOLE_STORE);
});
afterAll(async () => {
  await cluster.clearAll(WHOLE_STORE);
  cluster.close();
});

judgeIsolation(cluster, {
  objects: WHOLE_STORE,
  namespace: 'jhipster-store',
  declared: SERVICES.map((from) => ({ from, to: tcp(DATABASES[from]) })),
  // the browser calls each service by the gateway: no service calls another, and none another's database
  undeclared: [...SERVICES, 'oauth2-proxy'].flatMap((from) => SERVICES.filter((to) => to !== from)
    .flatMap((to) => [{ from, to: http(`${to}:80`, '/api/things') }, { from, to: tcp(DATABASES[to]) }])),
});
