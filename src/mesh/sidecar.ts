import { Construct } from 'constructs';
import { Sidecar, SidecarProps, SidecarSpecOutboundTrafficPolicyMode } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { meshServicesOf } from '../graph/environment-facts';
import { Caller } from '../graph/party';
import { Manifest } from '../manifest/manifest';

/** Lets a workload's proxy know exactly the hosts that it calls; without calls, none. */
export function sidecar(scope: Construct, graph: Calls, caller: Caller): Manifest<SidecarProps> {
  return new Manifest(scope, 'Sidecar', Sidecar, { name: caller.name }, () => {
    const called = graph.from(caller).map(({ callee }) => `${callee.namespace === caller.namespace ? '.' : callee.namespace}/${callee.host}`);
    const needed = meshServicesOf(caller.environment, caller.namespace).map(({ namespace, host }) => `${namespace}/${host}`);
    const hosts = [...new Set([...called, ...needed])].sort();
    const { REGISTRY_UNDERSCORE_ONLY: known, ALLOW_UNDERSCORE_ANY: any } = SidecarSpecOutboundTrafficPolicyMode;
    const open = caller.enforcement?.outbound === 'any';
    return {
      spec: {
        egress: [{ hosts: open ? ['*/*'] : hosts.length > 0 ? hosts : ['~/*'] }],
        outboundTrafficPolicy: { mode: open ? any : known },
        workloadSelector: { labels: { ...caller.podLabels } },
      },
    };
  });
}
