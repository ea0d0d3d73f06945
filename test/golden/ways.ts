import { Duration } from 'cdk8s';
import { EgressGateway, ExternalService, IngressGateway, MeshNamespace, NginxIngress, Operation, Port } from '../../src';
import { client, container } from '../mesh/world';
import { type Cases, web } from './case';

/** Ways into the mesh, and out of it. */
export const WAYS: Cases = {
  'gateway': [({ shop }) => {
    new IngressGateway(shop, 'gateway', { hosts: ['shop.example'] }).routes(web(shop), { operations: ['home', 'product', 'order'] });
    return ['shop/gateway'];
  }],
  'gateway-tls': [({ shop }) => {
    const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example', 'www.shop.example'], tls: { credentialName: 'shop-tls' } });
    gateway.routes(web(shop), { operations: ['home'], timeout: Duration.seconds(10), retries: 'none' });
    return ['shop/gateway'];
  }],
  'external-tls': [({ shop }) => {
    const bank = new ExternalService(shop, 'bank', { host: 'api.bank.example', port: Port.tls(443) });
    client(shop, 'checkout').calls(bank, { env: (to) => ({ BANK_URL: to.url('/v2') }) });
    return ['shop/bank', 'shop/checkout'];
  }],
  'external-tls-origination': [({ shop }) => {
    const operations = { charge: Operation.http('POST', '/charges') };
    const bank = new ExternalService(shop, 'bank', { host: 'api.bank.example', port: Port.http(80, { targetPort: 443 }), operations, tls: {} });
    client(shop, 'checkout').calls(bank, { operations: ['charge'], env: (to) => ({ BANK_URL: to.url() }) });
    return ['shop/bank'];
  }],
  'egress-gateway': [({ staging, shop }) => {
    const gateway = new EgressGateway(new MeshNamespace(staging, 'edge'), 'egress', { resources: container.resources });
    const bank = new ExternalService(shop, 'bank', { host: 'api.bank.example', port: Port.tls(443), through: { gateway, port: 9443 } });
    client(shop, 'checkout').calls(bank, {});
    return ['edge/egress', 'shop/bank'];
  }],
  'ingress-nginx': [({ shop }) => {
    const ingress = new NginxIngress(shop, 'ingress', { hosts: ['shop.example'], tls: { credentialName: 'shop-tls' } });
    ingress.routes(web(shop), { operations: ['home'] });
    return ['shop/ingress'];
  }],
  'ingress-nginx-plaintext': [({ shop }) => {
    const ingress = new NginxIngress(shop, 'ingress', { hosts: ['shop.example'], plaintext: { because: 'its platform has no mesh' } });
    ingress.routes(web(shop), { operations: ['home'] });
    return ['shop/ingress'];
  }],
  'external-tcp': [({ shop }) => {
    const ledger = new ExternalService(shop, 'ledger', { host: 'ledger.bank.example', port: Port.tcp(5432), cidrs: ['203.0.113.0/24'] });
    client(shop, 'checkout').calls(ledger, { env: (to) => ({ LEDGER_ADDR: to.hostPort }) });
    return ['shop/ledger', 'shop/checkout'];
  }],
  'external-http': [({ shop }) => {
    const operations = { today: Operation.http('GET', '/rates/{day}') };
    const rates = new ExternalService(shop, 'rates', { host: 'rates.example', port: Port.http(80), operations });
    client(shop, 'checkout').calls(rates, { operations: ['today'], timeout: Duration.millis(800) });
    return ['shop/rates', 'shop/checkout'];
  }],
};
