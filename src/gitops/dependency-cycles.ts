import { IConstruct } from 'constructs';

/** The begin or the end of a construct; it waits until other steps are done. */
interface Step {
  readonly path: string;
  readonly waitsFor: Step[];
  readonly awaitedBy: Step[];
  pending: number;
}

/** A construct begins after the one that holds it, and ends after those it holds. */
interface Span {
  readonly begin: Step;
  readonly end: Step;
}

/**
 * Cycles of dependencies between constructs, and dependencies on constructs of another app.
 *
 * cdk8s means a dependency of one construct on another as one of all its objects on all of the other's objects, and
 * writes those pairs out. Begin and end of each construct say the same in as many steps as there are constructs.
 */
export function dependencyProblems(constructs: readonly IConstruct[]): readonly string[] {
  if (constructs.every(({ node }) => node.dependencies.length === 0)) return [];
  const sorted = [...constructs].sort((a, b) => (a.node.path < b.node.path ? -1 : 1)); // the same cycle whatever came first
  const problems: string[] = [];
  const spans = spansOf(sorted);
  for (const source of sorted) problems.push(...connect(source, spans));

  const steps = [...spans.values()].flatMap(({ begin, end }) => [begin, end]);
  settle(steps.filter(({ pending }) => pending === 0));
  for (const step of steps) {
    while (step.pending > 0) {
      const cycle = cycleFrom(step);
      problems.push(inWords(cycle));
      for (const each of cycle) each.pending = 0; // go on as if it were solved, to find the others
      settle(cycle);
    }
  }
  return problems;
}

function spansOf(constructs: readonly IConstruct[]): ReadonlyMap<IConstruct, Span> {
  const step = ({ node }: IConstruct): Step => ({ path: node.path, waitsFor: [], awaitedBy: [], pending: 0 });
  const spans = new Map(constructs.map((construct) => [construct, { begin: step(construct), end: step(construct) }]));
  for (const [{ node }, { begin, end }] of spans) {
    wait(end, begin);
    const holder = node.scope && spans.get(node.scope);
    if (!holder) continue;
    wait(begin, holder.begin);
    wait(holder.end, end);
  }
  return spans;
}

function connect(source: IConstruct, spans: ReadonlyMap<IConstruct, Span>): readonly string[] {
  const targets = [...source.node.dependencies].sort((a, b) => (a.node.path < b.node.path ? -1 : 1));
  return targets.flatMap((target) => {
    const from = spans.get(source);
    const to = spans.get(target);
    if (!from || !to) return [`[${source.node.path}] dependency must be in the same app, got ${target.node.path} of another; remove it`];
    if (!holds(source, target) && !holds(target, source)) wait(from.begin, to.end);
    return [];
  });
}

/** Says nothing about order: cdk8s itself lets a chart depend on the charts inside it. */
function holds(outer: IConstruct, inner: IConstruct): boolean {
  return outer !== inner && inner.node.scopes.includes(outer);
}

function wait(step: Step, first: Step): void {
  step.waitsFor.push(first);
  first.awaitedBy.push(step);
  step.pending++;
}

function settle(steps: readonly Step[]): void {
  const settled = [...steps];
  for (let step = settled.pop(); step; step = settled.pop()) {
    for (const next of step.awaitedBy) {
      if (next.pending > 0 && --next.pending === 0) settled.push(next);
    }
  }
}

function cycleFrom(start: Step): readonly Step[] {
  const walked = new Map<Step, number>();
  let step: Step | undefined = start;
  while (step && !walked.has(step)) {
    walked.set(step, walked.size);
    step = step.waitsFor.find(({ pending }) => pending > 0);
  }
  return [...walked.keys()].slice(step && walked.get(step));
}

function inWords(cycle: readonly Step[]): string {
  const paths = cycle.map(({ path }) => path);
  const first = paths.indexOf([...paths].sort()[0]);
  const circle = [...paths.slice(first), ...paths.slice(0, first), paths[first]];
  const way = circle.filter((path, index) => path !== circle[index - 1]);
  const closed = way.length > 1 ? way : [way[0], way[0]]; // on itself
  return `[${closed[0]}] dependencies must not form a cycle, got ${closed.join(' => ')}; remove one of them`;
}
