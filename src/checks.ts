export { compareContracts } from './checks/contract-changes';
export { type Finding, inWords } from './checks/finding';
export { unmatchedHalves } from './checks/halves';
export { type HistoryOptions, type HistoryReport, checkHistory } from './checks/history';
export { type RenderedFiles, readFolder } from './checks/rendered';
export { checkTransition } from './checks/transition';
