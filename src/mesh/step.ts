import { Duration } from 'cdk8s';
import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';
import { RolloutStep, inMinutes } from '../workload/rollout';
import { wholeSeconds } from '../workload/whole-seconds';

/** A step that a release goes through by itself. */
export class Step {
  /** Sends a share of the requests to the new version, in whole percent, 1-100. */
  public static setWeight(percent: number): Step {
    return new Step(percent, undefined);
  }

  /** Waits, for a time or until somebody promotes it. */
  public static pause(duration?: Duration): Step {
    return new Step(undefined, duration);
  }

  private constructor(
    /** Share that it sets, if it sets one. */
    public readonly weight: number | undefined,
    private readonly duration: Duration | undefined,
  ) {}

  /** Seconds that it waits: for ever, where somebody has to promote it. @internal */
  public get seconds(): number {
    if (this.weight !== undefined) return 0;
    return this.duration ? this.duration.toMilliseconds() / 1000 : Infinity;
  }

  /** The step as a Rollout has it. @internal */
  public toSpec(construct: IConstruct): RolloutStep {
    if (this.weight !== undefined) return { setWeight: this.weight };
    if (this.duration) wholeSeconds(construct, 'rollout.steps: a pause', this.duration, 1);
    return { pause: this.duration ? { duration: inMinutes(this.duration) } : {} };
  }
}

/** Steps as a Rollout has them. @throws ConfigurationError on shares that do not rise from 1 to 100 */
export function rolloutSteps(construct: IConstruct, steps: readonly Step[]): readonly RolloutStep[] {
  const weights = steps.flatMap(({ weight }) => weight ?? []);
  const rises = weights.every((weight, index) => Number.isInteger(weight) && weight <= 100 && weight > (weights[index - 1] ?? 0));
  if (!rises) reject(construct, `rollout.steps must set whole numbers of percent that rise from 1 to 100 at most, got [${weights.join(', ')}]`);
  if (steps[0]?.weight === undefined) reject(construct, 'rollout.steps must begin with a weight, got a pause or none; say Step.setWeight first');
  return steps.map((step) => step.toSpec(construct));
}
