import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { UriMatch } from '../../src/index';

/** What these tests read of an object; what a kind has not is not there. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}
export type Labels = Readonly<Record<string, string>>;

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
  };
}

export interface Peer {
  readonly namespaceSelector?: { readonly matchLabels: Labels };
  readonly podSelector?: { readonly matchLabels: Labels };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface HttpMatch {
  readonly sourceLabels?: Labels;
  readonly sourceNamespace?: string;
  readonly port?: number;
  readonly method?: UriMatch;
  readonly uri?: UriMatch;
}

export interface HttpRoute {
  readonly match?: readonly HttpMatch[];
  readonly retries?: { readonly attempts: number; readonly retryOn?: string };
  readonly timeout?: string;
  readonly route: readonly { readonly destination: { readonly host: string; readonly subset?: string; readonly port?: { readonly number: number } } }[];
}

export interface AllowedOperation {
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
  readonly ports?: readonly string[];
}

/** Specs by kind. */
export interface Specs {
  Deployment: { readonly template: PodTemplate };
  StatefulSet: { readonly template: PodTemplate };
  Job: { readonly template: PodTemplate };
  CronJob: { readonly jobTemplate: { readonly spec: { readonly template: PodTemplate } } };
  Sidecar: {
    readonly egress: readonly { readonly hosts: readonly string[] }[];
    readonly outboundTrafficPolicy: { readonly mode: string };
    readonly workloadSelector: { readonly labels: Labels };
  };
  VirtualService: {
    readonly hosts: readonly string[];
    readonly gateways?: readonly string[];
    readonly exportTo: readonly string[];
    readonly http: readonly HttpRoute[];
  };
  DestinationRule: { readonly host: string; readonly exportTo: readonly string[] };
  ServiceEntry: {
    readonly hosts: readonly string[];
    readonly exportTo: readonly string[];
    readonly addresses?: readonly string[];
    readonly resolution: string;
    readonly ports: readonly { readonly number: number; readonly protocol: string }[];
  };
  AuthorizationPolicy: {
    readonly action?: string;
    readonly selector?: { readonly matchLabels: Labels };
    readonly rules?: readonly {
      readonly from: readonly { readonly source: { readonly principals: readonly string[] } }[];
      readonly to: readonly { readonly operation: AllowedOperation }[];
    }[];
  };
  NetworkPolicy: {
    readonly podSelector: { readonly matchLabels?: Labels };
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly { readonly from: readonly Peer[]; readonly ports: readonly { readonly port: number }[] }[];
    readonly egress?: readonly { readonly to: readonly Peer[]; readonly ports: readonly { readonly port: number }[] }[];
  };
}

export interface KubeObject<K extends keyof Specs = keyof Specs> {
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: Specs[K];
}

/** Objects of one kind, as they are rendered. */
export function objectsOf<K extends keyof Specs>(root: IConstruct, kind: K): readonly KubeObject<K>[] {
  const objects = root.node.findAll().filter((each) => ApiObject.isApiObject(each));
  return objects.filter((each) => each.kind === kind).map((each) => each.toJson() as KubeObject<K>);
}
