import { Caller, Release, ReleaseMatch } from './party';

/** How requests reach a second version beside the stable one. */
export interface Rollout {
  /** Name of the second version. */
  readonly name: string;
  /** Share of the requests that match, in percent, 0-100. */
  readonly percent: number;
  /** Which requests it is for. @default - all */
  readonly match?: ReleaseMatch;
  /** Who sends them. @default - anybody */
  readonly callers?: readonly Caller[];
  /** Share of the same requests that it gets a copy of, in percent. @default - none */
  readonly mirrorPercent?: number;
  /** Whether a caller's own second version reaches this one, whatever the share. */
  readonly lane: boolean;
}

/** How requests of a caller spread over a stable version and a second one: the most specific choice first, the rest last. */
export function releasesOf(stable: string, rollout: Rollout | undefined, caller?: Caller): readonly Release[] {
  const rest: Release = { destinations: [{ subset: stable }] };
  if (!rollout) return [rest];
  const { name, percent, match, callers, mirrorPercent } = rollout;
  const lane = laneOf(rollout, caller);
  if (callers && !callers.some((each) => each === caller)) return [...lane, rest];
  const shared: Release = {
    match,
    destinations: [{ subset: stable, weight: 100 - percent }, { subset: name, weight: percent }],
    mirror: mirrorPercent === undefined ? undefined : { subset: name, percent: mirrorPercent },
  };
  return [...lane, shared, ...(match ? [rest] : [])];
}

function laneOf({ lane, name }: Rollout, caller: Caller | undefined): readonly Release[] {
  const [, second] = caller?.versions?.() ?? [];
  return lane && second ? [{ match: { sourceLabels: { version: second.name } }, destinations: [{ subset: name }] }] : [];
}
