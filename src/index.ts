export type { CallableDatabase, DatabaseOptions, Databases, Login } from './data/databases';
export type { ExternalDatabase, ExternalDatabaseProps } from './data/external-database';
export type { MongoAddress } from './data/mongo-address';
export { Backup, type BackupProps } from './data/backup/backup';
export { Migration, type MigrationProps } from './data/migration';
export type { BackedUp, BackupPlan } from './data/backup/backed-up';
export { MongoDatabase, type MongoDatabaseProps } from './data/mongo-database';
export type { PostgresAddress } from './data/postgres-address';
export { PostgresDatabase, type PostgresDatabaseProps } from './data/postgres-database';
export { RabbitMqBroker, type RabbitMqBrokerProps } from './data/rabbitmq-broker';
export type { AmqpAddress, BrokerUserOptions, QueueOptions } from './data/rabbitmq-definitions';
export { RedisCache, type RedisCacheProps } from './data/redis-cache';
export type { StoreParts, StoreProps } from './data/store-parts';
export { ArgoCdDelivery } from './gitops/argo-cd/argo-cd-delivery';
export type { ArgoCdCluster, ArgoCdDeliveryProps, IgnoredField, SyncWindow } from './gitops/argo-cd/delivery-props';
export type { GroupKind } from './gitops/argo-cd/permitted-kinds';
export { codeOwners } from './gitops/code-owners';
export type { AnswerMatch } from './gitops/experiments/answers';
export type { Band } from './gitops/experiments/binomial-band';
export type { Expectation } from './gitops/experiments/expectation';
export { Experiment, type ExperimentProps } from './gitops/experiments/experiment';
export { Measurement, type MeasurementOptions } from './gitops/experiments/measurement';
export { type HelmChartOptions, helmChart } from './gitops/helm-chart';
export { GitOpsApp, type GitOpsAppProps } from './gitops/gitops-app';
export { synthesize } from './gitops/synthesize';
export { Address } from './graph/address';
export { CallGraph } from './graph/call-graph';
export { ConfigurationError } from './graph/configuration-error';
export {
  type CallsContract, type Contract, type HalfContract, type OperationContract, type PortContract, type ServiceContract, contractSchemaVersion,
} from './graph/contract';
export type { Edge } from './graph/edge';
export type { CorsPolicy, Exposure } from './graph/exposure';
export type { Abort, Delay, Fault, GrpcStatus, Lifted } from './graph/fault';
export type { HeaderChanges, HeaderOperations } from './graph/header-operations';
export type { EnvironmentFacts, MeshService, PathNormalization, PodIdentity, PodPeer } from './graph/environment-facts';
export { type Balancing, type CookieOptions, type HashKey, LoadBalancer, type Warmup, type WarmupOptions } from './graph/load-balancer';
export { type HttpMethod, Operation, type OperationOptions } from './graph/operation';
export type { Callee, Caller, Destination, Enforcement, Party, Release, ReleaseMatch, Service, StringMatch, Version } from './graph/party';
export { PathPattern, type UriMatch } from './graph/path-pattern';
export { Text } from './graph/text';
export type { ClaimCondition, ClaimName } from './graph/token';
export type {
  ConnectionPool, Distribution, Failover, Locality, OutlierDetection, TcpConnectionPool, TrafficPolicy,
} from './graph/traffic-policy';
export { Port, type PortOptions, type Protocol } from './graph/port';
export type { RedirectCode, RedirectTarget } from './graph/redirect';
export type { Retries, RetryCondition, RetryPolicy } from './graph/retries';
export {
  type Allowed, type EgressExceptionOptions, Exception, type ExceptionPeer, type IngressExceptionOptions, type PortExceptionOptions,
  type PrivilegesExceptionOptions, type RequestExceptionOptions,
} from './manifest/exception';
export { type Kind, Manifest } from './manifest/manifest';
export type { SyncHook } from './manifest/sync-wave';
export type {
  AllowOptions, Callable, CallOptions, CallerPolicyOptions, CommonCallOptions, InboundOptions, NamedPortCallOptions, OperationCallOptions,
  OperationInboundOptions, PortCallOptions, PortInboundOptions, RequestCallOptions,
} from './mesh/callable';
export type { CanaryMatch } from './mesh/canary-match';
export { CanaryRelease, type CanaryReleaseProps } from './mesh/canary-release';
export { AccessRole, type AccessRoleProps, type CallingWorkload } from './mesh/access-role';
export { Environment, type EnvironmentProps } from './mesh/environment';
export { ExternalService, type ExternalServiceProps } from './mesh/external-service';
export { FaultInjection, type FaultInjectionProps, type FaultSource } from './mesh/fault-injection';
export { GatewayDelegate, type GatewayDelegateProps } from './mesh/gateway-delegate';
export type { GatewayDenialOptions } from './mesh/gateway-denial';
export type { GatewayHosts } from './mesh/gateway-hosts';
export type { GatewayRouteOptions, IngressRoutes, OpenOptions } from './mesh/gateway-routes';
export { type GatewayDelegationOptions, type GatewayRedirectOptions, IngressGateway, type IngressGatewayProps } from './mesh/ingress-gateway';
export { JwtAuthentication, type JwtAuthenticationProps, type RequiredToken, type TokenBearer } from './mesh/jwt-authentication';
export { type LoginIssuer, OidcLogin, type OidcLoginProps } from './mesh/login/oidc-login';
export { KubeBench, type KubeBenchProps } from './mesh/kube-bench';
export type { RateLimit } from './mesh/local-rate-limit';
export { MeshNamespace, type MeshNamespaceProps } from './mesh/mesh-namespace';
export { MeshedJob, type MeshedJobProps } from './mesh/meshed-job';
export { MeshedMicroservice, type MeshedMicroserviceProps } from './mesh/meshed-microservice';
export { NginxIngress, type NginxIngressProps, type NginxRouteOptions } from './mesh/nginx-ingress/nginx-ingress';
export { NamespaceQuota, type QuotaAmounts, type WorkloadQuotaOptions } from './mesh/namespace-quota';
export type { PodSecurityLevel } from './mesh/pod-security';
export type { ExistingWorkload } from './mesh/parties';
export { RemoteCaller, type RemoteCallerProps } from './mesh/remote-caller';
export type { AnalysisMetric, AnalysisTemplateProps, LatencyObjective, RolloutAnalysis, RolloutAnalysisOptions } from './mesh/rollout-analysis';
export { type ContractModule, type OperationsOf, RemoteService } from './mesh/remote-service';
export { PriorityClasses, type PriorityClassOptions, type PriorityClassesProps } from './mesh/priority-classes';
export { RequiredLimits, type RequiredLimitsProps } from './mesh/required-limits';
export { type ControllerEdit, type RolloutOptions, ServiceRollout, type ServiceRolloutProps } from './mesh/service-rollout';
export { Step } from './mesh/step';
export { type AdmissionAction, AdmissionEngine } from './security/admission-engine';
export { type TlsOrigination } from './mesh/tls-origination';
export { type HostsByTls, TlsCertificate, type TlsCertificateProps } from './mesh/tls-certificate';
export type { AccessRule } from './security/access-rules';
export { type AcmeOptions, CertificateIssuer } from './security/certificate-issuer';
export type { DenialOptions } from './security/denial';
export { ExternalSecret, type ExternalSecretProps, type RemoteSecret } from './security/external-secret';
export type { JwtIssuer } from './security/jwt-issuer';
export type { KeySet } from './security/key-set';
export { type SecretKey, secretEnvValue } from './security/secret-key';
export { TokenLocation } from './security/token-location';
export type { ContainerProps, EnvVars } from './workload/container';
export type { PodProps } from './workload/pod';
export { type HttpGetProbeOptions, Probe, type ProbeOptions } from './workload/probe';
export type { CpuQuantity, MemoryQuantity, ResourceTexts, Resources } from './workload/quantity';
export type { Autoscaling, ScalingMetric, ScalingPolicy, ScalingRules } from './workload/autoscaling';
export type { Replicas } from './workload/replicas';
export { ResourceLimitedDeployment, type ResourceLimitedDeploymentProps } from './workload/resource-limited-deployment';
export { ResourceLimitedJob, type ResourceLimitedJobProps } from './workload/resource-limited-job';
export { ResourceLimitedStatefulSet, type ResourceLimitedStatefulSetProps, type VolumeClaim } from './workload/resource-limited-stateful-set';
export type { RolloutStep, RolloutStrategy, RoutesOfRelease } from './workload/rollout';
export { Volume } from './workload/volume';
