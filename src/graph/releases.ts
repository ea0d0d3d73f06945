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
  if (always === undefined) return [{ destinations: [second] }];
  const isShared = match?.length !== 0;
  const cookie = isShared && isSticky(rollout, caller) ? rollout.sticky : undefined;
  const chosen = [...laneMatches(rollout, caller), ...always, ...(cookie ? returning(rollout.name, cookie, match) : [])];
  const first: readonly Release[] = chosen.length > 0 ? [{ match: chosen, destinations: [second] }] : [];
  if (!isShared) return [...first, rest];

  const shared: Release = {
    match,
    destinations: [{ subset: stable, weight: 100 - percent }, { ...second, weight: percent }].map((each) => (cookie ? remembered(each, cookie) : each)),
    mirror: mirrorPercent === undefined ? undefined : { subset: rollout.name, percent: mirrorPercent },
  };
  const stays: readonly Release[] = cookie ? [{ match: returning(stable, cookie, match), destinations: [{ subset: stable }], mirror: shared.mirror }] : [];
  return [...first, ...stays, shared, ...(match ? [rest] : [])];
}

/** Requests of callers that are a second version themselves, and of those whose request says that one was on the way. */
function laneMatches({ lane, laneHeader, name }: Rollout, caller: Caller | undefined): readonly ReleaseMatch[] {
  const [, second] = caller?.versions?.() ?? [];
  return [
    ...(lane && second ? [{ sourceLabels: { version: second.name } }] : []),
    ...(laneHeader === undefined ? [] : [{ headers: { [laneHeader]: { exact: name } } }]),
  ];
}

function laneHeaders({ laneHeader, name }: Rollout): HeaderOperations | undefined {
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

/** Requests of browsers that were given a version. */
function returning(version: string, { cookie }: NonNullable<Rollout['sticky']>, match: readonly ReleaseMatch[] = [{}]): readonly ReleaseMatch[] {
  return match.map((each) => ({ ...each, headers: { ...each.headers, cookie: Text.cookie(cookie, version) } }));
}
