import { JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import type { RequestAuthenticationProps } from '../../imports/security.istio.io';
import { Caller, Service } from '../graph/party';
import { ClaimCondition, TokenRequirement, claimKey, claimProblem } from '../graph/token';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { uniqueId } from '../manifest/names';
import { reject } from '../manifest/reject';
import { JwtIssuer, givenClaims, issuerProblem, jwtRule } from '../security/jwt-issuer';
import { TokenLocation } from '../security/token-location';
import { MeshNamespace } from './mesh-namespace';
import { MeshedMicroservice } from './meshed-microservice';

/** Which requests need a token, and what it has to say. */
export interface RequiredToken<Op extends string = string, Name extends string = string> {
  /** Operations that need it. @default - whatever is asked */
  readonly operations?: readonly [Op, ...Op[]];
  /** Whose tokens they may have. @default - any issuer's */
  readonly of?: readonly [Name, ...Name[]];
  /** What the token has to say, all of it. @default - nothing beside whom it is of and for */
  readonly claims?: readonly [ClaimCondition, ...ClaimCondition[]];
  /** Whose requests need it: services, jobs or gateways that call. @default - everybody's */
  readonly from?: readonly [TokenBearer, ...TokenBearer[]];
}

/** Somebody who calls with a token. */
export interface TokenBearer {
  /** What it is in the call graph. */
  readonly party: Caller;
}

/** Properties of `JwtAuthentication`. */
export interface JwtAuthenticationProps<Op extends string = string, Name extends string = string> {
  /** Who signs tokens, by a name for `requires`. */
  readonly issuers: Readonly<Record<Name, JwtIssuer>>;
  /** What needs a token: one operation stands in one of them. */
  readonly requires: readonly [RequiredToken<Op, NoInfer<Name>>, ...RequiredToken<Op, NoInfer<Name>>[]];
  /** Where tokens come that the application checks itself; the mesh leaves them alone. @default - nowhere */
  readonly applicationTokens?: readonly TokenLocation[];
}

/**
 * Makes requests to a service need a token: its proxy checks it (a wrong one is answered 401), and the service's policy lets through with it what calls
 * declare, and nothing more (without one: 403). Its scope is the service.
 */
export class JwtAuthentication<Op extends string = string, Name extends string = string> extends Construct {
  /** Which tokens the service's proxies accept. */
  public readonly requestAuthentication: Manifest<RequestAuthenticationProps>;

  /** @throws ConfigurationError on keys that are no public keys, on issuers that cannot be told apart, and on what is asked of nobody */
  constructor(service: MeshedMicroservice<Op>, id: string, props: JwtAuthenticationProps<NoInfer<Op>, Name>) {
    super(service, uniqueId(service, id));
    const issuers = Object.entries<JwtIssuer>(props.issuers).sort(([, a], [, b]) => (a.issuer < b.issuer ? -1 : 1));
    const { party } = service;
    checkService(this, party);
    checkIssuers(this, issuers, props.applicationTokens ?? []);
    // plain names, since here it is not known which they are
    const requires: readonly RequiredToken[] = props.requires;
    const tokens = requires.map((required) => requirementOf(this, party, props.issuers, required));
    checkRequirements(this, issuers, tokens);
    service.requireTokens(tokens);

    this.requestAuthentication = new Manifest(this, 'Resource', kinds.RequestAuthentication, { name: party.name }, () => ({
      spec: { jwtRules: issuers.map(([, issuer]) => jwtRule(issuer)), selector: { matchLabels: { ...party.podLabels } } },
    }));
    for (const [index, [, { jwks }]] of issuers.entries()) if ('uri' in jwks) this.requestAuthentication.addJsonPatch(inIstiosWord(index));
  }
}

/** `cdk8s import` knows but the former one of two names of a field that differ in an underscore. */
function inIstiosWord(index: number): JsonPatch {
  return JsonPatch.move(`/spec/jwtRules/${index}/jwks_uri`, `/spec/jwtRules/${index}/jwksUri`);
}

function checkService(construct: Construct, { ports }: Service): void {
  if (!ports.some((port) => port.carriesRequests)) {
    const got = ports.map(({ protocol }) => protocol).join(', ') || 'none';
    reject(construct, `tokens come with requests, which the mesh sees at ports of http and grpc, got ${got}; choose another service`);
  }
  if (MeshNamespace.of(construct).enforcement.authorization === 'dry-run') {
    reject(construct, "a wrong token would be refused where everything is only counted, got authorization 'dry-run'; wait until it is enforced");
  }
}

function checkIssuers(construct: Construct, issuers: readonly (readonly [string, JwtIssuer])[], own: readonly TokenLocation[]): void {
  const { clusterDomain } = MeshNamespace.of(construct).environment.facts;
  if (issuers.length === 0) reject(construct, 'issuers must name at least one, got none');
  for (const [name, each] of issuers) {
    const problem = issuerProblem(each, clusterDomain);
    if (problem !== undefined) reject(construct, `issuer ${name}: ${problem}`);
    const taken = each.from.find((location) => own.some((other) => other.isAt(location)));
    if (taken) {
      reject(construct, `issuer ${name}: the application's own tokens come in ${taken.words} too, got it in from; ` +
      'the proxy would answer them 401, since their issuer is not this one: read this one\'s from another header or a cookie');
    }
  }
  const twice = issuers.find(([, { issuer }], index) => index > 0 && issuers[index - 1][1].issuer === issuer);
  if (twice) reject(construct, `issuers must differ, got '${twice[1].issuer}' twice; give one of them the keys, audiences and places of both`);
}

function requirementOf(
  construct: Construct, service: Service, issuers: Readonly<Record<string, JwtIssuer>>, { operations, of, claims, from }: RequiredToken,
): TokenRequirement {
  const known = Object.keys(service.operations).sort();
  const unknown = operations?.find((name) => !known.includes(name));
  if (unknown !== undefined) reject(construct, `unknown operation of ${service.name}, got '${unknown}'; it has ${known.join(', ') || 'none'}`);
  const names = of ?? Object.keys(issuers);
  const stranger = names.find((name) => !Object.hasOwn(issuers, name));
  if (stranger !== undefined) reject(construct, `unknown issuer, got '${stranger}'; it has ${Object.keys(issuers).sort().join(', ')}`);
  for (const [what, list] of Object.entries({ operations, of, claims, from })) {
    if (list?.length === 0) reject(construct, `${what} must name at least one, got []; leave it out for any`);
  }
  checkClaims(construct, claims, names.map((name) => [name, issuers[name]]));
  return {
    path: construct.node.path,
    headers: headersOf(names.flatMap((name) => issuers[name].from)),
    given: [...new Set(names.flatMap((name) => givenClaims(issuers[name])))],
    operations,
    issuers: names.map((name) => issuers[name].issuer).sort(),
    claims: claims ?? [],
    callers: from?.map(({ party }) => party),
  };
}

/** Headers that tokens come in, where they come in nothing else. */
function headersOf(places: readonly TokenLocation[]): readonly string[] | undefined {
  return places.every(({ kind }) => kind === 'header') ? [...new Set(places.map(({ name }) => name))] : undefined;
}

function checkClaims(construct: Construct, claims: readonly ClaimCondition[] | undefined, issuers: readonly (readonly [string, JwtIssuer])[]): void {
  for (const condition of claims ?? []) {
    const problem = claimProblem(condition);
    if (problem !== undefined) reject(construct, problem);
    const [silent] = issuers.find(([, issuer]) => !givenClaims(issuer).includes(claimKey(condition.claim))) ?? [];
    if (silent === undefined) continue;
    reject(construct, `a claim must be one that each issuer gives, got ${JSON.stringify(condition.claim)} that ${silent} does not; ` +
    'name it in claims of the issuer, or choose issuers with of');
  }
}

/** An issuer that nothing asks for would refuse tokens and require none; of two answers to one request the second would be dead. */
function checkRequirements(construct: Construct, issuers: readonly (readonly [string, JwtIssuer])[], tokens: readonly TokenRequirement[]): void {
  if (tokens.length === 0) reject(construct, 'requires must say what needs a token, got nothing; without it a token is checked and nobody needs one');
  const idle = issuers.find(([, { issuer }]) => !tokens.some((token) => token.issuers.includes(issuer)));
  if (idle) reject(construct, `every issuer must be asked for, got ${idle[0]} that no requirement names; name it in of, or remove it`);
  for (const [index, token] of tokens.entries()) {
    const earlier = tokens.slice(0, index).find((other) => meet(token.operations, other.operations) && meet(token.callers, other.callers));
    if (earlier) {
      const both = token.operations?.filter((name) => earlier.operations?.includes(name) ?? true) ?? earlier.operations ?? ['everything'];
      reject(construct, `an operation must stand in one requirement, got ${both.join(', ')} in two; give one of them the issuers and claims, or say from`);
    }
  }
}

/** Whether two lists, of which a missing one has everything, share something. */
function meet<T>(some: readonly T[] | undefined, others: readonly T[] | undefined): boolean {
  return some === undefined || others === undefined || some.some((each) => others.includes(each));
}
