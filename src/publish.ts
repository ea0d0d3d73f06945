export { type StartExperimentOptions, type StopExperimentOptions, startExperiment, stopExperiment } from './publish/experiment';
export { type Provenance, type Publication, type RunningExperiment, type Source, type TouchedFile, publicationIn } from './publish/publication';
export { type PublishOptions, type PublishReport, publish } from './publish/publish';
