import type { k8s } from 'cdk8s-plus-28';
import type { AppProjectProps, ApplicationProps } from '../../imports/argoproj.io';
import type { CertificateProps, IssuerProps } from '../../imports/cert-manager.io';
import type { ExternalSecretProps } from '../../imports/external-secrets.io';
import type { PodMonitorProps, PrometheusRuleProps, ServiceMonitorProps } from '../../imports/monitoring.coreos.com';
import type {
  DestinationRuleProps, EnvoyFilterProps, GatewayProps, ServiceEntryProps, SidecarProps, VirtualServiceProps,
} from '../../imports/networking.istio.io';
import type { AuthorizationPolicyProps, PeerAuthenticationProps, RequestAuthenticationProps } from '../../imports/security.istio.io';
import type { TelemetryProps } from '../../imports/telemetry.istio.io';
import type { ConstraintTemplateProps } from '../../imports/templates.gatekeeper.sh';
import { Kind, TypedKind } from './typed-kind';

/* eslint-disable @typescript-eslint/no-require-imports -- loaded only for objects that cdk8s itself must render */
const classes = {
  'k8s': () => (require('cdk8s-plus-28') as { readonly k8s: object }).k8s,
  'argoproj.io': () => require('../../imports/argoproj.io') as object,
  'cert-manager.io': () => require('../../imports/cert-manager.io') as object,
  'external-secrets.io': () => require('../../imports/external-secrets.io') as object,
  'monitoring.coreos.com': () => require('../../imports/monitoring.coreos.com') as object,
  'networking.istio.io': () => require('../../imports/networking.istio.io') as object,
  'security.istio.io': () => require('../../imports/security.istio.io') as object,
  'telemetry.istio.io': () => require('../../imports/telemetry.istio.io') as object,
  'templates.gatekeeper.sh': () => require('../../imports/templates.gatekeeper.sh') as object,
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** @param name of the class */
function typed<Props>(module: keyof typeof classes, apiVersion: string, kind: string, name = kind): TypedKind<Props> {
  return new TypedKind<Props>({ apiVersion, kind }, `${module}/${name}Props`, () => Reflect.get(classes[module](), name) as Kind<Props>);
}

const plus = <Props>(apiVersion: string, kind: string, name = `Kube${kind}`): TypedKind<Props> => typed('k8s', apiVersion, kind, name);
const istio = <Props>(group: 'networking' | 'security' | 'telemetry', kind: string, version = 'v1'): TypedKind<Props> =>
  typed(`${group}.istio.io`, `${group}.istio.io/${version}`, kind);

/** Every kind that constructs of this library make with the types of cdk8s-plus-28 and of `imports/`. */
export const kinds = {
  ConfigMap: plus<k8s.KubeConfigMapProps>('v1', 'ConfigMap'),
  LimitRange: plus<k8s.KubeLimitRangeProps>('v1', 'LimitRange'),
  Namespace: plus<k8s.KubeNamespaceProps>('v1', 'Namespace'),
  PersistentVolumeClaim: plus<k8s.KubePersistentVolumeClaimProps>('v1', 'PersistentVolumeClaim'),
  ResourceQuota: plus<k8s.KubeResourceQuotaProps>('v1', 'ResourceQuota'),
  Service: plus<k8s.KubeServiceProps>('v1', 'Service'),
  ServiceAccount: plus<k8s.KubeServiceAccountProps>('v1', 'ServiceAccount'),
  DaemonSet: plus<k8s.KubeDaemonSetProps>('apps/v1', 'DaemonSet'),
  Deployment: plus<k8s.KubeDeploymentProps>('apps/v1', 'Deployment'),
  StatefulSet: plus<k8s.KubeStatefulSetProps>('apps/v1', 'StatefulSet'),
  HorizontalPodAutoscaler: plus<k8s.KubeHorizontalPodAutoscalerV2Props>('autoscaling/v2', 'HorizontalPodAutoscaler', 'KubeHorizontalPodAutoscalerV2'),
  CronJob: plus<k8s.KubeCronJobProps>('batch/v1', 'CronJob'),
  Job: plus<k8s.KubeJobProps>('batch/v1', 'Job'),
  Ingress: plus<k8s.KubeIngressProps>('networking.k8s.io/v1', 'Ingress'),
  NetworkPolicy: plus<k8s.KubeNetworkPolicyProps>('networking.k8s.io/v1', 'NetworkPolicy'),
  PodDisruptionBudget: plus<k8s.KubePodDisruptionBudgetProps>('policy/v1', 'PodDisruptionBudget'),
  ClusterRole: plus<k8s.KubeClusterRoleProps>('rbac.authorization.k8s.io/v1', 'ClusterRole'),
  ClusterRoleBinding: plus<k8s.KubeClusterRoleBindingProps>('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'),
  Role: plus<k8s.KubeRoleProps>('rbac.authorization.k8s.io/v1', 'Role'),
  RoleBinding: plus<k8s.KubeRoleBindingProps>('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  PriorityClass: plus<k8s.KubePriorityClassProps>('scheduling.k8s.io/v1', 'PriorityClass'),
  // The types are of Kubernetes 1.28, where these kinds were v1beta1 with the same fields.
  ValidatingAdmissionPolicy: plus<k8s.KubeValidatingAdmissionPolicyV1Beta1Props>(
    'admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'KubeValidatingAdmissionPolicyV1Beta1'),
  ValidatingAdmissionPolicyBinding: plus<k8s.KubeValidatingAdmissionPolicyBindingV1Beta1Props>(
    'admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'KubeValidatingAdmissionPolicyBindingV1Beta1'),

  DestinationRule: istio<DestinationRuleProps>('networking', 'DestinationRule'),
  EnvoyFilter: istio<EnvoyFilterProps>('networking', 'EnvoyFilter', 'v1alpha3'),
  Gateway: istio<GatewayProps>('networking', 'Gateway'),
  ServiceEntry: istio<ServiceEntryProps>('networking', 'ServiceEntry'),
  Sidecar: istio<SidecarProps>('networking', 'Sidecar'),
  VirtualService: istio<VirtualServiceProps>('networking', 'VirtualService'),
  AuthorizationPolicy: istio<AuthorizationPolicyProps>('security', 'AuthorizationPolicy'),
  PeerAuthentication: istio<PeerAuthenticationProps>('security', 'PeerAuthentication'),
  RequestAuthentication: istio<RequestAuthenticationProps>('security', 'RequestAuthentication'),
  Telemetry: istio<TelemetryProps>('telemetry', 'Telemetry'),
  Application: typed<ApplicationProps>('argoproj.io', 'argoproj.io/v1alpha1', 'Application'),
  AppProject: typed<AppProjectProps>('argoproj.io', 'argoproj.io/v1alpha1', 'AppProject'),
  Certificate: typed<CertificateProps>('cert-manager.io', 'cert-manager.io/v1', 'Certificate'),
  Issuer: typed<IssuerProps>('cert-manager.io', 'cert-manager.io/v1', 'Issuer'),
  ConstraintTemplate: typed<ConstraintTemplateProps>('templates.gatekeeper.sh', 'templates.gatekeeper.sh/v1', 'ConstraintTemplate'),
  ExternalSecret: typed<ExternalSecretProps>('external-secrets.io', 'external-secrets.io/v1', 'ExternalSecret'),
  PodMonitor: typed<PodMonitorProps>('monitoring.coreos.com', 'monitoring.coreos.com/v1', 'PodMonitor'),
  PrometheusRule: typed<PrometheusRuleProps>('monitoring.coreos.com', 'monitoring.coreos.com/v1', 'PrometheusRule'),
  ServiceMonitor: typed<ServiceMonitorProps>('monitoring.coreos.com', 'monitoring.coreos.com/v1', 'ServiceMonitor'),
};
