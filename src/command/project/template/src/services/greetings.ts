import { type MeshNamespace, MeshedMicroservice, Operation, Port } from 'meshmart';

/** The service greetings. */
export function greetings(namespace: MeshNamespace) {
  return new MeshedMicroservice(namespace, 'greetings', {
    image: 'registry.example.com/greetings:1.0.0',
    port: Port.http(8080),
    resources: { cpu: ['50m', '200m'], memory: ['64Mi', '128Mi'] }, // request and limit
    operations: { greet: Operation.http('GET', '/greetings/{name}'), replace: Operation.http('PUT', '/greetings/{name}') },
  });
}
