import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Manifest, type MeshNamespace, Volume } from '../../index';

/** What the panel knows of the airport: where its cameras and sections are. It is complete when the panel's calls are declared. */
export class PanelConfig extends Construct {
  /** The file that the panel reads; another text replaces its pods. */
  public readonly volume: Volume;

  private config: object = {};

  constructor(airport: MeshNamespace) {
    super(airport, 'cpanel-config');
    this.volume = Volume.configMap(new Manifest(this, 'Resource', k8s.KubeConfigMap, { name: 'cpanel' }, () => ({
      data: { 'config.json': `${JSON.stringify(this.config, undefined, 2)}\n` },
    })));
  }

  /** Says where cameras and the section are. */
  public name(cameras: readonly string[], section: string): void {
    const described = cameras.map((url, index) => {
      const type = index === 0 ? 'exit' : 'entry';
      return { id: index + 1, name: `${type} camera section 1`, url, section: 1, type };
    });
    this.config = { cameras: described, sections: [{ id: 1, url: section }] };
  }
}
