import { ArgoCdDelivery, type ArgoCdDeliveryProps, Environment, GitOpsApp, Manifest, MeshNamespace } from '../../src';
import { rules, sentences } from './compared';

const WIDGET = { group: 'example.com', kind: 'Widget' };
const widget = { GVK: { apiVersion: 'example.com/v1', kind: 'Widget' }, manifest: (props: object) => props };

/** What a synth writes of some systems, the first of which has a widget, and what their project permits beside. */
function commit(systems: readonly string[], props: Partial<ArgoCdDeliveryProps> = {}, withWidget = false) {
  const app = new GitOpsApp();
  const staging = new Environment(app, 'staging');
  const [first] = systems.map((system) => new MeshNamespace(staging, system));
  if (withWidget) new Manifest(first, 'Widget', widget, { name: 'one' }, () => ({}));
  new ArgoCdDelivery(staging, 'argocd', { repository: 'https://git.example.com/a.git', clusters: [{ name: 'own', server: 'https://own' }], ...props });
  return app.render();
}

const BOTH = ['shop', 'bank'];

test('a namespace must not be permitted no more in the commit that removes what is in it', () => {
  expect(sentences(commit(BOTH), commit(['shop']))).toContain('[staging AppProject argocd/staging] stops permitting namespace bank in the commit that ' +
    'removes what is of it, which Argo CD then leaves running; name it in formerNamespaces of the delivery for one commit');
  expect(rules(commit(BOTH), commit(['shop'], { formerNamespaces: ['bank'] }))).not.toContain('permission-removed-at-once');
  expect(rules(commit(['shop'], { formerNamespaces: ['bank'] }), commit(['shop']))).toEqual([]);
});

test('neither must a kind', () => {
  const kinds = [WIDGET];
  expect(sentences(commit(['shop'], { kinds }, true), commit(['shop']))).toEqual(['[staging AppProject argocd/staging] stops permitting kind Widget in the ' +
    'commit that removes what is of it, which Argo CD then leaves running; leave it in kinds of the delivery for one commit']);
  expect(rules(commit(['shop'], { kinds }, true), commit(['shop'], { kinds }))).toEqual([]);
  expect(rules(commit(['shop'], { kinds }), commit(['shop']))).toEqual([]);
});
