import { App, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { notePlace } from '../../graph/trace';
import { checkName, uniqueId } from '../../manifest/names';
import { reject } from '../../manifest/reject';
import { Environment } from '../../mesh/environment';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { Measurement } from './measurement';

/** Properties of `Experiment`. `System` is what `build` makes. */
export interface ExperimentProps<System> {
  /** What it is to answer, in one line. */
  readonly question: string;
  /** Builds the system once more, in a copy of the environment. */
  readonly build: (environment: Environment) => System;
  /** Changes what was built, for example by a `FaultInjection`. @default - nothing: `build` itself builds it otherwise */
  readonly change?: (system: System) => void;
  /** What to ask the system that `build` made, and what to expect, at least one. */
  readonly measure: (system: System) => readonly [Measurement, ...Measurement[]];
  /** How long it should run before it is stopped, 1 s or more. @default Duration.minutes(10) */
  readonly duration?: Duration;
  /** What a reader should know beside it, in one line. @default - nothing */
  readonly remark?: string;
}

/**
 * A named change of a system, and what its requests should show. Its scope is the system as it runs; its id is its name.
 *
 * Synth writes `experiments/<system>/<name>/`: the components that differ from those that run, and `experiment.yaml`. Nothing reads that folder
 * by itself: an experiment is started and stopped by a commit in the GitOps repository.
 */
export class Experiment<System = unknown> extends Construct {
  /** The environment that it changes. */
  public readonly environment: Environment;
  /** The system that it changes. */
  public readonly system: string;
  /** Its folder below the output folder. */
  public readonly folder: string;
  /** What it is to answer. */
  public readonly question: string;
  /** What a reader should know beside it. */
  public readonly remark?: string;
  /** How long it should run. */
  public readonly duration: Duration;

  private readonly props: ExperimentProps<System>;

  /** @throws ConfigurationError where it is no child of a system, and where its name is taken */
  constructor(scope: MeshNamespace, id: string, props: ExperimentProps<System>) {
    super(scope, uniqueId(scope, id));
    checkName(this, 'name of an experiment', id);
    const { question, remark, duration = Duration.minutes(10) } = props;
    for (const [what, text] of Object.entries({ question, remark })) {
      const isLine = text === undefined || (text.trim() !== '' && !text.includes('\n'));
      if (!isLine) reject(this, `${what} must be one line, got ${JSON.stringify(text)}`);
    }
    if (duration.toMilliseconds() < 1000) reject(this, `duration must be 1 s or more, got ${duration.toMilliseconds()}ms`);
    const { environment } = scope;
    if (environment.isExperiment) reject(this, 'an experiment changes what runs, got one inside of another; declare it beside the system');
    if (scope.node.scope !== environment) reject(this, `an experiment is of a whole system, got ${scope.node.path}; declare it in ${scope.system}`);
    this.question = question;
    this.remark = remark;
    this.duration = duration;
    this.environment = environment;
    this.system = scope.system;
    this.folder = `experiments/${scope.system}/${id}`;
    this.props = props;
    notePlace(this);
  }

  /** Builds the changed system by itself. */
  public build(): { readonly app: App; readonly environment: Environment; readonly measurements: readonly Measurement[] } {
    const app = new App();
    const environment = this.environment.copyFor(app);
    const system = this.props.build(environment);
    this.props.change?.(system);
    return { app, environment, measurements: this.props.measure(system) };
  }
}
