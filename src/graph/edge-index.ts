import { Edge } from './edge';
import { Party } from './party';

/** Edges by one of their ends, in an order that does not depend on when they were declared. */
export class EdgeIndex {
  private readonly edges = new Map<Party, Edge[]>();
  private readonly unsorted = new Set<Edge[]>();

  /** @param key what edges of one party are sorted by */
  constructor(private readonly key: (edge: Edge) => readonly string[]) {}

  /** Adds an edge. */
  public add(party: Party, edge: Edge): void {
    const edges = this.edges.get(party) ?? [];
    edges.push(edge);
    this.edges.set(party, edges);
    this.unsorted.add(edges);
  }

  /** Edges of one party. */
  public of(party: Party): readonly Edge[] {
    const edges = this.edges.get(party) ?? [];
    if (this.unsorted.delete(edges)) this.sort(edges);
    return edges;
  }

  /** Edges of all parties. */
  public all(): readonly Edge[] {
    return [...this.edges.keys()].flatMap((party) => this.of(party));
  }

  private sort(edges: Edge[]): void {
    const keys = new Map(edges.map((edge) => [edge, this.key(edge).join('\0')]));
    const keyOf = (edge: Edge): string => keys.get(edge) ?? '';
    edges.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : Number(keyOf(a) > keyOf(b))));
  }
}
