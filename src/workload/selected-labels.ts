import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

/** Labels of pods that a workload selects. @throws ConfigurationError where it would select all pods, or not its own */
export function selectedLabels(
  construct: IConstruct, selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  if (Object.keys(selector).length === 0) reject(construct, "selector must have labels, got none, which selects all pods; write for example { app: 'web' }");
  const other = Object.keys(selector).find((key) => labels[key] !== undefined && labels[key] !== selector[key]);
  if (other !== undefined) reject(construct, `labels must leave what selects the pods, got ${other} '${labels[other]}' for '${selector[other]}'; remove it`);
  return { ...selector, ...labels };
}
