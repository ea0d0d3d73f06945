/* eslint-disable @typescript-eslint/no-require-imports -- what one command needs is not loaded for another: --help would take three times as long */

/** What each command does, loaded when it is asked for. */
export const actions = {
  addService: () => (require('./add-service') as typeof import('./add-service')).addService,
  contractCheck: () => (require('./contract-check') as typeof import('./contract-check')).contractCheck,
  diff: () => (require('./diff') as typeof import('./diff')).diff,
  experiments: () => require('./experiments') as typeof import('./experiments'),
  explain: () => (require('./explain') as typeof import('./explain')).explain,
  graph: () => (require('./graph') as typeof import('./graph')).graph,
  helm: () => (require('./helm') as typeof import('./helm')).helm,
  init: () => (require('./init') as typeof import('./init')).init,
  publish: () => (require('./publish') as typeof import('./publish')).publishCommand,
  synth: () => (require('./synth') as typeof import('./synth')).synth,
  transitionCheck: () => (require('./transition-check') as typeof import('./transition-check')).transitionCheck,
} as const;
