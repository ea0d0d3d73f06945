import { holds, textAt, textsAt } from '../graph/json';
import { RenderedObject } from '../manifest/rendered-object';

/** A policy that leaves decisions to a provider. */
interface Asking {
  readonly path: string;
  readonly provider: string;
  readonly namespace: string;
  readonly pods: ReadonlyMap<string, string>;
}

/** Lets the pods of one proxy ask several providers. Source: Istio, where it is false by default and not there before 1.30. */
export const severalProvidersFlag = 'PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS';

/**
 * Policies with whose provider proxies deny everything: one that the mesh config does not define, and a second one for the same pods
 * unless istiod lets there be several.
 */
export function providerProblems(policies: readonly RenderedObject[], known: readonly string[], several: boolean): readonly string[] {
  const asking = policies.flatMap(askingOf);
  const others = known.length > 0 ? `known are ${[...known].sort().join(', ')}` : 'none is known';
  const unknown = asking.filter(({ provider }) => !known.includes(provider)).map(({ path, provider }) =>
    `[${path}] provider must be defined, or everything is denied, got '${provider}'; ${others}: ` +
    'make an OidcLogin, or name it in extensionProviders of the Environment');
  return several ? unknown : unknown.concat(asking.flatMap((each, index) => rivals(each, asking.slice(0, index))));
}

function askingOf({ construct, manifest }: RenderedObject): readonly Asking[] {
  const provider = textAt(manifest, 'spec.provider.name');
  const pods = textsAt(manifest, 'spec.selector.matchLabels');
  return provider === undefined ? [] : [{ path: construct.node.path, provider, namespace: textAt(manifest, 'metadata.namespace') ?? '', pods }];
}

function rivals({ path, provider, namespace, pods }: Asking, earlier: readonly Asking[]): readonly string[] {
  const rival = earlier.find((each) => each.provider !== provider && each.namespace === namespace && (holds(each.pods, pods) || holds(pods, each.pods)));
  if (!rival) return [];
  return [`[${path}] pods must have one provider, or everything is denied, got '${provider}' beside '${rival.provider}' of ${rival.path} in namespace ` +
    `${namespace}; let one OidcLogin guard the hosts of both, at one IngressGateway, or say severalProviders of the Environment where Istio is 1.30 or newer`];
}
