import { compareContracts } from './contract-changes';
import { Finding } from './finding';
import { ReadObjects, RenderedFiles, contractsIn, remembering } from './rendered';
import { transitionFindings } from './transition';

/** What a step breaks: what a cluster cannot do at once, and what callers of other repositories count on. @param read as of `transitionFindings` */
export function stepFindings(before: RenderedFiles, after: RenderedFiles, read: ReadObjects = remembering()): readonly Finding[] {
  const has = new Map(contractsIn(after).map((contract) => [`${contract.environment}/${contract.system}`, contract]));
  const contracts = contractsIn(before).flatMap((contract) =>
    compareContracts(contract, has.get(`${contract.environment}/${contract.system}`) ?? { ...contract, services: {}, calls: {} }));
  return [...transitionFindings(before, after, read), ...contracts];
}
