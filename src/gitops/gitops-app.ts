import { App, IResolver } from 'cdk8s';
import { yamlText } from '../manifest/yaml-text';
import { checkLeftOut, wantedSourceMap } from './asked-run';
import { throwCollected } from './collected-errors';
import { documentsOf } from './documents';
import { faultsThatRun } from './faults-that-run';
import { recoverFolder, swapFolder } from './folder-swap';
import { manifestFiles } from './manifest-files';
import { configMapProblems, secretKeyProblems } from './read-by-pods';

/** Properties of `GitOpsApp`. */
export interface GitOpsAppProps {
  /**
   * Folder that synth replaces, absolute or relative to the working directory.
   * @default - the environment variable `CDK8S_OUTDIR`, which `cdk8s synth` sets, otherwise `dist`
   */
  readonly outdir?: string;
  /** Resolvers that may replace values before cdk8s' own do. @default [] */
  readonly resolvers?: readonly IResolver[];
}

/**
 * A cdk8s app whose output is made for a GitOps repository: one file per component, a direct child of a chart, at
 * `<outdir>/<scopes above the chart>/<chart id>/<component id>.yaml`.
 *
 * Synth takes time in proportion to the number of constructs, and either replaces the whole folder or changes nothing.
 * Dependencies between constructs order nothing in the files, but must not form a cycle.
 */
export class GitOpsApp extends App {
  constructor(props: GitOpsAppProps = {}) {
    super({ outdir: props.outdir, resolvers: [...props.resolvers ?? []], outputFileExtension: '.yaml' });
  }

  /**
   * Replaces `outdir` by the app's files; what else stood in it is gone.
   * @throws ConfigurationError with a line `[path] …` for everything that is wrong, and leaves `outdir` as it was
   */
  public override synth(): void {
    checkLeftOut(this.outdir);
    const sourceMap = wantedSourceMap(this.outdir);
    recoverFolder(this.outdir); // also when the app turns out to be wrong: `cdk8s synth` has deleted the folder by now
    swapFolder(this.outdir, this.render());
    if (sourceMap !== undefined) sourceMaps().writeSourceMap(sourceMap, this);
  }

  /**
   * Renders the app and writes nothing.
   * @returns the text of every file by its path below `outdir` (always with `/`), sorted by path
   * @throws ConfigurationError with a line `[path] …` for everything that is wrong
   */
  public render(): ReadonlyMap<string, string> {
    const files = manifestFiles(this);
    throwCollected([...faultsThatRun(files), ...secretKeyProblems(files), ...configMapProblems(files)]);
    const manifests = files.map(({ path, objects }): [string, string] => [path, yamlText(objects)]);
    return new Map([...manifests, ...documentsOf(this.node.findAll(), files)].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Renders all manifests as one YAML string, in the order of their paths. */
  public override synthYaml(): string {
    return manifestFiles(this).map(({ objects }) => yamlText(objects)).join('---\n');
  }
}

/** Loaded when it is asked for: it compares objects, which nobody else who makes them needs. */
function sourceMaps(): typeof import('./source-map') {
  return require('./source-map') as typeof import('./source-map'); // eslint-disable-line @typescript-eslint/no-require-imports -- see above
}
