import { isDeepStrictEqual } from 'node:util';
import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';
import { Scalar } from '../manifest/typed-kind';
import { amountOf } from './amount';
import { wholeSeconds } from './whole-seconds';

/** Something else than processor and memory that replicas follow, as a metrics adapter of the cluster gives it. */
export type ScalingMetric =
  /** An average over the pods, such as requests a second. */
  | { readonly type: 'Pods'; readonly name: string; readonly averageValue: string }
  /** A value from outside of the cluster, such as the length of a queue; `averageValue` is a pod's share of it. */
  | { readonly type: 'External'; readonly name: string; readonly matchLabels?: Readonly<Record<string, string>>; readonly averageValue: string }
  /** A value of one other object, such as the requests of an Ingress. */
  | { readonly type: 'Object'; readonly name: string; readonly describedObject: k8s.CrossVersionObjectReferenceV2; readonly value: string };

/** How many pods, or how many percent of them, may come or go within a time. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  /** How many, a whole number of 1 or more. */
  readonly value: number;
  /** Within what time, whole seconds, 1-1800. */
  readonly period: Duration;
}

/** How fast replicas follow in one direction. */
export interface ScalingRules {
  /** How long the most careful of the last recommendations holds, whole seconds, 0-3600. @default - Kubernetes' own: 0 s up, 300 s down */
  readonly stabilizationWindow?: Duration;
  /** How much at a time. @default - Kubernetes' own: as much as is needed down; up 4 pods or 100 % in 15 s, whichever is more */
  readonly policies?: readonly [ScalingPolicy, ...ScalingPolicy[]];
  /** Which of several policies holds; `Disabled` is none at all. @default - Kubernetes' own: 'Max' */
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
}

/** Replicas that follow the load: of several metrics the one that wants most. */
export interface Autoscaling {
  /** Fewest pods, 1 or more. */
  readonly min: number;
  /** Most pods, at least `min`. */
  readonly max: number;
  /** Use of the container's CPU request that is aimed at, in percent, 1 or more. @default - CPU does not count */
  readonly cpuPercent?: number;
  /** Use of its memory request, likewise; for programs that give memory back. @default - memory does not count */
  readonly memoryPercent?: number;
  /** What else counts. @default - nothing */
  readonly metrics?: readonly ScalingMetric[];
  /** How fast they follow, up and down. @default - Kubernetes' own */
  readonly behavior?: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules };
}

/** Refuses an autoscaler that the API server would refuse, or that would do nothing. */
export function checkAutoscaling(construct: IConstruct, autoscaling: Autoscaling): void {
  const { min, max, cpuPercent, memoryPercent, metrics = [], behavior = {} } = autoscaling;
  if (!isCount(min) || !isCount(max) || max < min) reject(construct, `replicas must go from min 1 or more to max at least min, got ${min} to ${max}`);
  for (const [what, percent] of Object.entries({ cpuPercent, memoryPercent })) {
    if (percent !== undefined && !isCount(percent)) reject(construct, `replicas.${what} must be a whole number of 1 or more, got ${percent}`);
  }
  if (cpuPercent === undefined && memoryPercent === undefined && metrics.length === 0) {
    reject(construct, 'replicas must follow something, got no metric; say cpuPercent, or a number of replicas');
  }
  for (const metric of metrics) checkMetric(construct, metric, metrics);
  for (const [direction, rules] of Object.entries(behavior)) if (rules) checkRules(construct, direction, rules);
}

function checkMetric(construct: IConstruct, metric: ScalingMetric, all: readonly ScalingMetric[]): void {
  const value = metric.type === 'Object' ? metric.value : metric.averageValue;
  if (metric.name === '') reject(construct, 'a metric must have a name, got none; write that of the metrics adapter');
  if (!((amountOf('metric', value) ?? 0) > 0)) reject(construct, `target of metric ${metric.name} must be a quantity such as 100 or 500m, got '${value}'`);
  const same = all.filter((each) => isDeepStrictEqual({ ...each, value: '', averageValue: '' }, { ...metric, value: '', averageValue: '' }));
  if (same.length > 1) reject(construct, `a metric is followed once, got ${metric.name} ${same.length} times; remove all but one`);
}

function checkRules(construct: IConstruct, direction: string, { stabilizationWindow, policies, selectPolicy }: ScalingRules): void {
  const within = (what: string, duration: Duration, least: number, most: number): void => {
    const seconds = wholeSeconds(construct, `behavior.${direction}.${what}`, duration, least);
    if (seconds > most) reject(construct, `behavior.${direction}.${what} must be at most ${most} s, got ${seconds}`);
  };
  if (stabilizationWindow) within('stabilizationWindow', stabilizationWindow, 0, 3600);
  for (const { value, period } of policies ?? []) {
    within('period', period, 1, 1800);
    if (!isCount(value)) reject(construct, `behavior.${direction} must be by a whole number of 1 or more, got ${value}`);
  }
  if (selectPolicy === 'Disabled' && policies) reject(construct, `behavior.${direction} is disabled and has policies, got both; leave one out`);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** What an autoscaler scales, and by which container's use. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly container: string;
}

/** The autoscaler as Kubernetes has it. */
export function autoscalerSpec({ container, ...scaleTargetRef }: ScaleTarget, autoscaling: Autoscaling): k8s.HorizontalPodAutoscalerSpecV2 {
  const { min, max, cpuPercent, memoryPercent, metrics = [], behavior } = autoscaling;
  const used = ([['cpu', cpuPercent], ['memory', memoryPercent]] as const).filter(([, percent]) => percent !== undefined);
  return {
    scaleTargetRef,
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      ...used.map(([name, averageUtilization]): k8s.MetricSpecV2 => ({
        type: 'ContainerResource', // the application's own use: the sidecar's would hide or fake its load
        containerResource: { container, name, target: { type: 'Utilization', averageUtilization } },
      })),
      ...metrics.map(metricSpec),
    ],
    behavior: behavior && { scaleDown: rulesSpec(behavior.scaleDown), scaleUp: rulesSpec(behavior.scaleUp) },
  };
}

function metricSpec(metric: ScalingMetric): k8s.MetricSpecV2 {
  const quantity = (text: string) => new Scalar(text);
  switch (metric.type) {
    case 'Pods':
      return { type: 'Pods', pods: { metric: { name: metric.name }, target: { type: 'AverageValue', averageValue: quantity(metric.averageValue) } } };
    case 'External': {
      const selector = metric.matchLabels && { matchLabels: { ...metric.matchLabels } };
      const target = { type: 'AverageValue', averageValue: quantity(metric.averageValue) };
      return { type: 'External', external: { metric: { name: metric.name, selector }, target } };
    }
    default: {
      const { describedObject: { apiVersion, kind, name: of }, name, value } = metric;
      const describedObject = { apiVersion, kind, name: of };
      return { type: 'Object', object: { describedObject, metric: { name }, target: { type: 'Value', value: quantity(value) } } };
    }
  }
}

function rulesSpec(rules: ScalingRules | undefined): k8s.HpaScalingRulesV2 | undefined {
  return rules && {
    policies: rules.policies?.map(({ type, value, period }) => ({ type, value, periodSeconds: period.toSeconds() })),
    selectPolicy: rules.selectPolicy,
    stabilizationWindowSeconds: rules.stabilizationWindow?.toSeconds(),
  };
}
