import { Duration } from 'cdk8s';
import { type Environment, MeshNamespace } from 'meshmart';
import { greetings } from './services/greetings';
import { web } from './services/web';

/** What runs in the namespace, and who calls whom. */
export function system(environment: Environment): void {
  const namespace = new MeshNamespace(environment, '{{name}}', { owner: '@example/{{name}}' });

  const services = {
    greetings: greetings(namespace),
    web: web(namespace),
  };

  services.web.calls(services.greetings, {
    operations: ['greet'], during: ['page'], timeout: Duration.seconds(1), env: (to) => ({ GREETINGS_URL: to.url() }),
  });
}
