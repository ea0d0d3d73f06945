import { JsonPatch } from 'cdk8s';
import type { Contract } from '../../src';
import { compareContracts, inWords, unmatchedHalves, type RenderedFiles } from '../../src/checks';
import { expectRefusal } from '../mesh/world';

const CHECKOUT = 'cluster.local/ns/shop/sa/checkout';
const HALF = { podLabels: { app: 'checkout' }, operations: { charge: '5s' }, ports: {} };

/** The bank lets checkout charge; nobody asks for refunds yet. */
const bank: Contract = {
  schemaVersion: 1,
  environment: 'staging',
  system: 'bank',
  services: {
    payment: {
      host: 'payment.bank.svc.cluster.local',
      namespace: 'bank',
      identity: 'cluster.local/ns/bank/sa/payment',
      podLabels: { app: 'payment' },
      ports: { grpc: { protocol: 'grpc', port: 50051, targetPort: 50051 } },
      operations: {
        charge: { protocol: 'grpc', methods: ['POST'], path: '/bank.Payment/Charge', port: 'grpc', idempotent: true, streams: false, takes: '4s' },
        refund: { protocol: 'grpc', methods: ['POST'], path: '/bank.Payment/Refund', port: 'grpc', idempotent: true, streams: false },
      },
      callers: { [CHECKOUT]: HALF },
    },
  },
  calls: {},
};
const shop: Contract = {
  schemaVersion: 1, environment: 'staging', system: 'shop', services: {},
  calls: { checkout: { identity: CHECKOUT, callees: { 'payment.bank.svc.cluster.local': HALF } } },
};

const edited = (contract: Contract, ...patches: JsonPatch[]): Contract => JsonPatch.apply(JSON.parse(JSON.stringify(contract)), ...patches);
const PAYMENT = '/services/payment';

describe('a contract that changed', () => {
  test.each<[string, JsonPatch, string, string]>([
    ['a service that is gone', JsonPatch.remove(PAYMENT), 'service-removed', '[staging bank/payment] is not in the contract any more'],
    ['an operation that is gone', JsonPatch.remove(`${PAYMENT}/operations/charge`), 'operation-removed', '[staging bank/payment charge] is not'],
    ['an operation that is not idempotent any more', JsonPatch.replace(`${PAYMENT}/operations/charge/idempotent`, false), 'not-idempotent', 'do it twice'],
    ['an operation that takes longer than callers wait', JsonPatch.replace(`${PAYMENT}/operations/charge/takes`, '6s'), 'slower', 'got 4s → 6s'],
    ['another path', JsonPatch.replace(`${PAYMENT}/operations/charge/path`, '/bank.Payment/Pay'), 'operation-changed', '/bank.Payment/Pay'],
    ['a stream', JsonPatch.replace(`${PAYMENT}/operations/charge/streams`, true), 'operation-changed', 'changes its streams'],
    ['another port', JsonPatch.replace(`${PAYMENT}/ports/grpc/port`, 9000), 'port-changed', '"port":9000'],
    ['another container port', JsonPatch.replace(`${PAYMENT}/ports/grpc/targetPort`, 9000), 'port-changed', '"targetPort":9000'],
    ['another host', JsonPatch.replace(`${PAYMENT}/host`, 'pay.bank.svc.cluster.local'), 'service-moved', 'changes its host'],
    ['another identity', JsonPatch.replace(`${PAYMENT}/identity`, 'cluster.local/ns/bank/sa/pay'), 'service-moved', 'changes its identity'],
    ['other pods', JsonPatch.replace(`${PAYMENT}/podLabels/app`, 'pay'), 'service-moved', 'changes its podLabels'],
  ])('breaks its callers by %s', (_, patch, rule, said) => {
    const [finding, ...others] = compareContracts(bank, edited(bank, patch));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule, severity: 'error', breaks: [CHECKOUT] });
    expect(inWords(finding)).toContain(said);
    expect(inWords(finding)).toContain(`, which breaks ${CHECKOUT}; `);
  });

  test.each<[string, JsonPatch, string]>([
    ['is not allowed any more', JsonPatch.remove(`${PAYMENT}/callers/${CHECKOUT.replaceAll('/', '~1')}`), `does not allow ${CHECKOUT} any more`],
    ['may ask for less', JsonPatch.remove(`${PAYMENT}/callers/${CHECKOUT.replaceAll('/', '~1')}/operations/charge`), 'operation charge any more'],
    ['gets less time', JsonPatch.replace(`${PAYMENT}/callers/${CHECKOUT.replaceAll('/', '~1')}/operations/charge`, '4s'), 'got "5s" → "4s"'],
  ])('warns where a caller %s, since that is right once it does so', (_, patch, said) => {
    const [finding, ...others] = compareContracts(bank, edited(bank, patch));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'caller-limited', severity: 'warning' });
    expect(inWords(finding)).toContain(said);
  });

  test('breaks nobody by further methods', () => {
    const methods = `${PAYMENT}/operations/charge/methods`;
    expect(compareContracts(bank, edited(bank, JsonPatch.replace(methods, ['POST', 'PUT'])))).toEqual([]);
    expect(compareContracts(bank, edited(bank, JsonPatch.replace(methods, ['PUT'])))).toMatchObject([{ rule: 'operation-changed' }]);
  });

  test('warns where nobody calls yet', () => {
    const [finding, ...others] = compareContracts(bank, edited(bank, JsonPatch.remove(`${PAYMENT}/operations/refund`)));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'operation-removed', severity: 'warning', breaks: [] });
  });

  test('breaks nobody who waits long enough', () => {
    expect(compareContracts(bank, edited(bank, JsonPatch.replace(`${PAYMENT}/operations/charge/takes`, '5s'))))
      .toMatchObject([{ rule: 'slower', severity: 'warning' }]);
  });

  test('breaks nobody by what is new, safer or faster', () => {
    const safer = edited(bank, JsonPatch.replace(`${PAYMENT}/operations/charge/idempotent`, false));
    expect(compareContracts(safer, bank)).toEqual([]);
    expect(compareContracts(edited(bank, JsonPatch.remove(`${PAYMENT}/operations/refund`)), bank)).toEqual([]);
    expect(compareContracts(bank, edited(bank, JsonPatch.remove(`${PAYMENT}/operations/charge/takes`)))).toEqual([]);
  });
});

describe('halves of a call', () => {
  const folder = (contract: Contract): RenderedFiles => new Map([[`contracts/${contract.environment}/${contract.system}.json`, JSON.stringify(contract)]]);
  const said = (...contracts: readonly Contract[]): string[] => unmatchedHalves(...contracts.map(folder)).map(inWords);
  const CALL = `[staging ${CHECKOUT} → payment.bank.svc.cluster.local]`;
  const ALLOWED = `${PAYMENT}/callers/${CHECKOUT.replaceAll('/', '~1')}`;

  test('are nothing to say where both are there', () => {
    expect(said(bank, shop)).toEqual([]);
  });

  test('fail where the callee does not allow it', () => {
    expect(said(edited(bank, JsonPatch.remove(ALLOWED)), shop)).toEqual([`${CALL} calls, but is not allowed; let the callee say allows(RemoteCaller.of(…))`]);
  });

  test('fail where the caller does not call', () => {
    expect(said(bank, { ...shop, calls: {} })).toEqual([
      `${CALL} is allowed, but does not call; declare the call there with RemoteService, or remove allows here`,
    ]);
  });

  test('are errors where requests are lost, warnings where more is allowed than done, and where the other half lies elsewhere', () => {
    const severities = (...contracts: Contract[]): string[] => unmatchedHalves(...contracts.map(folder)).map(({ severity }) => severity);
    const time = (limit: string): Contract => edited(bank, JsonPatch.replace(`${ALLOWED}/operations/charge`, limit));
    expect(severities(edited(bank, JsonPatch.remove(ALLOWED)), shop)).toEqual(['error']);
    expect(severities(time('4s'), shop)).toEqual(['error']);
    expect(severities(time('6s'), shop)).toEqual(['warning']);
    expect(severities(bank)).toEqual(['warning']);
    expect(severities(shop)).toEqual(['warning']);
  });

  test('fail where they are of different environments', () => {
    expect(said(bank, { ...shop, environment: 'production' })).toHaveLength(2);
  });

  test.each<[string, JsonPatch, string]>([
    ['another operation', JsonPatch.move(`${ALLOWED}/operations/charge`, `${ALLOWED}/operations/refund`), 'calls operation charge, but is not allowed to'],
    ['a port that is not called', JsonPatch.add(`${ALLOWED}/ports/grpc`, null), 'is allowed port grpc, but does not call it'],
    ['another time', JsonPatch.replace(`${ALLOWED}/operations/charge`, '9s'), 'got "5s" and "9s"; give both halves the same timeout'],
    ['other pods', JsonPatch.replace(`${ALLOWED}/podLabels/app`, 'desk'), 'got {"app":"checkout"} and {"app":"desk"}'],
  ])('fail where one says %s', (_, patch, part) => {
    expect(said(edited(bank, patch), shop).join('\n')).toContain(part);
  });

  test('fail where the JSON was cut off, or is no contract', () => {
    const path = 'contracts/staging/bank.json';
    expectRefusal(() => unmatchedHalves(new Map([[path, '{ "schemaVersion": 1,']])), `[${path}]`, 'must be JSON', 'anew');
    expectRefusal(() => unmatchedHalves(new Map([[path, '{}']])), `[${path}]`, 'schemaVersion');
  });
});
