import { Edge } from './edge';
import { leftOut, sourceMapFile } from './trace';

/** The edges of a graph while a run tells about itself: which were asked for, and what would be without one. */
export class EdgeTrace {
  /** The trace of a graph, where a source map is asked for or calls are left out. */
  public static ofRun(): EdgeTrace | undefined {
    const calls = leftOut()?.calls ?? [];
    return sourceMapFile() === undefined && calls.length === 0 ? undefined : new EdgeTrace(calls.map((ends) => ends.join('\0')));
  }

  /** All that was declared, in its order. */
  public readonly edges: Edge[] = [];
  private readonly causes = new Map<Edge, Edge[]>();
  private readonly hidden = new Set<Edge>();
  private asked = new Set<Edge>();

  private constructor(private readonly leftOut: readonly string[]) {}

  /** Notes a declared edge. */
  public add(edge: Edge): void {
    this.edges.push(edge);
    if (this.leftOut.includes([edge.caller.path, edge.callee.path].join('\0'))) this.hidden.add(edge);
  }

  /** Notes that an edge follows from a declared one: it goes with the last of its causes. */
  public follows(edge: Edge, cause: Edge): void {
    this.causes.set(edge, [...this.causes.get(edge) ?? [], cause]);
  }

  /** What was declared for an edge to be there: itself, or what it follows from. */
  public causesOf(edge: Edge): readonly Edge[] {
    return this.causes.get(edge) ?? [edge];
  }

  /** Whether an edge is left out. */
  public hides(edge: Edge): boolean {
    return this.causesOf(edge).every((cause) => this.hidden.has(cause));
  }

  /** The edges that are not left out; they are noted as asked for. */
  public shown(edges: readonly Edge[]): readonly Edge[] {
    const shown = edges.filter((edge) => !this.hides(edge));
    for (const edge of shown) this.asked.add(edge);
    return shown;
  }

  /** Runs a function. @returns what it gives, and the declared edges that it asked for */
  public watch<T>(run: () => T): { readonly value: T; readonly edges: readonly Edge[] } {
    this.asked = new Set();
    const value = run();
    return { value, edges: [...new Set([...this.asked].flatMap((edge) => this.causesOf(edge)))] };
  }

  /** Runs a function as if some edges had not been declared. */
  public without<T>(edges: readonly Edge[], run: () => T): T {
    const shown = edges.filter((edge) => !this.hidden.has(edge));
    for (const edge of shown) this.hidden.add(edge);
    try {
      return run();
    } finally {
      for (const edge of shown) this.hidden.delete(edge);
    }
  }
}
