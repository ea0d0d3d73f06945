import { type MeshNamespace, MeshedMicroservice, Operation, Port } from 'meshmart';

/** The service web. */
export function web(namespace: MeshNamespace) {
  return new MeshedMicroservice(namespace, 'web', {
    image: 'registry.example.com/web:1.0.0',
    port: Port.http(8080),
    resources: { cpu: ['50m', '200m'], memory: ['64Mi', '128Mi'] }, // request and limit
    operations: { page: Operation.http('GET', '/') },
  });
}
