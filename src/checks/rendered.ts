import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { invalid } from '../graph/configuration-error';
import { Contract } from '../graph/contract';
import { checkedContract } from '../graph/read-contract';
import { textAt } from '../graph/json';

/** What a synth wrote: the text of every file by its path below the output folder, with `/`. `GitOpsApp.render()` gives it. */
export type RenderedFiles = ReadonlyMap<string, string>;

/** One object of a rendered folder. */
export interface ObjectInFile {
  /** Where it stands: its path below the output folder. */
  readonly file: string;
  /** First folder of the path. */
  readonly environment: string;
  /** Second folder of the path. */
  readonly system: string;
  /** API group and version. */
  readonly apiVersion: string;
  /** Kind. */
  readonly kind: string;
  /** Namespace; empty for objects of the cluster. */
  readonly namespace: string;
  /** Name. */
  readonly name: string;
  /** All of it. */
  readonly content: unknown;
}

/** Reads a rendered folder from disk. */
export function readFolder(folder: string): RenderedFiles {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.sort().map((file) => [relative(folder, file).split(sep).join('/'), readFileSync(file, 'utf8')]));
}

/**
 * All objects of a rendered folder that run; those of experiments do not.
 * @throws ConfigurationError for YAML that cannot be read, and for what has no kind or name
 */
export function objectsIn(files: RenderedFiles, read: ReadObjects = objectsOfFile): readonly ObjectInFile[] {
  const manifests = [...files].filter(([path]) => isManifest(path));
  return manifests.flatMap(([path, text]) => read(path, text));
}

/** Whether a file of a rendered folder holds objects that run. */
export function isManifest(path: string): boolean {
  return /\.ya?ml$/.test(path) && !/^experiments\/|(^|\/)kustomization\.ya?ml$|^[^/]+\/[^/]+-values\.yaml$/.test(path);
}

/** Reads the objects of one file. */
export type ReadObjects = (path: string, text: string) => readonly ObjectInFile[];

/** Reads files, and those that are as they were the last time from memory: from one commit to the next nearly all are. */
export function remembering(): ReadObjects {
  const last = new Map<string, { readonly text: string; readonly objects: readonly ObjectInFile[] }>();
  return (path, text) => {
    const known = last.get(path);
    if (known?.text === text) return known.objects;
    const objects = objectsOfFile(path, text);
    last.set(path, { text, objects });
    return objects;
  };
}

function objectsOfFile(path: string, text: string): readonly ObjectInFile[] {
  return documentsIn(path, text).filter((each) => each !== null).map((each) => objectOf(path, each));
}

/** All contracts of a rendered folder. @throws ConfigurationError for what is no contract of this version */
export function contractsIn(files: RenderedFiles): readonly Contract[] {
  return [...files].filter(([path]) => path.startsWith('contracts/') && path.endsWith('.json'))
    .map(([path, text]) => checkedContract(path, jsonOf(path, text)));
}

/** `production Deployment demo-app/paymentservice`, for messages. */
export function nameOf({ environment, kind, namespace, name }: ObjectInFile): string {
  return `${environment} ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** Documents of a YAML file. @throws ConfigurationError with line and column where it is none */
export function documentsIn(path: string, text: string): readonly unknown[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) invalid(path, `file must be YAML, got ${error.message.split('\n')[0]}; synthesize it anew`);
    return document.toJS();
  });
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return invalid(path, `file must be JSON, got ${error instanceof Error ? error.message : String(error)}; take it anew from where synth wrote it`);
  }
}

function objectOf(path: string, content: unknown): ObjectInFile {
  const [environment, system = ''] = path.split('/');
  const word = (at: string): string => textAt(content, at) ?? invalid(path, `every object must have ${at}, got ${JSON.stringify(content)?.slice(0, 80)}`);
  return {
    file: path,
    environment,
    system,
    apiVersion: word('apiVersion'),
    kind: word('kind'),
    namespace: textAt(content, 'metadata.namespace') ?? '',
    name: word('metadata.name'),
    content,
  };
}
