const DEPLOYMENTS = [
  'adservice', 'cartservice', 'checkoutservice', 'currencyservice', 'emailservice', 'frontend', 'paymentservice', 'productcatalogservice',
  'recommendationservice', 'shippingservice', 'frontend-canary', 'productcatalogservice-canary',
].map((name) => `Deployment ${name}`);
const REDIS = 'StatefulSet redis-cart';
const LOAD_GENERATOR = 'Deployment loadgenerator';

/** Why an object may fail a check of kube-score. */
interface Reason { readonly check: string; readonly objects: readonly string[]; readonly because: string }

/** Reasons that hold for all pods. */
const ofPods = (pods: readonly string[]): Reason[] => [
  { check: 'container-image-pull-policy', objects: pods, because: 'a tag is never made again; Always keeps a pod from starting while the registry is away' },
  { check: 'container-security-context-user-group-id', objects: pods, because: 'upstream runs its images as 1000; nothing of the host is mounted' },
  ...['resource', 'cpu', 'memory'].map((resource) =>
    ({ check: `container-${resource}-requests-equal-limits`, objects: pods, because: 'upstream\'s figures: what it needs is requested, a burst is allowed' })),
];

const EVERYWHERE: readonly Reason[] = [
  {
    check: 'pod-probes-identical', objects: ['Deployment frontend', 'Deployment frontend-canary'],
    because: 'the probes differ in their Cookie header, which kube-score does not compare',
  },
  { check: 'statefulset-has-poddisruptionbudget', objects: [REDIS], because: 'of one replica a budget would block every drain or none' },
  { check: 'statefulset-has-host-podantiaffinity', objects: [REDIS], because: 'one replica has no other to keep away from' },
  { check: 'statefulset-has-servicename', objects: [REDIS], because: 'its Service has an address: callers ask for the one Redis, never for a pod by name' },
];

const EPHEMERAL_STORAGE = 'container-ephemeral-storage-request-and-limit';
const ONLY_LOGS = 'the root file system is read-only and no emptyDir is mounted: only logs grow';

/** What kube-score may say of each environment; a reason for what it does not say fails. */
export const REASONS: Readonly<Record<string, readonly Reason[]>> = {
  staging: [
    ...ofPods([...DEPLOYMENTS, LOAD_GENERATOR, REDIS]),
    ...EVERYWHERE,
    { check: EPHEMERAL_STORAGE, objects: [...DEPLOYMENTS, LOAD_GENERATOR], because: ONLY_LOGS },
    { check: EPHEMERAL_STORAGE, objects: [REDIS], because: 'upstream\'s emptyDir: Redis writes a copy of what its memory limit lets it hold' },
    { check: 'deployment-replicas', objects: DEPLOYMENTS, because: 'staging has one replica of each' },
  ],
  production: [
    ...ofPods([...DEPLOYMENTS, REDIS]),
    ...EVERYWHERE,
    { check: EPHEMERAL_STORAGE, objects: [...DEPLOYMENTS, REDIS], because: `${ONLY_LOGS}, and Redis' data has a volume of its own` },
    { check: 'deployment-has-host-podantiaffinity', objects: DEPLOYMENTS, because: 'topologySpreadConstraints spread the pods over nodes and zones' },
  ],
};

/** The findings that have a reason, as `check object`. */
export const explained = (environment: string): string[] => REASONS[environment].flatMap(({ check, objects }) => objects.map((object) => `${check} ${object}`));
