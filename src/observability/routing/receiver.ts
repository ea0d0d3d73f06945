import { IConstruct } from 'constructs';
import { reject } from '../../manifest/reject';
import { SecretKey, checkSecretKey } from '../../security/secret-key';
import { Severity } from '../rules';

/** Somebody who is told of alerts, and by what service. */
export class Receiver {
  /** A channel of Slack. @param options `webhook` is the key of a Secret that has the address of an incoming webhook */
  public static slack(options: { readonly channel: string; readonly webhook: SecretKey }): Receiver {
    return new Receiver('slack', 'hooks.slack.com', options.webhook, 'webhook', options.channel);
  }

  /** A service of PagerDuty. @param options `routingKey` is the key of a Secret that has the integration key of its Events API v2 */
  public static pagerDuty(options: { readonly routingKey: SecretKey }): Receiver {
    return new Receiver('pagerduty', 'events.pagerduty.com', options.routingKey, 'routingKey');
  }

  private constructor(
    /** Which service. */
    public readonly service: 'slack' | 'pagerduty',
    /** Its host. */
    public readonly host: string,
    /** What lets us tell it something. */
    public readonly secret: SecretKey,
    private readonly word: string,
    /** The channel, of Slack. */
    public readonly channel?: string,
  ) {}

  /** Refuses what cannot be told anything. @throws ConfigurationError */
  public check(construct: IConstruct, where: string): void {
    checkSecretKey(construct, `${where}.${this.word}`, this.secret);
    if (this.channel !== undefined && !/^[#@][\w.-]+$/.test(this.channel)) {
      reject(construct, `${where}.channel must be that of a channel or person, got '${this.channel}'; write for example '#shop-alerts'`);
    }
  }
}

/** Alerts that go to somebody in particular. */
export interface AlertRoute {
  /** Owner of what they are about. @default - whoever owns it */
  readonly owner?: string;
  /** How soon somebody has to look. @default - any */
  readonly severity?: Severity;
  /** Who is told. */
  readonly to: readonly [Receiver, ...Receiver[]];
}

/** Who is told of alerts. */
export interface Alerting {
  /** Who is told of all that no route takes. */
  readonly otherwise: readonly [Receiver, ...Receiver[]];
  /** In the order in which they are asked: the first that an alert matches has it. @default - none */
  readonly routes?: readonly AlertRoute[];
}

/** Refuses routes that no alert reaches, and receivers that cannot be told anything. */
export function checkAlerting(construct: IConstruct, { otherwise, routes = [] }: Alerting): void {
  const lists = [['otherwise', otherwise] as const, ...routes.map(({ to }, index) => [`routes[${index}].to`, to] as const)];
  for (const [where, receivers] of lists) {
    if (receivers.length === 0) reject(construct, `alerting.${where} must name at least one receiver, got none`);
    receivers.forEach((receiver, index) => receiver.check(construct, `alerting.${where}[${index}]`));
  }
  routes.forEach(({ owner, severity }, index) => {
    if (owner === undefined && severity === undefined) {
      reject(construct, `alerting.routes[${index}] must say owner or severity, got neither, which takes all; make it otherwise`);
    }
    const dead = routes.slice(0, index).find((each) => (each.owner ?? owner) === owner && (each.severity ?? severity) === severity);
    const which = `${owner ?? 'any owner'} ${severity ?? 'of any severity'}`;
    if (dead) reject(construct, `alerting.routes[${index}] is never reached, got ${which} behind one that takes all of it; remove it, or move it up`);
  });
}
