import { Duration } from 'cdk8s';
import { Choice, matchesFor } from './choice';
import { HeaderOperations } from './header-operations';
import { Caller, Destination, Release, ReleaseMatch } from './party';
import { Text } from './text';

/** How requests reach a second version beside the stable one. */
export interface Rollout {
  /** Name of the second version. */
  readonly name: string;
  /** Share of the requests that match, in percent, 0-100. */
  readonly percent: number;
  /** Requests that it gets whatever the share. @default - none */
  readonly always?: readonly Choice[];
  /** Which requests the share is of. @default - all */
  readonly match?: readonly Choice[];
  /** Share of the same requests that it gets a copy of, in percent. @default - none */
  readonly mirrorPercent?: number;
  /** Whether a caller's own second version reaches this one, whatever the share. */
  readonly lane: boolean;
  /** Header that says so across callers without a second version. @default - none */
  readonly laneHeader?: string;
  /** Cookie by which a browser stays with the version that it got, and how long. @default - each request is drawn anew */
  readonly sticky?: { readonly cookie: string; readonly maxAge: Duration };
}

/** How requests of a caller spread over a stable version and a second one: the most specific choice first, the rest last. */
export function releasesOf(stable: string, rollout: Rollout | undefined, caller?: Caller): readonly Release[] {
  const rest: Release = { destinations: [{ subset: stable }] };
  if (!rollout) return [rest];
  const { percent, mirrorPercent } = rollout;
  const second: Destination = { subset: rollout.name, headers: laneHeaders(rollout) };
  const [always, match] = [matchesFor(rollout.always ?? [], caller), matchesFor(rollout.match, caller)];
  const chosen = [...laneOf(rollout, caller), ...(always?.length === 0 ? [] : [{ match: always, destinations: [second] }])];
  if (always === undefined) return chosen;
  if (match?.length === 0) return [...chosen, rest];

  const cookie = isSticky(rollout, caller) ? rollout.sticky : undefined;
  const shared: Release = {
    match,
    destinations: [{ subset: stable, weight: 100 - percent }, { ...second, weight: percent }].map((each) => (cookie ? remembered(each, cookie) : each)),
    mirror: mirrorPercent === undefined ? undefined : { subset: rollout.name, percent: mirrorPercent },
  };
  const returning = cookie ? [second, { subset: stable }].map((each) => returningTo(each, cookie.cookie, match)) : [];
  return [...chosen, ...returning, shared, ...(match ? [rest] : [])];
}

/** Callers of both kinds: those that are a second version themselves, and those whose request says that one was on the way. */
function laneOf({ lane, laneHeader, name }: Rollout, caller: Caller | undefined): readonly Release[] {
  const [, second] = caller?.versions?.() ?? [];
  const matches: readonly ReleaseMatch[] = [
    ...(lane && second ? [{ sourceLabels: { version: second.name } }] : []),
    ...(laneHeader === undefined ? [] : [{ headers: { [laneHeader]: { exact: name } } }]),
  ];
  return matches.length > 0 ? [{ match: matches, destinations: [{ subset: name, headers: laneHeaders({ laneHeader, name }) }] }] : [];
}

function laneHeaders({ laneHeader, name }: Pick<Rollout, 'laneHeader' | 'name'>): HeaderOperations | undefined {
  return laneHeader === undefined ? undefined : { request: { set: { [laneHeader]: name } } };
}

/** Only a browser keeps a cookie, and only while there are two versions to choose from. */
function isSticky({ sticky, percent }: Rollout, caller: Caller | undefined): boolean {
  return sticky !== undefined && caller?.gateway === true && percent > 0 && percent < 100;
}

function remembered(destination: Destination, { cookie, maxAge }: NonNullable<Rollout['sticky']>): Destination {
  const value = `${cookie}=${destination.subset}; Max-Age=${maxAge.toSeconds()}; Path=/; HttpOnly; SameSite=Lax`;
  return { ...destination, headers: { ...destination.headers, response: { add: { 'set-cookie': value } } } };
}

function returningTo(destination: Destination, cookie: string, match: readonly ReleaseMatch[] = [{}]): Release {
  const returns = { cookie: Text.cookie(cookie, destination.subset!) };
  return { match: match.map((each) => ({ ...each, headers: { ...each.headers, ...returns } })), destinations: [destination] };
}
