import { Construct } from 'constructs';
import type { SidecarProps, SidecarSpecOutboundTrafficPolicyMode } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { meshServicesOf } from '../graph/environment-facts';
import { Caller } from '../graph/party';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';

/** Lets a workload's proxy know exactly the hosts that it calls; without calls, none. */
export function sidecar(scope: Construct, graph: Calls, caller: Caller): Manifest<SidecarProps> {
  return new Manifest(scope, 'Sidecar', kinds.Sidecar, { name: caller.name }, () => {
    const called = graph.from(caller).map(({ callee }) => `${callee.namespace === caller.namespace ? '.' : callee.namespace}/${callee.host}`);
    const needed = meshServicesOf(caller.environment, caller.namespace).map(({ namespace, host }) => `${namespace}/${host}`);
    const hosts = [...new Set([...called, ...needed])].sort();
    const open = caller.enforcement?.outbound === 'any';
    return {
      spec: {
        egress: [{ hosts: open ? ['*/*'] : hosts.length > 0 ? hosts : ['~/*'] }],
        outboundTrafficPolicy: { mode: enumerated<SidecarSpecOutboundTrafficPolicyMode>(open ? 'ALLOW_ANY' : 'REGISTRY_ONLY') },
        workloadSelector: { labels: { ...caller.podLabels } },
      },
    };
  });
}
