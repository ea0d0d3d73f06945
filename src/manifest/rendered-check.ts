import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { RenderedObject } from './rendered-object';

/** Problems of rendered objects, each as `[path] …`. */
type Judge = (objects: readonly RenderedObject[]) => readonly string[];

/**
 * Judges all objects of a kind below its scope by what they are rendered as, patches included.
 *
 * `GitOpsApp` gives it what it writes. Any other app knows no more than its validation, which renders the objects for this alone.
 */
export class RenderedCheck extends Construct {
  constructor(private readonly scope: Construct, id: string, private readonly kind: string, private readonly judge: Judge) {
    super(scope, id);
    this.node.addValidation({ validate: () => [...this.problems(this.rendered())] });
  }

  /** What is wrong, once objects of the app are rendered; those of other kinds and scopes are left out. */
  public problems(objects: readonly RenderedObject[]): readonly string[] {
    return this.judge(objects.filter(({ construct }) => construct.kind === this.kind && construct.node.scopes.includes(this.scope)));
  }

  private rendered(): readonly RenderedObject[] {
    const objects = this.scope.node.findAll().filter((each) => ApiObject.isApiObject(each)).filter(({ kind }) => kind === this.kind);
    return objects.map((construct) => ({ construct, manifest: construct.toJson() as unknown }));
  }
}
