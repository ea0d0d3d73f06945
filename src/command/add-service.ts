import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type ts from 'typescript';
import { invalid } from '../graph/configuration-error';
import { imageProblem } from '../graph/image';
import { Protocol, isPortNumber } from '../graph/port';
import { orRefuse } from '../manifest/folder-error';
import { serviceNameProblem } from '../manifest/names';
import { ownerProblem } from '../manifest/owner';
import { Context, printJson } from './context';
import { NewService, serviceComponent } from './service-component';
import { UsageError } from './usage-error';
import { Wiring } from './wire-service';

interface Options {
  readonly image?: string;
  readonly port?: string;
  readonly owner?: string;
  readonly caller?: readonly string[];
  readonly json?: boolean;
}

/** The file that makes all services, and the folder of theirs. */
const SYSTEM = 'src/system.ts';
const FOLDER = 'src/services';
const PROTOCOLS: readonly Protocol[] = ['http', 'grpc', 'tcp', 'tls'];

/** `meshmart add service`. */
export async function addService(name: string, options: Options, context: Context): Promise<void> {
  refuse(serviceNameProblem(name));
  if (!existsSync(SYSTEM)) throw new UsageError(`${SYSTEM} must be there, got none in this folder; go to a project that meshmart init made`);
  const wiring = new Wiring(compiler(), SYSTEM, orRefuse(SYSTEM, 'file cannot be read', () => readFileSync(SYSTEM, 'utf8')));
  const component = `${FOLDER}/${name}.ts`;
  if (name === 'namespace' || wiring.names.includes(name) || existsSync(component)) {
    const others = wiring.names.map((each) => `'${each}'`).join(', ');
    throw new UsageError(`name of a service must be new, got '${name}', which is taken; choose another${others === '' ? '' : ` (there are ${others})`}`);
  }
  const { image, port, owner, caller = [] } = options.image === undefined ? await asked(options, wiring.names, context) : options;
  const service = checked({ name, identifier: wiring.identifierOf(name), image: image ?? '', port: portOf(port), owner });
  if (caller.length > 0 && service.port === undefined) {
    throw new UsageError(`port must be given where somebody calls, got none with the caller ${caller[0]}; say for example --port 8080`);
  }
  write(component, serviceComponent(service), wiring.with(service, [...new Set(caller)]));
  context.end(0);
  if (options.json) return printJson(context, { name, made: component, changed: SYSTEM, next: ['npm run synth'] });
  context.terminal.out(`made ${component}, changed ${SYSTEM}\nnext: npm run synth\n`);
}

/** What was not told, as a person says who is asked; nothing where nobody is. */
async function asked(options: Options, names: readonly string[], { terminal }: Context): Promise<Options> {
  if (options.json || terminal.ask === undefined) return options;
  const questions = {
    image: 'image, with a tag or digest: ', port: 'port (8080, grpc:50051; empty: it only calls): ',
    owner: 'owner (@organization/team; empty: that of the namespace): ', caller: `callers (${names.join(', ')}; empty: none yet): `,
  } as const;
  const open = (Object.keys(questions) as (keyof typeof questions)[]).filter((each) => options[each] === undefined);
  const answers = await terminal.ask(open.map((each) => questions[each]));
  const given = new Map(open.map((each, index) => [each, answers[index] === '' ? undefined : answers[index]]));
  const { image, port, owner, caller } = options;
  return {
    image: image ?? given.get('image'), port: port ?? given.get('port'), owner: owner ?? given.get('owner'),
    caller: caller ?? given.get('caller')?.split(/[\s,]+/).filter((each) => each !== ''),
  };
}

function checked(service: NewService): NewService {
  const { image, owner } = service;
  if (image === '') throw new UsageError(`image must be given, got none; say for example --image registry.example.com/${service.name}:1.0.0`);
  refuse(imageProblem(image));
  refuse(owner === undefined ? undefined : ownerProblem(owner));
  return service;
}

function portOf(written: string | undefined): NewService['port'] {
  if (written === undefined) return undefined;
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
function compiler(): typeof ts {
  try {
    const path = require.resolve('typescript', { paths: [process.cwd(), __dirname] });
    return require(path) as typeof ts; // eslint-disable-line @typescript-eslint/no-require-imports -- no other command loads it
  } catch (cause) {
    return invalid('node_modules/typescript', `the compiler must be there, got ${String(cause).split('\n')[0]}; run npm install`);
  }
}

/** Both, or neither. */
function write(component: string, text: string, system: string): void {
  const next = `${SYSTEM}.next`;
  orRefuse(component, 'service cannot be added, and all is as it was', () => {
    const made = [next];
    try {
      writeFileSync(next, system);
      const folder = mkdirSync(dirname(component), { recursive: true });
      if (folder !== undefined) made.push(folder);
      writeFileSync(component, text, { flag: 'wx' });
      made.push(component);
      renameSync(next, SYSTEM);
    } catch (error) {
      for (const path of made) rmSync(path, { recursive: true, force: true });
      throw error;
    }
  });
}
