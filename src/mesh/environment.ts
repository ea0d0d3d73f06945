import { isIP } from 'node:net';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { CallGraph } from '../graph/call-graph';
import { EnvironmentFacts, MeshService, PathNormalization, PodIdentity, PodPeer } from '../graph/environment-facts';
import { isDnsName } from '../graph/host-name';
import { kubernetesApi } from '../graph/kubernetes-api';
import { ChartValues } from '../manifest/chart-values';
import { checkName, uniqueId } from '../manifest/names';
import { reject } from '../manifest/reject';
import { RenderedCheck } from '../manifest/rendered-check';
import { providerProblems, severalProvidersFlag } from '../security/extension-providers';
import { pathProblems } from '../security/path-normalization';
import { secretValueProblems } from '../security/secret-values';
import { ResourceTexts, Resources, requestsAndLimits } from '../workload/quantity';
import { Replicas, checkReplicas } from '../workload/replicas';
import { Callable } from './callable';
import { Surroundings } from './surroundings';

/** Properties of `Environment`. */
export interface EnvironmentProps {
  /** How many pods a service runs that does not say. @default 1 */
  readonly replicas?: Replicas;
  /**
   * How traffic reaches the sidecars: by the Istio CNI plugin (`cni`), or by an init container (`init`), whose
   * privileges Pod Security `restricted` refuses, so that namespaces only warn and audit.
   * @default 'cni'
   */
  readonly interception?: 'cni' | 'init';
  /**
   * What each sidecar is sure to get and can never exceed, as the mesh is installed with: `global.proxy.resources`. Quotas count it.
   * @default - Istio's own: cpu 100m to 2, memory 128Mi to 1Gi
   */
  readonly proxyResources?: Resources;
  /** DNS domain of the cluster. @default 'cluster.local' */
  readonly clusterDomain?: string;
  /** Trust domain of the mesh. @default 'cluster.local' */
  readonly trustDomain?: string;
  /** Namespace of istiod. @default 'istio-system' */
  readonly meshNamespace?: string;
  /** The ingress gateway. @default - as `istioctl install` makes it: `istio: ingressgateway` in the mesh namespace */
  readonly gateway?: Partial<PodIdentity>;
  /** Pods of the cluster's DNS. @default - `k8s-app: kube-dns` in kube-system */
  readonly dns?: PodPeer;
  /**
   * Address of NodeLocal DNSCache, for example `169.254.20.10`. Where kube-proxy works by iptables it answers on the node at the address of the Service
   * `kube-dns` too: then both. Source: Kubernetes, "Using NodeLocal DNSCache".
   * @default - nodes do not run it
   */
  readonly nodeLocalDns?: string | readonly [string, ...string[]];
  /** Pods that scrape metrics. @default - `app.kubernetes.io/name: prometheus` in the mesh namespace */
  readonly prometheus?: PodPeer;
  /** Address of Prometheus as a controller of releases reaches it: `http://prometheus.istio-system:9090`. @default - none: each analysis says it */
  readonly prometheusAddress?: string;
  /** Addresses and port of the Kubernetes API server. @default - no workload may call it */
  readonly apiServer?: { readonly addresses: readonly string[]; readonly port: number };
  /** Whether sidecars answer DNS (`ISTIO_META_DNS_CAPTURE`). @default false */
  readonly dnsCapture?: boolean;
  /**
   * What the mesh config says of `pathNormalization`. A policy that lets a path through because it is not another one needs more than `BASE`, which
   * leaves `//` as it is.
   * @default 'BASE', as Istio has it
   */
  readonly pathNormalization?: PathNormalization;
  /**
   * Extension providers that the mesh config defines already, by name: for policies that were not made by an `OidcLogin`.
   * @default - none
   */
  readonly extensionProviders?: readonly string[];
  /**
   * Whether the pods of one gateway may ask several authorization providers, such as two `OidcLogin`s, each for its hosts: Istio 1.30 or newer, with the
   * variable that `istiod-values.yaml` sets for istiod. Without the variable two of them deny everything.
   * @default false
   */
  readonly severalProviders?: boolean;
  /**
   * Services that telemetry and authorization providers of the mesh name: a sidecar that may not reach one loses spans, or
   * refuses its whole configuration.
   * @default - none
   */
  readonly meshServices?: readonly MeshService[];
}

/** The ingress gateway as `istioctl install` makes it. */
const usualGateway = { serviceAccount: 'istio-ingressgateway-service-account', podLabels: { istio: 'ingressgateway' } };

/** One place where systems run, such as staging or production: a cluster with its mesh. Calls do not leave it. */
export class Environment extends Construct {
  /** The environment that a construct is in. @throws ConfigurationError where it is in none */
  public static of(construct: Construct): Environment {
    const found = construct.node.scopes.reverse().find((scope) => scope instanceof Environment);
    return found ?? reject(construct, `must be inside an Environment, got the path '${construct.node.path}'; create one and pass it on as scope`);
  }

  /** What its cluster and mesh look like. */
  public readonly facts: EnvironmentFacts;
  /** Who calls whom in it. */
  public readonly graph: CallGraph;
  /** How many pods a service runs that does not say. */
  public readonly replicas: Replicas;
  /** Address of Prometheus as a controller of releases reaches it. */
  public readonly prometheusAddress?: string;

  /** Whether an experiment is built in it, and nothing that runs. @internal */
  public readonly isExperiment: boolean;
  /** What it has beside its systems. @internal */
  public readonly surroundings: Surroundings;
  /** What each sidecar may use, in the words of a container's `resources`. */
  public readonly proxyResources: ResourceTexts;

  private apiServer?: Callable;
  private readonly providers = new Map<string, object>();
  private proxyConfig: Readonly<Record<string, unknown>> = {};
  private readonly props: EnvironmentProps;
  private readonly owners = new Map<string, string>();

  constructor(
    scope: Construct,
    id: string,
    props: EnvironmentProps = {},
    /** Of which it is a copy, for an experiment: nothing in it runs. @internal */
    original?: Environment,
  ) {
    super(scope, uniqueId(scope, id));
    this.props = props;
    this.isExperiment = original !== undefined;
    this.surroundings = original?.surroundings ?? new Surroundings(props.meshServices ?? []);
    checkName(this, 'environment', id);
    const { meshNamespace = 'istio-system', replicas = 1, clusterDomain = 'cluster.local', trustDomain = 'cluster.local' } = props;
    checkDomains(this, { clusterDomain, trustDomain });
    checkReplicas(this, replicas);
    this.replicas = replicas;
    this.prometheusAddress = props.prometheusAddress;
    this.proxyResources = requestsAndLimits(this, props.proxyResources ?? { cpu: ['100m', '2'], memory: ['128Mi', '1Gi'] }, 'proxyResources');
    this.facts = {
      path: this.node.path,
      clusterDomain,
      trustDomain,
      interception: props.interception ?? 'cni',
      gateway: { ...usualGateway, namespace: meshNamespace, ...props.gateway },
      dns: props.dns ?? { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } },
      nodeLocalDns: checkedAddresses(this, props.nodeLocalDns),
      istiod: { namespace: meshNamespace, podLabels: { app: 'istiod' } },
      prometheus: props.prometheus ?? { namespace: meshNamespace, podLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      apiServer: props.apiServer,
      dnsCapture: props.dnsCapture ?? false,
      pathNormalization: props.pathNormalization ?? 'BASE',
      meshServices: this.surroundings.meshServices,
    };
    const { gateway } = this.facts;
    if (Object.keys(gateway.podLabels).length === 0) reject(this, 'gateway.podLabels must select its pods, got none, which are all of the mesh; name them');
    this.graph = new CallGraph(this.facts);
    this.node.addValidation({ validate: () => [...this.graph.problems(), ...this.duplicates()] });
    this.judgeRendered();
    if (!original) this.tellIstiod();
  }

  /** The same place once more, for an experiment. @internal */
  public copyFor(scope: Construct): Environment {
    return new Environment(scope, this.node.id, this.props, this);
  }

  /**
   * The Kubernetes API server, for workloads that call it: address, token and egress follow; what they may do there, RBAC says.
   * @throws ConfigurationError where `apiServer` is not given
   */
  public get kubernetesApi(): Callable {
    this.apiServer ??= { party: kubernetesApi(this.facts), operations: {} };
    return this.apiServer;
  }

  /**
   * What the mesh config must say, for who installs the mesh: what proxies count, extension providers, and how paths are normalized.
   * Source: Istio, MeshConfig.
   */
  public get meshConfig(): Readonly<Record<string, unknown>> {
    const { pathNormalization } = this.facts;
    const providers = [...this.providers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, provider]) => ({ name, ...provider }));
    return {
      ...(Object.keys(this.proxyConfig).length > 0 ? { defaultConfig: this.proxyConfig } : {}),
      ...(providers.length > 0 ? { extensionProviders: providers } : {}),
      ...(pathNormalization === 'BASE' ? {} : { pathNormalization: { normalization: pathNormalization } }),
    };
  }

  /** Adds an extension provider to the mesh config. @throws ConfigurationError where there is one of its name @internal */
  public provide(construct: Construct, name: string, provider: object): void {
    if (this.known.includes(name)) reject(construct, `an extension provider must have a name of its own, got '${name}' twice; change the id`);
    this.providers.set(name, provider);
  }

  /** Adds to what all proxies are started with. Source: Istio, ProxyConfig. @internal */
  public startProxiesWith(config: Readonly<Record<string, unknown>>): void {
    this.proxyConfig = { ...this.proxyConfig, ...config };
  }

  private get known(): readonly string[] {
    return [...this.props.extensionProviders ?? [], ...this.providers.keys()];
  }

  /** Notes who writes a Namespace. @throws ConfigurationError where somebody does already */
  public own(namespace: Construct & { readonly name: string }): void {
    const { name } = namespace;
    const owner = this.owners.get(name);
    if (owner !== undefined) reject(namespace, `namespace has an owner, got '${name}' of ${owner}; join it with MeshNamespace.existing`);
    this.owners.set(name, namespace.node.path);
  }

  private tellIstiod(): void {
    new ChartValues(this, 'istiod-values', {
      chart: 'istiod',
      heading: [
        "What this environment needs of the mesh: values of Istio's Helm chart istiod, for who installs it.",
        'Helm replaces lists as a whole: add extension providers of others by hand.',
      ],
      values: () => ({ env: this.props.severalProviders ? { [severalProvidersFlag]: 'true' } : {}, meshConfig: this.meshConfig }),
    });
  }

  /** What only the objects themselves say, patches included. */
  private judgeRendered(): void {
    new RenderedCheck(this, 'Secrets', 'Secret', secretValueProblems);
    new RenderedCheck(this, 'Policies', 'AuthorizationPolicy', (policies) =>
      [...pathProblems(policies, this.facts), ...providerProblems(policies, this.known, this.props.severalProviders ?? false)]);
  }

  /** Objects that would be one in the cluster. */
  private duplicates(): readonly string[] {
    const objects = this.node.findAll().filter((each) => ApiObject.isApiObject(each));
    const known = new Map<string, ApiObject>();
    return objects.flatMap((object) => {
      const { kind, name, apiGroup, node, metadata: { namespace } } = object;
      const key = `${apiGroup}/${kind}/${namespace}/${name}`;
      const earlier = known.get(key);
      if (!earlier) known.set(key, object);
      if (!earlier) return [];
      const got = `got '${name}' as ${earlier.node.path} has`;
      return [`[${node.path}] ${kind} must have a name of its own in namespace ${namespace ?? '(none)'}, ${got}; rename one`];
    });
  }
}

function checkDomains(environment: Environment, domains: Readonly<Record<string, string>>): void {
  for (const [what, domain] of Object.entries(domains)) {
    if (!isDnsName(domain)) reject(environment, `${what} must be a DNS name, got '${domain}'`);
  }
}

function checkedAddresses(environment: Environment, nodeLocalDns: EnvironmentProps['nodeLocalDns']): readonly string[] | undefined {
  const addresses = typeof nodeLocalDns === 'string' ? [nodeLocalDns] : nodeLocalDns;
  const wrong = addresses?.find((address) => isIP(address) !== 4);
  if (wrong !== undefined) reject(environment, `nodeLocalDns must be an IPv4 address, got '${wrong}'`);
  return addresses;
}
