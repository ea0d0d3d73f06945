import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Manifest, type MeshNamespace, Volume } from '../../index';

const texts = {
  'order-placed.txt': 'We have your order {{order}}.\n',
  'order-shipped.txt': 'Your order {{order}} is on its way.\n',
  'promotion.txt': 'There is something new in the shop.\n',
};

/** What customers are told, by what happened. */
export class NotificationTemplates extends Construct {
  /** Where the program finds them. */
  public readonly folder = '/etc/templates';
  /** The files; other texts replace the pods that read them. */
  public readonly volume: Volume;

  constructor(pay: MeshNamespace) {
    super(pay, 'notification-templates');
    this.volume = Volume.configMap(new Manifest(this, 'Resource', k8s.KubeConfigMap, { name: 'notification-templates' }, () => ({ data: texts })));
  }
}
