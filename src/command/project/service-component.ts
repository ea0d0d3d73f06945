import type { Protocol } from '../../graph/port';

/** A service that is to be added. */
export interface NewService {
  /** Its name: that of its file and of its objects. */
  readonly name: string;
  /** What the code calls it. */
  readonly identifier: string;
  /** Image with a digest, or with a tag that is not `latest`. */
  readonly image: string;
  /** What it listens on. @default - nothing: it only calls */
  readonly port?: { readonly protocol: Protocol; readonly number: number };
  /** Who owns it. @default - who owns the namespace */
  readonly owner?: string;
}

/** The file of a service, which exports the function that makes it. */
export function serviceComponent({ name, identifier, image, port, owner }: NewService): string {
  return [
    `import { type MeshNamespace, MeshedMicroservice${port === undefined ? '' : ', Port'} } from 'meshmart';`,
    '',
    `/** The service ${name}. */`,
    `export function ${identifier}(namespace: MeshNamespace) {`,
    `  return new MeshedMicroservice(namespace, ${quoted(name)}, {`,
    `    image: ${quoted(image)},`,
    ...(port === undefined ? [] : [`    port: Port.${port.protocol}(${port.number}),`]),
    "    resources: { cpu: ['50m', '200m'], memory: ['64Mi', '128Mi'] }, // request and limit",
    ...(owner === undefined ? [] : [`    owner: ${quoted(owner)},`]),
    '  });',
    '}',
    '',
  ].join('\n');
}

/** A text as the code has it. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
