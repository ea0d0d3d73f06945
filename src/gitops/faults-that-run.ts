import { at, listAt, textAt } from '../graph/json';
import { RenderedFile } from './document';

/** Faults in what runs, however they came there: a patch can write one too. */
export function faultsThatRun(files: readonly RenderedFile[]): readonly string[] {
  return files.flatMap(({ component, objects }) => objects.filter(hasFault).map((object) =>
    `[${component.node.path}] a fault belongs into an Experiment, got one in VirtualService ${textAt(object, 'metadata.name')}; ` +
    'remove the patch, and use FaultInjection in the build of an Experiment'));
}

function hasFault(object: unknown): boolean {
  return textAt(object, 'kind') === 'VirtualService' && listAt(object, 'spec.http').some((route) => at(route, 'fault') !== undefined);
}
