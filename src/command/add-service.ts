import { Context, printJson } from './context';
import { ServiceToAdd, ToldService } from './project/new-service';

interface Options extends Omit<ToldService, 'callers'> {
  readonly caller?: readonly string[];
  readonly json?: boolean;
}

/** `meshmart add service`: asks a person for what was not told, where the image was not. */
export async function addService(name: string, { caller, json = false, ...others }: Options, context: Context): Promise<void> {
  const service = new ServiceToAdd('.', name);
  const told: ToldService = { ...others, callers: caller };
  const { terminal } = context;
  const files = service.add(told.image === undefined && !json && terminal.ask ? await asked(told, service.others, terminal.ask) : told);
  context.end(0);
  if (json) return printJson(context, { name, ...files, next: ['npm run synth'] });
  terminal.out(`made ${files.made}, changed ${files.changed}\nnext: npm run synth\n`);
}

/** What was told, and what a person says of the rest. */
async function asked(told: ToldService, names: readonly string[], ask: (questions: readonly string[]) => Promise<string[]>): Promise<ToldService> {
  const questions = {
    image: 'image, with a tag or digest: ', port: 'port (8080, grpc:50051; empty: it only calls): ',
    owner: 'owner (@organization/team; empty: that of the namespace): ', callers: `callers (${names.join(', ')}; empty: none yet): `,
  };
  const open = (Object.keys(questions) as (keyof typeof questions)[]).filter((each) => told[each] === undefined);
  const answers = await ask(open.map((each) => questions[each]));
  const given = open.map((each, index) => [each, answers[index]] as const).filter(([, answer]) => answer !== '');
  const { callers, ...others }: Partial<Record<string, string>> = Object.fromEntries(given);
  return { ...told, ...others, ...(callers === undefined ? {} : { callers: callers.split(/[\s,]+/).filter((each) => each !== '') }) };
}
