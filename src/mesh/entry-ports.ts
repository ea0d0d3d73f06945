import type { ServiceEntrySpecPorts } from '../../imports/networking.istio.io';
import { Callee } from '../graph/party';

/** Ports of a host outside of the cluster, as a ServiceEntry has them. */
export function entryPorts({ ports }: Callee): ServiceEntrySpecPorts[] {
  return ports.map(({ name, number, protocol, targetPort }) => (
    { name, number, protocol: protocol.toUpperCase(), targetPort: targetPort === number ? undefined : targetPort }));
}
