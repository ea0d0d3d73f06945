import { Chart, JsonPatch } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import type { PeerAuthenticationSpecMtlsMode } from '../../imports/security.istio.io';
import { PodPeer } from '../graph/environment-facts';
import { Enforcement } from '../graph/party';
import { enumerated } from '../manifest/enumerated';
import { Exception, annotateExceptions } from '../manifest/exception';
import { keptByArgoCd } from '../manifest/kept';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { withWhatRuns } from '../manifest/sync-wave';
import { dryRun } from '../security/authorization-policy';
import { meshNeeds } from '../security/mesh-needs';
import { Environment } from './environment';
import { NamespaceQuota } from './namespace-quota';
import { AccessLog, NamespaceTelemetry } from './namespace-telemetry';
import { PodSecurityLevel } from './pod-security';
import { checkNotKubernetes, checkNotMesh } from './taken-namespace';

/** Properties of `MeshNamespace`. */
export interface MeshNamespaceProps {
  /** Name of the Namespace: a DNS label, 1-63 characters. @default - the construct's id */
  readonly name?: string;
  /** Revision of Istio that injects the sidecars (`istio.io/rev`). @default - the default one, by `istio-injection: enabled` */
  readonly revision?: string;
  /** Whether plaintext is refused; `permissive` while callers without a sidecar are left. @default 'strict' */
  readonly mtls?: Enforcement['mtls'];
  /** Whether undeclared requests are refused; `dry-run` while they are counted, `workloads` while its `deny-all` alone only counts. @default 'enforced' */
  readonly authorization?: Enforcement['authorization'];
  /** Whether its pods reach what they declare; `any` while not all that they call is declared. @default 'declared' */
  readonly outbound?: Enforcement['outbound'];
  /** Whether the network refuses undeclared connections; `open` while the mesh does not refuse them yet. @default 'enforced' */
  readonly networkPolicies?: Enforcement['networkPolicies'];
  /** Which pods it takes, and why it takes more than others. @default - `restricted` */
  readonly podSecurity?: { readonly level: PodSecurityLevel; readonly because: string };
  /** How much it may take of the cluster, in all and each of its pods: a ResourceQuota and a LimitRange. @default - as much as there is */
  readonly quota?: NamespaceQuota;
  /** Which requests its proxies write to their standard output. @default - those that the mesh is installed to write, which is none unless somebody said so */
  readonly accessLog?: AccessLog;
  /** Who owns what is in it and has no owner of its own: `@user`, `@organization/team` or an e-mail address. @default - nobody says */
  readonly owner?: string;
}

/**
 * A namespace of a system: everything in it is in the mesh, speaks mutual TLS, and may do nothing that is not declared.
 * Its id is the name of the system, and of the folder that its files go to.
 */
export class MeshNamespace extends Chart {
  /**
   * Joins a namespace that somebody else owns: neither the Namespace nor its defaults are written. Its owner lets sidecars in
   * (label), and lets its pods reach DNS and istiod (NetworkPolicy), without which they never start.
   */
  public static existing(scope: Construct, id: string, props: Omit<MeshNamespaceProps, 'revision' | 'quota' | 'accessLog'> = {}): MeshNamespace {
    return new MeshNamespace(scope, id, props, false);
  }

  /** The namespace that a construct is in. @throws ConfigurationError where it is in none */
  public static override of(construct: Construct): MeshNamespace {
    const found = construct.node.scopes.reverse().find(isMeshNamespace);
    return found ?? reject(construct, `must be inside a MeshNamespace, got the path '${construct.node.path}'; create one and pass it on as scope`);
  }

  /** Name of the Namespace. */
  public readonly name: string;
  /** How far the rules hold in it. */
  public readonly enforcement: Enforcement;
  /** Which pods it takes. */
  public readonly podSecurity: PodSecurityLevel;
  /** The environment it is in. */
  public readonly environment: Environment;
  /** Its part of the DNS: `<name>.svc.<cluster domain>`. */
  public readonly domain: string;
  /** What its proxies tell, where it is not somebody else's. @internal */
  public readonly telemetry?: NamespaceTelemetry;
  /** The system it belongs to: the id of the outermost namespace around it. */
  public readonly system: string;

  constructor(scope: Construct, id: string, props: MeshNamespaceProps = {}, owned = true) {
    const name = props.name ?? id;
    super(scope, uniqueId(scope, id), { namespace: name, disableResourceNameHashes: true });
    checkName(this, 'namespace', name);
    checkNotKubernetes(this, name);
    declareOwner(this, props.owner);
    if (props.revision !== undefined) checkName(this, 'revision', props.revision);
    this.enforcement = enforcementOf(this, props);
    this.name = name;
    this.podSecurity = props.podSecurity?.level ?? 'restricted';
    this.environment = Environment.of(this);
    this.domain = `${name}.svc.${this.environment.facts.clusterDomain}`;
    this.system = this.node.scopes.find(isMeshNamespace)?.node.id ?? id;
    if (!owned) return;
    checkNotMesh(this, name, this.environment.facts);
    this.environment.own(this);
    const component = new Construct(this, 'namespace');
    addDefaults(this, component, props);
    this.telemetry = new NamespaceTelemetry(component, this.environment.surroundings, { namespace: name, accessLog: props.accessLog });
  }

  /** Whether pods of ours are in it, and not only words for somebody else's. @internal */
  public get hasPods(): boolean {
    return true;
  }
}

/** Whether a construct is a MeshNamespace; `instanceof` would not do, since cdk8s makes it answer for every chart. */
export function isMeshNamespace(construct: IConstruct): construct is MeshNamespace {
  return Chart.isChart(construct) && 'environment' in construct && construct.environment instanceof Environment;
}

/** What a namespace starts from: nothing is allowed but what the mesh itself needs. */
function addDefaults(namespace: MeshNamespace, component: Construct, { revision, podSecurity, quota }: MeshNamespaceProps): void {
  const { facts } = namespace.environment;
  const labels = { ...injection(revision), ...podSecurityLabels(facts.interception, namespace.podSecurity) };
  const metadata = { name: namespace.name, labels, annotations: keptByArgoCd };
  const resource = new Manifest(component, 'Namespace', kinds.Namespace, metadata, () => ({}));
  if (podSecurity) annotateExceptions(resource, [Exception.podSecurity(podSecurity)], 'pod-security');
  resource.addJsonPatch(JsonPatch.remove('/metadata/namespace')); // cdk8s puts every object of a chart into its namespace
  quota?.write(component, namespace, { environment: namespace.environment, namespace: namespace.name });
  const { enforcement } = namespace;
  if (enforcement.networkPolicies === 'enforced') {
    new Manifest(component, 'DenyTraffic', kinds.NetworkPolicy, { name: 'deny-all' }, () => ({
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    }));
  }
  const scrapers = (): readonly PodPeer[] => namespace.environment.surroundings.scrapersOf(namespace.name);
  new Manifest(component, 'AllowMesh', kinds.NetworkPolicy, { name: 'allow-mesh' }, () => ({ spec: meshNeeds(facts, namespace, scrapers()) }));
  new Manifest(component, 'PeerAuthentication', kinds.PeerAuthentication, { name: 'default' }, () => ({
    spec: { mtls: { mode: enumerated<PeerAuthenticationSpecMtlsMode>(enforcement.mtls === 'strict' ? 'STRICT' : 'PERMISSIVE') } },
  }));
  const annotations = { ...dryRun(enforcement.authorization !== 'enforced'), ...withWhatRuns };
  new Manifest(component, 'AuthorizationPolicy', kinds.AuthorizationPolicy, { name: 'deny-all', annotations }, () => ({ spec: {} }));
}

/** Refuses steps that would cut somebody off who was only to be counted yet. */
function enforcementOf(namespace: MeshNamespace, props: MeshNamespaceProps): Enforcement {
  const { mtls = 'strict', authorization = 'enforced', outbound = 'declared', networkPolicies = 'enforced' } = props;
  if (mtls === 'permissive' && authorization !== 'dry-run') {
    reject(namespace, `callers without mutual TLS have no identity to allow, got mtls 'permissive' with authorization '${authorization}'; ` +
    "say authorization: 'dry-run'");
  }
  if (authorization !== 'enforced' && networkPolicies === 'enforced') {
    reject(namespace, `the network would refuse what is only to be counted, got authorization '${authorization}' with networkPolicies 'enforced'; ` +
    "say networkPolicies: 'open'");
  }
  if (outbound === 'any' && networkPolicies === 'enforced') {
    reject(namespace, "the network would refuse what the sidecars let out, got outbound 'any' with networkPolicies 'enforced'; say networkPolicies: 'open'");
  }
  return { mtls, authorization, outbound, networkPolicies };
}

function injection(revision: string | undefined): Record<string, string> {
  return revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision };
}

function podSecurityLabels(interception: 'cni' | 'init', level: PodSecurityLevel): Record<string, string> {
  const modes = interception === 'cni' ? ['enforce'] : ['audit', 'warn']; // istio-init itself would be refused
  return Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}
