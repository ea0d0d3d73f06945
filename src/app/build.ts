import { Environment, type GitOpsApp } from '../index';
import { environments } from './environments';
import { onlineBoutique } from './online-boutique/online-boutique';

/** Everything that this repository deploys. */
export function build(app: GitOpsApp): void {
  for (const [name, { onlineBoutique: options, ...props }] of Object.entries(environments)) {
    onlineBoutique(new Environment(app, name, props), options);
  }
}
