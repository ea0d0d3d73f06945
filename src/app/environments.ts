import { Size } from 'cdk8s';
import type { EnvironmentProps } from '../index';
import type { OnlineBoutiqueOptions } from './online-boutique/online-boutique';

/** What one environment of the app is. */
export interface AppEnvironment extends EnvironmentProps {
  readonly onlineBoutique: OnlineBoutiqueOptions;
}

/** The environments: all that differs between them stands here. */
export const environments: Readonly<Record<string, AppEnvironment>> = {
  staging: {
    replicas: 1,
    interception: 'init',
    onlineBoutique: {
      ingress: { hosts: ['boutique.staging.example.com'] },
      canaries: { frontend: 20, catalog: 25 },
      loadGenerator: true,
    },
  },
  production: {
    replicas: { min: 2, max: 5, cpuPercent: 70 },
    interception: 'cni',
    onlineBoutique: {
      ingress: { hosts: ['boutique.example.com'], tls: { credentialName: 'boutique-tls' } },
      canaries: { frontend: 0, catalog: 0 },
      cartStorage: { size: Size.gibibytes(1) },
    },
  },
};
