import { Chart, JsonPatch, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Manifest } from '../../src/manifest/manifest';
import { GitOpsApp } from '../../src';
import { at, container, expectRefusal, stockChart, world } from '../mesh/world';
import { MeshedMicroservice } from '../../src';

const SERVICE = { spec: { ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }], selector: { app: 'cart' } } };

function service(content: () => k8s.KubeServiceProps = () => SERVICE): Manifest<k8s.KubeServiceProps> {
  return new Manifest(stockChart(), 'Service', k8s.KubeService, { name: 'cart' }, content);
}

describe('the content', () => {
  test('is what the kind makes of typed values, in the order of cdk8s', () => {
    expect(Yaml.stringify(service().toJson())).toBe([
      'apiVersion: v1', 'kind: Service', 'metadata:', '  name: cart',
      'spec:', '  ports:', '    - port: 80', '      targetPort: http', '  selector:', '    app: cart', '',
    ].join('\n'));
  });

  test('is evaluated when the app is synthesized', () => {
    const ports = [{ port: 80 }];
    const late = service(() => ({ spec: { ports } }));
    ports.push({ port: 81 });
    expect(at(late.toJson(), 'spec.ports')).toEqual([{ port: 80 }, { port: 81 }]);
  });

  test('is the same however often it is rendered', () => {
    const rendered = service();
    rendered.addJsonPatch(JsonPatch.add('/spec/trafficDistribution', 'PreferClose'));
    expect(rendered.toJson()).toEqual(rendered.toJson());
  });

  test('stands in the namespace of its chart', () => {
    const chart = new Chart(new GitOpsApp(), 'shop', { namespace: 'demo-app' });
    const object = new Manifest(chart, 'Service', k8s.KubeService, { name: 'cart' }, () => SERVICE);
    expect(at(object.toJson(), 'metadata')).toEqual({ name: 'cart', namespace: 'demo-app' });
  });

  test('takes labels and annotations that are added later', () => {
    const object = service();
    object.metadata.addAnnotation('example.com/note', 'late');
    expect(at(object.toJson(), 'metadata.annotations')).toEqual({ 'example.com/note': 'late' });
  });
});

describe('a patch', () => {
  test('adds a field that the types do not know', () => {
    const object = service();
    object.addJsonPatch(JsonPatch.add('/spec/trafficDistribution', 'PreferClose'));
    expect(at(object.toJson(), 'spec.trafficDistribution')).toBe('PreferClose');
  });

  test('has its keys sorted in among the others', () => {
    const object = service();
    object.addJsonPatch(JsonPatch.add('/spec/clusterIP', 'None'), JsonPatch.add('/spec/ports/0/appProtocol', 'http'));
    expect(Object.keys(at(object.toJson(), 'spec') as object)).toEqual(['clusterIP', 'ports', 'selector']);
    expect(Object.keys(at(object.toJson(), 'spec.ports.0') as object)).toEqual(['appProtocol', 'port', 'targetPort']);
  });

  test('may build on the one before it', () => {
    const object = service();
    object.addJsonPatch(JsonPatch.add('/spec/sessionAffinityConfig', {}), JsonPatch.add('/spec/sessionAffinityConfig/clientIP', { timeoutSeconds: 5 }));
    expect(at(object.toJson(), 'spec.sessionAffinityConfig')).toEqual({ clientIP: { timeoutSeconds: 5 } });
  });

  test('works on a part of a construct', () => {
    const { shop } = world();
    const cart = new MeshedMicroservice(shop, 'cart', { ...container });
    cart.workload.deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/hostUsers', false));
    expect(at(cart.workload.deployment.toJson(), 'spec.template.spec.hostUsers')).toBe(false);
  });

  test('may take away what a default put there', () => {
    const object = service();
    object.addJsonPatch(JsonPatch.remove('/spec/selector'));
    expect(at(object.toJson(), 'spec')).toEqual({ ports: [{ port: 80, targetPort: 'http' }] });
  });

  test.each([
    ['replaces a value by itself', JsonPatch.replace('/spec/ports/0/port', 80), '/spec/ports/0/port'],
    ['removes what is not there', JsonPatch.remove('/spec/clusterIP'), '/spec/clusterIP'],
    ['removes something below what is not there', JsonPatch.remove('/spec/nothing/below'), '/spec/nothing/below'],
    ['adds something below what is not there', JsonPatch.add('/spec/nothing/below', 1), '/spec/nothing/below'],
    ['replaces something below what is not there', JsonPatch.replace('/spec/ports/7/port', 1), '/spec/ports/7/port'],
    ['copies what is not there', JsonPatch.copy('/spec/nothing', '/spec/anything'), '/spec/nothing'],
    ['moves what is not there', JsonPatch.move('/spec/nothing', '/spec/anything'), '/spec/nothing'],
  ])('fails where it %s', (_, patch, path) => {
    const object = service();
    object.addJsonPatch(patch);
    expectRefusal(() => object.toJson(), '[shop/Service]', path, 'patch');
  });

  test('fails the synth with the path of its object, and nothing is rendered', () => {
    const { app, shop } = world();
    const cart = new MeshedMicroservice(shop, 'cart', { ...container });
    cart.sidecar.addJsonPatch(JsonPatch.remove('/spec/ingress'));
    expectRefusal(() => app.render(), '[staging/shop/cart/Sidecar]', '/spec/ingress', 'remove it');
  });
});
