import { Construct } from 'constructs';
import { Port } from '../graph/port';
import { Exception, PrivilegesExceptionOptions, allowedBy } from '../manifest/exception';
import { reject } from '../manifest/reject';

/** Levels of Kubernetes' Pod Security Standards, the strictest first. */
const levels = ['restricted', 'baseline', 'privileged'] as const;

/** A level of Kubernetes' Pod Security Standards. */
export type PodSecurityLevel = typeof levels[number];

/** Capabilities that `baseline` lets a container add. Source: Kubernetes, Pod Security Standards. */
const BASELINE = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
];

/** Refuses exceptions that the mesh or the namespace would not let through. */
export function checkExceptions(construct: Construct, level: PodSecurityLevel, ports: readonly Port[], exceptions: readonly Exception[] = []): void {
  for (const { port, name } of allowedBy(exceptions, 'port')) {
    const twin = ports.find((each) => each.targetPort === port || each.name === name);
    if (twin) reject(construct, `a port outside of the mesh must be none of the service's own, got ${port} '${name}'; choose another`);
  }
  if (!ports.some((port) => port.carriesRequests) && allowedBy(exceptions, 'request').length > 0) {
    reject(construct, `requests need a port of HTTP or gRPC, got an exception for a workload with ${ports.length === 0 ? 'none' : 'TCP alone'}; remove it`);
  }
  for (const privileges of allowedBy(exceptions, 'privileges')) {
    const needed = levelOf(privileges);
    if (levels.indexOf(needed) <= levels.indexOf(level)) continue;
    const fix = `move it to one with podSecurity: { level: '${needed}', because }`;
    reject(construct, `privileges need a namespace with Pod Security ${needed}, got ${level}; ${fix}`);
  }
}

function levelOf({ privileged, root, hostPid, hostPaths = [], writableHostPaths = [], capabilities = [] }: PrivilegesExceptionOptions): PodSecurityLevel {
  if (privileged || hostPid || hostPaths.length + writableHostPaths.length > 0 || capabilities.some((each) => !BASELINE.includes(each))) return 'privileged';
  return root || capabilities.some((each) => each !== 'NET_BIND_SERVICE') ? 'baseline' : 'restricted';
}
