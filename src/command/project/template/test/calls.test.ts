import { GitOpsApp } from 'meshmart';
import { matchers } from 'meshmart/testing';
import { build } from '../src/build';
import { environments } from '../src/environments';

expect.extend(matchers);

const app = new GitOpsApp();
build(app);

describe.each(Object.keys(environments))('in %s', (environment) => {
  test('a page gets its greeting, and asks again where that fails', () => {
    const operation = 'GET /greetings/ada';
    expect(app).toCall('web', 'greetings', { operation, environment });
    expect(app).toHaveRetries('web', 'greetings', { operation, attempts: 2, environment });
  });

  test('a page changes no greeting, and greetings ask nobody for pages', () => {
    expect(app).not.toCall('web', 'greetings', { operation: 'PUT /greetings/ada', environment });
    expect(app).not.toCall('greetings', 'web', { operation: 'GET /', environment });
  });
});
