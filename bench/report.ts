import { ownOf } from './cases';
import { Verdict, inWords } from './gates';
import { Result, Results, median, ratio } from './results';

const TITLES: Readonly<Record<Result['what'], string>> = {
  program: 'this library, derived from calls',
  objects: 'the same manifests as ApiObjects',
  plus: 'the same manifests, L2 classes of cdk8s-plus',
  template: 'L2 classes, `npx cdk8s synth` of the template',
  helm: 'one Helm chart over the same services',
  releases: 'one Helm release for each service',
  kustomize: 'kustomize, a folder for each shop',
  chained: 'charts in a chain of dependencies',
  free: 'the same charts without dependencies',
  project: 'all that this repository deploys',
  floor: 'node writes as many bytes',
  help: '`meshmart --help`',
  node: 'node, which does nothing',
};
const ENGINES: Readonly<Record<Result['engine'], string>> = { ours: 'GitOpsApp', stock: 'stock App', other: '' };

/** The table of a run, in Markdown. A ratio is that of a case to `GitOpsApp` in the same row or, where it has none, to this library. */
export function table(results: Results): string {
  const rows = results.all.map((result) => row(results, result));
  const head = '| what | engine | N | runs | median ms | minimum ms | processor ms | ratio | peak MiB |';
  return [head, '|---|---|--:|--:|--:|--:|--:|--:|--:|', ...rows].join('\n');
}

function row(results: Results, { what, engine, size, runs }: Result): string {
  const more = runs.some(({ ended }) => !ended) ? '> ' : '';
  const number = (values: readonly (number | undefined)[], pick = median): string => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? '-' : more + pick(known).toFixed(0);
  };
  const times = engine === 'ours' ? undefined : ratio(results.wall(what, engine, size), results.wall(ownOf(what), 'ours', size));
  return `| ${[
    TITLES[what], ENGINES[engine], size || '', runs.length, number(runs.map(({ wall }) => wall)), number(runs.map(({ wall }) => wall), least),
    number(runs.map(({ cpu }) => cpu)), times ? inWords(times) : '', number(runs.map(({ memory }) => memory)),
  ].join(' | ')} |`;
}

function least(values: readonly number[]): number {
  return Math.min(...values);
}

/** The gates, in Markdown. */
export function gateTable(verdicts: readonly Verdict[]): string {
  const words = (holds?: boolean): string => (holds === undefined ? 'not shown' : holds ? 'holds' : 'fails');
  const rows = verdicts.map(({ gate, says, got, holds }) => `| ${gate} | ${says} | ${got} | ${words(holds)} |`);
  return ['| gate | says | got | |', '|---|---|--:|---|', ...rows].join('\n');
}

const SIZE = { width: 800, height: 420, left: 70, right: 320, top: 20, bottom: 50 };
const COLOURS = ['#0072b2', '#56b4e9', '#d55e00', '#e69f00', '#cc79a7', '#009e73', '#555555']; // told apart by everybody (Okabe and Ito)

/** Time against the number of services, both axes logarithmic. */
export function picture(results: Results): string {
  const sized = results.all.filter(({ size, what }) => size > 0 && what !== 'chained' && what !== 'free');
  const names = [...new Set(sized.map(({ what, engine }) => `${what}/${engine}`))];
  const points = sized.map(({ what, engine, size, runs }) => ({ name: `${what}/${engine}`, size, wall: median(runs.map(({ wall }) => wall)) }));
  const x = scale(points.map(({ size }) => size), SIZE.left, SIZE.width - SIZE.right);
  const y = scale(points.map(({ wall }) => wall), SIZE.height - SIZE.bottom, SIZE.top);
  const lines = names.map((name, index) => {
    const line = points.filter((point) => point.name === name).map(({ size, wall }) => `${x(size)},${y(wall)}`).join(' ');
    const result = sized.find(({ what, engine }) => `${what}/${engine}` === name)!;
    const at = SIZE.top + 16 + 20 * index;
    const colour = COLOURS[index % COLOURS.length];
    const stroke = `stroke="${colour}" stroke-width="2"${index < COLOURS.length ? '' : ' stroke-dasharray="6 3"'}`;
    return `<polyline points="${line}" fill="none" ${stroke}/>
<line x1="${SIZE.width - SIZE.right + 14}" x2="${SIZE.width - SIZE.right + 34}" y1="${at - 4}" y2="${at - 4}" ${stroke}/>
<text x="${SIZE.width - SIZE.right + 40}" y="${at}" fill="${colour}">${TITLES[result.what].replaceAll('`', '')}</text>
<text x="${SIZE.width - 4}" y="${at}" text-anchor="end" fill="${colour}">${ENGINES[result.engine]}</text>`;
  });
  const sizes = [...new Set(points.map(({ size }) => size))].map((size) =>
    `<text x="${x(size)}" y="${SIZE.height - SIZE.bottom + 18}" text-anchor="middle">${size}</text>`);
  const times = decades(points.map(({ wall }) => wall)).map((wall) =>
    `<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y(wall)}" y2="${y(wall)}" stroke="#ddd"/>
<text x="${SIZE.left - 6}" y="${y(wall)}" text-anchor="end">${wall >= 1000 ? `${wall / 1000} s` : `${wall} ms`}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${[...times, ...sizes, ...lines].join('\n')}
<text x="${SIZE.left}" y="${SIZE.height - 12}">services; what was ended before its time stands where that was</text>
</svg>
`;
}

function scale(values: readonly number[], from: number, to: number): (value: number) => string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(Math.log10);
  return (value) => (from + (to - from) * (high === low ? 0.5 : (Math.log10(value) - low) / (high - low))).toFixed(1);
}

function decades(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.ceil(Math.log10(Math.min(...values))), Math.floor(Math.log10(Math.max(...values)))];
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => 10 ** (low + index));
}
