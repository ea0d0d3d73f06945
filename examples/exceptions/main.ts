import { Environment, Exception, MeshNamespace, MeshedMicroservice, Operation, Port, synthesize } from '../../src';

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  const staging = new Environment(app, 'staging');
  const legacy = new MeshNamespace(staging, 'legacy', {
    podSecurity: { level: 'baseline', because: 'the billing image of 2019 runs as root; replaced by 2027-03' },
  });
  new MeshedMicroservice(legacy, 'billing', {
    image: 'registry.example/billing:4.2.0',
    port: Port.http(80, { targetPort: 8080 }),
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
    operations: { bills: Operation.http('GET', '/bills') },
    env: { SESSION_TOKEN: 'off' },
    exceptions: [
      Exception.privileges({ root: true, writableFiles: true, because: 'the image writes its session files to /' }),
      Exception.credential({ variable: 'SESSION_TOKEN', because: 'a switch, whatever its name says' }),
      Exception.port({
        port: 9404, name: 'metrics', peer: { namespace: 'monitoring', podLabels: { app: 'prometheus' } }, because: 'Prometheus has no sidecar yet',
      }),
      Exception.egress({ cidr: '192.0.2.17/32', ports: [5432], because: 'its database is a machine outside of the cluster' }),
      Exception.request({
        from: { namespace: 'audit', serviceAccount: 'crawler' }, methods: ['GET'], paths: ['/export'], because: 'the auditors crawl it in January',
      }),
    ],
  });
});
