import { type EnvironmentProps, IngressGateway, JwtAuthentication, MeshedMicroservice, Operation, Port, TokenLocation } from '../../src';
import { container, world } from '../mesh/world';

const keys = [{ kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' }]; // RFC 7517, A.1
const issuers = { id: { issuer: 'https://id.example', jwks: { keys }, audiences: ['shop'], from: [TokenLocation.header('x-id')] } } as const;

function system(props: EnvironmentProps = {}) {
  const { app, shop } = world(props);
  const pages = new MeshedMicroservice(shop, 'pages', {
    ...container, port: Port.http(80), operations: { all: Operation.http('GET', '/*'), admin: Operation.http('GET', '/admin/*') },
  });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example'] });
  gateway.routes(pages, { operations: ['all', 'admin'] });
  return { app, pages, gateway };
}

type System = ReturnType<typeof system>;
const problems = ({ app }: System): string => app.node.findAll().flatMap((each) => each.node.validate()).join('\n');

/** Each lets a path through, since it is no path below /admin. */
const trusting: readonly (readonly [string, (made: System) => unknown, string])[] = [
  [
    'a token that only some paths need',
    ({ pages }) => new JwtAuthentication(pages, 'tokens', { issuers, requires: [{ operations: ['admin'] }] }),
    'pages',
  ],
  ['a denial of paths', ({ pages }) => pages.denies('cleaning', { requests: [Operation.http('DELETE', '/admin/*')] }), 'pages-cleaning'],
  [
    'a denial of paths at the gateway',
    ({ gateway }) => gateway.denies('office', { paths: ['/admin/*'], remoteIpBlocks: ['203.0.113.0/24'] }),
    'gateway-office',
  ],
];

test.each(trusting)('%s needs a mesh that merges slashes', (_, guard, policy) => {
  const made = system();
  guard(made);
  expect(problems(made)).toContain('pathNormalization of staging must be MERGE_SLASHES, or DECODE_AND_MERGE_SLASHES');
  expect(problems(made)).toContain(`AuthorizationPolicy ${policy},`);
});

test.each(trusting)('%s is right where it does', (_, guard) => {
  for (const pathNormalization of ['MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'] as const) {
    const made = system({ pathNormalization });
    guard(made);
    expect(problems(made)).toBe('');
  }
});

test('what looks at no path, or at all, may stay as Istio has it', () => {
  const made = system();
  new JwtAuthentication(made.pages, 'tokens', { issuers: { id: { ...issuers.id, claims: ['status'] } }, requires: [{}] });
  made.pages.denies('lab', { namespaces: ['lab'] });
  made.pages.denies('writing', { requests: [Operation.http('POST', '/*')] });
  made.pages.denies('suspended', { claims: [{ claim: 'status', values: ['suspended'] }] });
  made.gateway.denies('abuse', { remoteIpBlocks: ['203.0.113.0/24'] });
  expect(problems(made)).toBe('');
});
