import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { invalid } from '../../graph/configuration-error';
import { imageProblem } from '../../graph/image';
import { Protocol, isPortNumber } from '../../graph/port';
import { named, orRefuse } from '../../manifest/folder-error';
import { serviceNameProblem } from '../../manifest/names';
import { ownerProblem } from '../../manifest/owner';
import { NewService, serviceComponent } from './service-component';
import { UsageError } from '../usage-error';
import { Wiring } from './wire-service';

/** A service as a person tells it. */
export interface ToldService {
  /** Image with a digest, or with a tag that is not `latest`. It must be given. */
  readonly image?: string;
  /** A number from 1 to 65535, alone or behind `http:`, `grpc:`, `tcp:` or `tls:`. @default - it listens on nothing, and only calls */
  readonly port?: string;
  /** `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Names of services that call it. @default - none */
  readonly callers?: readonly string[];
}

/** The file that makes all services, and the folder of theirs. */
const SYSTEM = 'src/system.ts';
const FOLDER = 'src/services';
const PROTOCOLS: readonly Protocol[] = ['http', 'grpc', 'tcp', 'tls'];

/** A service that a project can have, and has not yet. */
export class ServiceToAdd {
  /** Names of the services that are there. */
  public readonly others: readonly string[];
  private readonly wiring: Wiring;
  private readonly component: string;

  /**
   * @param folder of the project
   * @param name of the service: a DNS label that begins with a letter
   * @throws UsageError for a name that cannot be or is taken, and where there is no project
   * @throws ConfigurationError where the project is not made as by `meshmart init`
   */
  constructor(private readonly folder: string, private readonly name: string) {
    refuse(serviceNameProblem(name));
    const system = join(folder, SYSTEM);
    if (!existsSync(system)) throw new UsageError(`${SYSTEM} must be there, got none in ${named(folder)}; go to a project that meshmart init made`);
    this.wiring = new Wiring(compiler(folder), SYSTEM, orRefuse(system, 'file cannot be read', () => readFileSync(system, 'utf8')));
    this.others = this.wiring.names;
    this.component = `${FOLDER}/${name}.ts`;
    if (name !== 'namespace' && !this.others.includes(name) && !existsSync(join(folder, this.component))) return;
    throw new UsageError(`name of a service must be new, got '${name}', which is taken; choose another (there are ${this.others.join(', ') || 'none'})`);
  }

  /**
   * Makes its file, and changes the one that makes all services; or neither.
   * @returns both files, seen from the folder
   * @throws UsageError for what cannot be
   * @throws ConfigurationError where they cannot be written
   */
  public add({ image = '', port: written, owner, callers = [] }: ToldService): { readonly made: string; readonly changed: string } {
    if (image === '') throw new UsageError(`image must be given, got none; say for example --image registry.example.com/${this.name}:1.0.0`);
    refuse(imageProblem(image));
    if (owner !== undefined) refuse(ownerProblem(owner));
    const port = written === undefined ? undefined : portOf(written);
    if (callers.length > 0 && port === undefined) {
      throw new UsageError(`port must be given where somebody calls, got none with the caller ${callers[0]}; say for example --port 8080`);
    }
    const service = { name: this.name, identifier: this.wiring.identifierOf(this.name), image, port, owner };
    this.write(serviceComponent(service), this.wiring.with(service, [...new Set(callers)]));
    return { made: this.component, changed: SYSTEM };
  }

  private write(text: string, wired: string): void {
    const [component, system] = [this.component, SYSTEM].map((path) => join(this.folder, path));
    const next = `${system}.next`;
    orRefuse(component, 'service cannot be added, and all is as it was', () => {
      const made = [next];
      try {
        writeFileSync(next, wired);
        const above = mkdirSync(dirname(component), { recursive: true });
        if (above !== undefined) made.push(above);
        writeFileSync(component, text, { flag: 'wx' });
        made.push(component);
        renameSync(next, system);
      } catch (error) {
        for (const path of made) rmSync(path, { recursive: true, force: true });
        throw error;
      }
    });
  }
}

function portOf(written: string): NewService['port'] {
  const [, name = 'http', digits] = /^(?:([a-z]+):)?(\d+)$/.exec(written) ?? [];
  const protocol = PROTOCOLS.find((each) => each === name);
  if (protocol !== undefined && digits !== undefined && isPortNumber(Number(digits))) return { protocol, number: Number(digits) };
  const before = PROTOCOLS.map((each) => `${each}:`).join(', ');
  throw new UsageError(`port must be a number from 1 to 65535, alone or behind one of ${before}, got '${written}'; say for example grpc:50051`);
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new UsageError(problem);
}

/** The compiler of the project. */
function compiler(folder: string): typeof ts {
  try {
    const path = require.resolve('typescript', { paths: [folder, __dirname] });
    return require(path) as typeof ts; // eslint-disable-line @typescript-eslint/no-require-imports -- no other command loads it
  } catch (cause) {
    return invalid('node_modules/typescript', `the compiler must be there, got ${String(cause).split('\n')[0]}; run npm install`);
  }
}
