/** What may be done with some kinds of objects of the Kubernetes API. */
export interface AccessRule {
  /** Kinds, by their plural in lower case: `pods`, `pods/log`. */
  readonly resources: readonly [string, ...string[]];
  /** What may be done. */
  readonly verbs: readonly [string, ...string[]];
  /** API groups. @default - Kubernetes' core, `''` */
  readonly apiGroups?: readonly [string, ...string[]];
  /** Objects by name. @default - all of the namespace */
  readonly resourceNames?: readonly [string, ...string[]];
  /** Why, where it is more than a workload should have: one line that a reviewer understands. @default - it is not */
  readonly because?: string;
}

/** Verbs of the Kubernetes API. Source: Kubernetes, "Authorization", request verbs. */
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
/** Verbs that give more than they say. Source: Kubernetes, "RBAC Good Practices", privilege escalation. */
const ESCALATING_VERBS = ['approve', 'bind', 'escalate', 'impersonate', 'sign'];
/** Kinds that give more than they say, whatever is done with them; ibid. */
const ESCALATING = ['nodes/proxy', 'pods/attach', 'pods/exec', 'serviceaccounts/token'];
/** Verbs that no name narrows: the name is not known yet, or all are meant. Source: Kubernetes, "Using RBAC Authorization", referring to resources. */
const NAMELESS = ['create', 'deletecollection'];

/** What is wrong with a rule, or undefined. */
export function accessRuleProblem(rule: AccessRule): string | undefined {
  const { resources, verbs, apiGroups = [''], resourceNames, because } = rule;
  for (const [what, list] of Object.entries({ resources, verbs, apiGroups, resourceNames })) {
    if (list?.length === 0) return `${what} must name at least one, got none`;
    const twice = list?.find((each, index) => list.indexOf(each) < index);
    if (twice !== undefined) return `${what} must name each once, got '${twice}' twice`;
  }
  const odd = resources.find((each) => each !== '*' && !/^[a-z]+(\/[a-z]+)?$/.test(each));
  if (odd !== undefined) return `resources must be plurals in lower case, got '${odd}'; write for example 'pods' or 'pods/log'`;
  const unknown = verbs.find((verb) => verb !== '*' && !VERBS.includes(verb) && !ESCALATING_VERBS.includes(verb));
  if (unknown !== undefined) return `verbs must be verbs of the API, got '${unknown}'; they are ${VERBS.join(', ')}`;
  const nameless = resourceNames && verbs.find((verb) => NAMELESS.includes(verb));
  if (nameless !== undefined) return `resourceNames do not narrow ${nameless}, got both; make a rule of its own of it`;
  if (because !== undefined && because.trim() === '') return `because must be one line that says why, got '${because}'`;
  const much = because === undefined ? tooMuch(rule) : undefined;
  return much === undefined ? undefined : `${much}; narrow it, or say because`;
}

/** A rule in words: `get, list pods`. */
export function accessInWords({ resources, verbs, apiGroups, resourceNames }: AccessRule): string {
  const groups = apiGroups?.some((group) => group !== '') ? ` of ${apiGroups.join(', ')}` : '';
  return `${verbs.join(', ')} ${resources.join(', ')}${groups}${resourceNames ? ` ${resourceNames.join(', ')}` : ''}`;
}

function tooMuch({ resources, verbs, apiGroups = [''], resourceNames }: AccessRule): string | undefined {
  const wild = Object.entries({ resources, verbs, apiGroups }).find(([, list]) => list.includes('*'));
  if (wild) return `${wild[0]} must be named, got '*', which is also what comes with the next release`;
  const verb = verbs.find((each) => ESCALATING_VERBS.includes(each));
  if (verb !== undefined) return `a workload must not give itself more than it has, got ${verb}`;
  const resource = resources.find((each) => ESCALATING.includes(each));
  if (resource !== undefined) return `a workload must not act as another, got ${resource}`;
  const reads = resources.includes('secrets') && resourceNames === undefined && verbs.some((each) => ['get', 'list', 'watch'].includes(each));
  return reads ? 'a workload must not read all Secrets of a namespace, got secrets without resourceNames' : undefined;
}
