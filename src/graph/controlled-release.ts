import { Release } from './party';

/** A Deployment that runs beside a Rollout for one commit: before the Rollout runs alone, or before it goes. */
export type BesideRollout = 'leaving' | 'arriving';

/** The host of a callee's pods of the release that serves, and of those that the next one brings. */
export function hostsOfReleases(host: string): readonly [stable: string, canary: string] {
  const [name, ...rest] = host.split('.');
  return [[`${name}-stable`, ...rest].join('.'), [`${name}-canary`, ...rest].join('.')];
}

/** How requests spread where a controller decides. While a Deployment runs beside, all pods get them, and proxies only learn of the hosts. */
export function controlledRelease(host: string, version: string, beside: BesideRollout | undefined): Release {
  const [stable, canary] = hostsOfReleases(host);
  if (beside) return { destinations: [{ subset: version, weight: 100 }, { host: stable, weight: 0 }, { host: canary, weight: 0 }] };
  return { destinations: [{ host: stable, weight: 100 }, { host: canary, weight: 0 }], delegated: true };
}
