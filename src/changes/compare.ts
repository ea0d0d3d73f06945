import { Finding } from '../checks/finding';
import { RenderedFiles, remembering } from '../checks/rendered';
import { Snapshot, snapshotsOf } from '../checks/snapshot';
import { stepFindings } from '../checks/step';
import { Meaning, meaningsOf } from './meanings';
import { ObjectChange, ObjectFate, objectChanges, otherFiles } from './object-changes';

/** What changed in one folder of an environment: a system. */
export interface SystemChanges {
  readonly environment: string;
  readonly system: string;
  readonly objects: readonly ObjectChange[];
  /** What it means on the mesh, where that is known. */
  readonly meanings: readonly Meaning[];
}

/** What changed between two rendered folders. */
export interface Changes {
  readonly systems: readonly SystemChanges[];
  /** Files that differ and hold no objects. */
  readonly files: readonly { readonly path: string; readonly fate: ObjectFate }[];
  /** What of it hurts, taken in one step. */
  readonly findings: readonly Finding[];
}

/**
 * Compares what a cluster would read: the order of keys, comments and where a file breaks its lines are nothing.
 * @throws ConfigurationError for YAML that cannot be read, with file and line
 */
export function compareRendered(before: RenderedFiles, after: RenderedFiles): Changes {
  const read = remembering(); // most files are the same in both
  const [had, has] = [snapshotsOf(before, read), snapshotsOf(after, read)];
  const none = new Snapshot([]);
  const environments = [...new Set([...had.keys(), ...has.keys()])].sort();
  return {
    systems: environments.flatMap((environment) => systemsOf(environment, had.get(environment) ?? none, has.get(environment) ?? none)),
    files: otherFiles(before, after),
    findings: stepFindings(before, after, read),
  };
}

function systemsOf(environment: string, before: Snapshot, after: Snapshot): readonly SystemChanges[] {
  const objects = objectChanges(before, after);
  const meanings = objects.length > 0 ? meaningsOf(environment, before, after) : [];
  const names = [...new Set([...objects.map(({ object }) => object.system), ...meanings.map(({ system = '' }) => system)])].sort();
  return names.map((system) => ({
    environment, system, objects: objects.filter(({ object }) => object.system === system), meanings: meanings.filter((each) => (each.system ?? '') === system),
  }));
}
