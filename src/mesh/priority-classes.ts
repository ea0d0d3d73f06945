import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkObjectName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { Environment } from './environment';

/** How much some pods matter beside others. */
export interface PriorityClassOptions {
  /** More is more important: a whole number from -2147483648 to 1000000000. Pods without a class have 0. It can never change. */
  readonly value: number;
  /** What it is for, in one sentence. */
  readonly description: string;
  /** Whether its pods take the place of less important ones that run. @default 'PreemptLowerPriority' */
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never';
}

/** Properties of `PriorityClasses`. */
export interface PriorityClassesProps {
  /** The classes by name. */
  readonly classes: Readonly<Record<string, PriorityClassOptions>>;
  /** Who owns them: `@user`, `@organization/team` or an e-mail address. @default - nobody says */
  readonly owner?: string;
}

/**
 * Which pods stay when there is no room for all. They are of the cluster, not of a system: whoever sets the cluster up applies the file
 * `<environment>/<id>/priority-classes.yaml`. None of them is the default of pods that say nothing.
 */
export class PriorityClasses extends Chart {
  /** @throws ConfigurationError on a name that no object can have, on those of Kubernetes itself, and on values that it does not take */
  constructor(scope: Environment, id: string, { classes, owner }: PriorityClassesProps) {
    super(scope, uniqueId(scope, id), { disableResourceNameHashes: true });
    declareOwner(this, owner);
    const component = new Construct(this, 'priority-classes');
    for (const [name, { value, description, preemptionPolicy }] of Object.entries(classes)) {
      checkObjectName(this, 'classes', name);
      if (name.startsWith('system-')) reject(this, `classes of Kubernetes itself begin with system-, got '${name}'; name it otherwise`);
      if (!Number.isInteger(value) || value > 1_000_000_000 || value < -(2 ** 31)) {
        reject(this, `value of ${name} must be a whole number from -2147483648 to 1000000000, got ${value}`);
      }
      new Manifest(component, name, kinds.PriorityClass, { name }, () => ({ value, description, preemptionPolicy }));
    }
  }
}
