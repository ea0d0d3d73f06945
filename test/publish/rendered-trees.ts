import { stringify } from 'yaml';
import { Tree } from '../gitops/trees';

/** A file of manifests with so many objects. */
export function manifest(name: string, value = '1', objects = 2): string {
  return Array.from({ length: objects }, (_, index) => stringify({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-${index}`, namespace: 'shop' }, data: { value },
  })).join('---\n');
}

/** What synth writes, with some of it changed. */
export function distTree(value = '1', change: Tree = {}): Tree {
  const system = (environment: string): Tree => ({
    [`${environment}/shop/cart.yaml`]: manifest('cart', value),
    [`${environment}/shop/catalogue.yaml`]: manifest('catalogue'),
    [`${environment}/shop/data/redis.yaml`]: manifest('redis'),
    [`${environment}/prerequisites.md`]: `# ${environment}\n`,
  });
  return { ...system('staging'), ...system('production'), 'contracts/staging/shop.json': '{}\n', 'experiments/shop/slow/cart.yaml': 'a\n', ...change };
}

/** What is published of it. */
export function publishedTree(dist: Tree): Tree {
  return Object.fromEntries(Object.entries(dist).filter(([path]) => !/^(contracts|experiments)\//.test(path)));
}
