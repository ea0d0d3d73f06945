import { Construct } from 'constructs';
import { Sidecar, SidecarProps, SidecarSpecOutboundTrafficPolicyMode } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { Caller } from '../graph/party';
import { Manifest } from '../manifest/manifest';

/** Lets a workload's proxy know exactly the hosts that it calls; without calls, none. */
export function sidecar(scope: Construct, graph: Calls, caller: Caller): Manifest<SidecarProps> {
  return new Manifest(scope, 'Sidecar', Sidecar, { name: caller.name }, () => {
    const called = graph.from(caller).map(({ callee }) => `${callee.namespace === caller.namespace ? '.' : callee.namespace}/${callee.host}`);
    const needed = caller.environment.meshServices.map(({ namespace, host }) => `${namespace}/${host}`);
    const hosts = [...new Set([...called, ...needed])].sort();
    return {
      spec: {
        egress: [{ hosts: hosts.length > 0 ? hosts : ['~/*'] }],
        outboundTrafficPolicy: { mode: SidecarSpecOutboundTrafficPolicyMode.REGISTRY_UNDERSCORE_ONLY },
        workloadSelector: { labels: { ...caller.podLabels } },
      },
    };
  });
}
