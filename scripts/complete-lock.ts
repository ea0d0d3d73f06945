import { readFileSync, writeFileSync } from 'node:fs';

/**
 * npm 11 refuses `npm ci` when the lock file lacks an optional package of any platform, and npm leaves out those that
 * the registry at hand does not carry. Name, version, system and processor are enough to skip them elsewhere.
 */
const LOCK = 'package-lock.json';
const PLATFORM = /-(?<os>darwin|linux|win32|freebsd|android|openharmony)-(?<cpu>[a-z0-9]+)(-[a-z]+)?$/;

interface Package {
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const lock: { packages: Record<string, object> } = JSON.parse(readFileSync(LOCK, 'utf8'));
for (const [path, { dev, license, optionalDependencies = {} }] of Object.entries<Package>({ ...lock.packages })) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const { os, cpu } = PLATFORM.exec(name)?.groups ?? {};
    const locked = [`node_modules/${name}`, `${path}/node_modules/${name}`].some((place) => place in lock.packages);
    if (os && !locked) lock.packages[`node_modules/${name}`] = { version, cpu: [cpu], dev, license, optional: true, os: [os] };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
