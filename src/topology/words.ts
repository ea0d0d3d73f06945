import { Carried, TopologyEdge, TopologyNode } from './topology';

/** A node in a few lines: its name, then what of its versions gets requests. */
export function nodeWords({ name, shares, mirror }: TopologyNode): readonly string[] {
  return [
    name.replace(/-service-account$/, ''), // a gateway is known by its account alone
    ...(shares.length > 0 ? [shares.map(({ version, weight }) => `${version} ${weight} %`).join(', ')] : []),
    ...(mirror ? [`copies to ${mirror.version}: ${mirror.weight} %`] : []),
  ];
}

/** Operations that are named; of more only the number is told. */
const most = 2;

/** An edge in a few lines: what it speaks and asks, then how requests are carried, each way once. */
export function edgeWords({ protocol, operations, carried }: TopologyEdge): readonly string[] {
  const short = operations.map((operation) => (protocol === 'grpc' ? operation.split('/').at(-1)! : operation));
  const asked = operations.length > most ? `${operations.length} operations` : short.join(', ');
  return [`${protocol} ${asked}`.trim(), ...carried.map(carriedWords)];
}

/** `5s, 2 retries`. */
export function carriedWords({ timeout, retries }: Carried): string {
  const again = retries === 0 ? 'no retry' : `${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  return `${timeout ?? 'no timeout'}, ${again}`;
}
