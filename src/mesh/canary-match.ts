import { Construct } from 'constructs';
import { Choice, deadChoice } from '../graph/choice';
import { isHeaderName } from '../graph/header-operations';
import { ReleaseMatch, StringMatch } from '../graph/party';
import { Text } from '../graph/text';
import { reject } from '../manifest/reject';
import { MeshedJob } from './meshed-job';
import { MeshedMicroservice } from './meshed-microservice';

/** Requests that a release is for: all that is given must hold. */
export interface CanaryMatch {
  /** Headers by name in lower case, `cookie` and `user-agent` excepted. @default - any */
  readonly headers?: Readonly<Record<string, StringMatch>>;
  /** A cookie. @default - any */
  readonly cookie?: { readonly name: string; readonly value: string };
  /** The browser. @default - any */
  readonly userAgent?: StringMatch;
  /** Query parameters by name. @default - any */
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  /** Workloads that send them. @default - any */
  readonly callers?: readonly [MeshedMicroservice<string> | MeshedJob, ...(MeshedMicroservice<string> | MeshedJob)[]];
}

/** One or several. */
export type CanaryMatches = CanaryMatch | readonly CanaryMatch[];

/** All matches of several props as one list. */
export function listOf(...several: readonly (CanaryMatches | undefined)[]): readonly CanaryMatch[] {
  return several.flatMap((each): readonly CanaryMatch[] => (each === undefined ? [] : 'length' in each ? each : [each]));
}

/** What a release chooses: requests that it always gets come first. */
export function choicesOf(
  construct: Construct, { match, always }: { readonly match?: CanaryMatches; readonly always?: CanaryMatches },
): { readonly match?: readonly Choice[]; readonly always?: readonly Choice[] } {
  const [first, then] = [listOf(always), listOf(match)].map((list) => list.map((each) => choiceOf(construct, each)));
  const dead = deadChoice([...first, ...then]);
  if (dead) {
    const inWords = (index: number): string => (index < first.length ? `always[${index}]` : `match[${index - first.length}]`);
    reject(construct, `${inWords(dead[0])} must take requests that no earlier one takes, got one that ${inWords(dead[1])} covers; remove it`);
  }
  return { match: match && then, always: always && first };
}

/** Source: Istio, `HTTPMatchRequest.headers`: keys that it ignores. */
const IGNORED = ['uri', 'scheme', 'method', 'authority'];

/** Callers are told apart by the routes themselves, all else by what the request has. */
function choiceOf(construct: Construct, { headers = {}, cookie, userAgent, queryParams, callers }: CanaryMatch): Choice {
  for (const name of Object.keys(headers)) {
    if (IGNORED.includes(name)) reject(construct, `match.headers must be headers that Istio reads, got '${name}'; choose by operations, or by another header`);
    if (['cookie', 'user-agent'].includes(name)) reject(construct, `match.headers must leave cookie and userAgent to their own names, got '${name}'`);
    checkedHeader(construct, 'match.headers', name);
  }
  const all = {
    ...headers,
    ...(cookie ? { 'cookie': Text.cookie(cookie.name, cookie.value) } : {}),
    ...(userAgent ? { 'user-agent': userAgent } : {}),
  };
  const unnamed = Object.keys(queryParams ?? {}).includes('');
  if (unnamed) reject(construct, "match.queryParams must have names, got ''; name the parameter");
  const asked = Object.keys(queryParams ?? {}).length > 0 ? { queryParams } : {};
  const match: ReleaseMatch = { ...(Object.keys(all).length > 0 ? { headers: all } : {}), ...asked };
  if (Object.keys(match).length === 0 && !callers) reject(construct, 'a match must say something, got nothing; leave it out for all requests');
  return { match, callers: callers?.map(({ party }) => party) };
}

/** The name of a header. @throws ConfigurationError where it is none */
export function checkedHeader(construct: Construct, what: string, name: string): string {
  return isHeaderName(name) ? name : reject(construct, `${what} must be a header in lower case, got '${name}'`);
}
