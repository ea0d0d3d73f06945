import { Command, Option } from 'commander';
import { actions } from './actions';
import { Context } from './context';
import { Terminal } from './terminal';
import { versions } from '../publish/versions';

/** Lines of it are for narrow terminals too: what is added to a help is not wrapped. */
const EXITS = `
It ends with 0, with 1 where something was found or
refused, and with 2 where it was asked wrongly.
DEBUG=meshmart shows stacks, NO_COLOR leaves colours out.`;
const EXPLAINED = `
It runs the app, for a call twice. Names may be ends of
paths: cart, shop/cart, staging/shop/cart. Marks: + is there
with the call alone, - without it, ~ is otherwise without.`;
/** Columns of the help where nobody looks. */
const WIDTH = 100;

/** The command with all it can do. @param end is told the exit code, before anything is written */
export function program(terminal: Terminal, end: (code: number) => void): Command {
  const context: Context = { terminal, end };
  const meshmart = new Command('meshmart').description('Makes, checks and publishes the YAML of a meshmart app.')
    .version(versions().meshmart, '-V, --version', 'print the version').helpOption('-h, --help', 'print this').helpCommand(false)
    .exitOverride().configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => { terminal.out(text); }, writeErr: (text) => { terminal.err(text); },
      getOutHelpWidth: () => terminal.columns ?? WIDTH, getErrHelpWidth: () => terminal.columns ?? WIDTH,
      getOutHasColors: () => terminal.colors.isColorSupported, getErrHasColors: () => terminal.colors.isColorSupported,
    })
    .addHelpText('after', EXITS);
  addNewProject(meshmart, context);
  addSynth(meshmart, context);
  addViews(meshmart, context);
  addExplain(meshmart, context);
  addChecks(meshmart, context);
  addPublish(meshmart, context);
  addExperiments(meshmart, context);
  addHelm(meshmart, context);
  return meshmart;
}

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const env = (): Option => new Option('-e, --env <name>', 'an environment; may be repeated').argParser(several);
const system = (): Option => new Option('-s, --system <name>', 'a system; may be repeated').argParser(several);
const dist = (): Option => new Option('-d, --dist <folder>', 'the rendered folder').default('dist');
const json = (): Option => new Option('--json', 'print JSON');

function addNewProject(parent: Command, context: Context): void {
  parent.command('init').description('Make a project that synthesizes and passes its tests as it is.')
    .argument('<folder>', 'a folder that is new or empty').option('-n, --name <name>', 'name of the project (default: that of the folder)')
    .option('-m, --meshmart <source>', 'where npm gets meshmart: a version, a tarball (default: this version)').addOption(json())
    .action(async (folder, options) => actions.init()(folder, options, context));
  const add = parent.command('add').description('Parts of a project that init made.');
  add.command('service').argument('<name>', 'its name: a DNS label').description('Add a service: its file, and who calls it.')
    .option('-i, --image <image>', 'its image, with a tag or digest')
    .option('-p, --port <port>', '8080, or with a protocol: grpc:50051; without it, it only calls')
    .option('-o, --owner <owner>', 'whom to ask: @user, @organization/team or an e-mail address')
    .option('-c, --caller <name>', 'a service that calls it; may be repeated', several).addOption(json())
    .addHelpText('after', '\nA terminal is asked for what is not told, where the image\nis not.')
    .action(async (name, options) => actions.addService()(name, options, context));
}

function addSynth(parent: Command, context: Context): void {
  parent.command('synth').description('Run the app and replace the rendered folder, all or nothing.')
    .option('-a, --app <command>', 'what runs the app', undefined).addOption(dist()).addOption(env()).addOption(system()).addOption(json())
    .addHelpText('after', '\nWithout --app it runs what cdk8s.yaml says. With --env or\n--system the files of those alone are replaced.')
    .action(async (options) => actions.synth()(options, context));
}

function addViews(parent: Command, context: Context): void {
  parent.command('graph').description('Draw who may ask whom, as the rendered manifests let them.')
    .option('-f, --format <format>', 'svg, mermaid, dot, json or html: one file that a browser opens offline', 'svg')
    .option('--against <from>', 'a git reference or a folder: what changed since is coloured')
    .option('-o, --out <file>', 'the file to write; else it is printed').addOption(env()).addOption(system()).addOption(dist()).addOption(json())
    .action(async (options) => actions.graph()(options, context));
  parent.command('diff').argument('[from]', 'the state before: a git reference or a folder', 'HEAD')
    .description('Say what changed, object by object, and what that means on the mesh.')
    .option('--text', 'print the lines that differ too').option('--markdown', 'print Markdown, for a comment on a pull request')
    .addOption(env()).addOption(system()).addOption(dist()).addOption(json())
    .action(async (from, options) => actions.diff()(from, options, context));
}

function addExplain(parent: Command, context: Context): void {
  parent.command('explain').argument('<caller>', 'who calls, or a line: <file>:<line>').argument('[callee]', 'who is called')
    .description('Say what a call makes, or where a line comes from.')
    .option('-a, --app <command>', 'what runs the app', undefined).addOption(dist()).addOption(env()).addOption(system()).addOption(json())
    .addHelpText('after', EXPLAINED)
    .action(async (caller, callee, options) => actions.explain()(caller, callee, options, context));
}

function addChecks(parent: Command, context: Context): void {
  const contract = parent.command('contract').description('Contracts between repositories.');
  contract.command('check').argument('<before>', 'the contract as it is: a JSON file').argument('<after>', 'the contract as it would be')
    .description('Say what a new contract breaks for those who call.').addOption(json())
    .action(async (before, after, options) => actions.contractCheck()(before, after, options, context));
  const transition = parent.command('transition').description('Steps from one state to the next.');
  transition.command('check').argument('[from]', 'the state before: a git reference or a folder; without it every commit against its parent')
    .description('Say what a cluster cannot do in one step.').addOption(dist()).addOption(json())
    .option('-b, --branch <name>', 'the branch that commits are made for', 'main')
    .action(async (from, options) => actions.transitionCheck()(from, options, context));
}

function addPublish(parent: Command, context: Context): void {
  parent.command('publish').description('Put the rendered folder into the repository that Argo CD reads.')
    .requiredOption('-r, --repo <address>', 'the repository, as git takes it').requiredOption('-b, --branch <name>', 'the branch that Argo CD reads')
    .option('-p, --path <folder>', 'folder in the repository', '.').addOption(dist())
    .option('--adopt <file>', 'a file that was edited by hand and is overwritten; may be repeated', several)
    .option('--exception <text>', 'an error of a transition that is meant, <object>: <reason>; may be repeated', several)
    .option('--allow-dirty', 'publish a working tree with changes that are in no commit')
    .option('--pull-request <branch>', 'make this branch for a pull request, and leave the other as it is').addOption(json())
    .action(async (options) => actions.publish()(options, context));
}

function addExperiments(parent: Command, context: Context): void {
  const experiment = parent.command('experiment').description('Experiments, started and stopped in a checkout of the published repository.');
  const published = (): Option => new Option('-p, --published <folder>', 'the published folder in a checkout').makeOptionMandatory();
  experiment.command('start').argument('<experiment>', '<system>/<experiment>').description('Copy the files of an experiment over the published ones.')
    .addOption(published()).addOption(dist()).addOption(json())
    .action((name, options) => { actions.experiments().start(name, options, context); });
  experiment.command('stop').argument('<experiment>', '<system>/<experiment>').description('Put every file back, byte by byte.')
    .addOption(published()).addOption(json())
    .action((name, options) => { actions.experiments().stop(name, options, context); });
  experiment.command('list').description('List what is synthesized, and what runs.')
    .option('-p, --published <folder>', 'the published folder in a checkout').addOption(dist()).addOption(json())
    .action((options) => { actions.experiments().list(options, context); });
}

function addHelm(parent: Command, context: Context): void {
  parent.command('helm').description('Write one system of one environment as a Helm chart.')
    .requiredOption('-e, --env <name>', 'the environment').requiredOption('-s, --system <name>', 'the system')
    .requiredOption('--chart-version <SemVer>', 'version of the chart').option('--app-version <version>', 'version of what it deploys')
    .addOption(dist()).option('-o, --out <folder>', 'folder of the charts', 'charts').addOption(json())
    .action((options) => { actions.helm()(options, context); });
}
