import type ts from 'typescript';
import { invalid } from '../../graph/configuration-error';
import { NewService, quoted } from './service-component';
import { oneOf } from '../usage-error';

/** Where the components of services are, as the file that wires them imports them. */
export const SERVICES = './services/';

/** What makes a namespace. */
const NAMESPACE = /^(new MeshNamespace|MeshNamespace\.existing)\(/;

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The file that makes all services and says who calls whom, as far as a service is added to it. */
export class Wiring {
  private readonly source: ts.SourceFile;
  private readonly list: ts.ObjectLiteralExpression;
  private readonly block: ts.Block;
  private readonly namespace: string;
  /** How the code names each service that is in it, by its name. */
  private readonly services: ReadonlyMap<string, string>;

  /**
   * @param compiler the compiler of TypeScript
   * @param file name of the file, for messages
   * @throws ConfigurationError where it is no TypeScript, or not made as that of `meshmart init`
   */
  constructor(private readonly compiler: typeof ts, private readonly file: string, private readonly text: string) {
    checkSyntax(compiler, file, text);
    this.source = compiler.createSourceFile(file, text, compiler.ScriptTarget.Latest, true);
    const declared = this.all(compiler.isVariableDeclaration);
    const list = declared.find(({ name }) => name.getText() === 'services')?.initializer;
    if (list === undefined || !compiler.isObjectLiteralExpression(list)) {
      invalid(file, 'file must have all services in one object, got no const services = { … }; write one, as meshmart init does');
    }
    const block = compiler.findAncestor(list, compiler.isBlock);
    const namespace = declared.find(({ initializer }) => NAMESPACE.test(initializer?.getText() ?? ''));
    if (block === undefined || namespace === undefined) {
      invalid(file, 'file must make the services in a function, in a namespace, got none; write const namespace = new MeshNamespace(…)');
    }
    this.list = list;
    this.block = block;
    this.namespace = namespace.name.getText();
    this.services = this.servicesOf(list);
  }

  /** Names of the services that are in it. */
  public get names(): readonly string[] {
    return [...this.services.keys()];
  }

  /** What the code may call a service: its name in camel case, unless that means something else already. */
  public identifierOf(name: string): string {
    const camel = name.replaceAll(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
    const used = new Set(this.all(this.compiler.isIdentifier).map(({ text }) => text));
    const { scan } = this.compiler.createScanner(this.compiler.ScriptTarget.Latest, true, undefined, camel);
    const word = scan() !== this.compiler.SyntaxKind.Identifier || ['arguments', 'eval', 'undefined'].includes(camel);
    const free = [camel, `${camel}Service`].find((each, index) => !used.has(each) && !(word && index === 0));
    return free ?? invalid(this.file, `name of a service must be free in the file, got '${name}' where ${camel} and ${camel}Service are taken; choose another`);
  }

  /**
   * The file with one more service, and calls of it.
   * @param callers names of services
   * @throws UsageError for a caller that is not in it
   */
  public with(service: NewService, callers: readonly string[]): string {
    const calls = callers.map((caller) => this.services.get(oneOf('caller', caller, this.names))!).map((caller) => callOf(caller, service));
    const insertions = [
      this.importOf(service),
      ...(calls.length > 0 && isTimed(service) ? this.importOfDuration() : []), // of two at one place, the later stands first
      ...this.listed(service),
      ...(calls.length > 0 ? [this.atEnd(calls)] : []),
    ];
    const inserted = insertions.sort((a, b) => b.at - a.at)
      .reduce((before, { at, text }) => before.slice(0, at) + text + before.slice(at), this.text);
    checkSyntax(this.compiler, this.file, inserted);
    return inserted;
  }

  private importOf({ name, identifier }: NewService): Insertion {
    const imports = this.source.statements.filter(this.compiler.isImportDeclaration);
    const text = `import { ${identifier} } from ${quoted(SERVICES + name)};\n`;
    const [path, isOurs] = [SERVICES + name, (each: ts.ImportDeclaration): boolean => pathOf(each).startsWith(SERVICES)];
    const next = imports.find((each) => isOurs(each) && pathOf(each) > path);
    if (next !== undefined) return { at: next.getStart(), text };
    const last = imports.filter(isOurs).at(-1) ?? imports.at(-1);
    return { at: last === undefined ? 0 : this.lineAfter(last.end), text };
  }

  private importOfDuration(): readonly Insertion[] {
    const has = this.all(this.compiler.isImportSpecifier).some(({ name }) => name.text === 'Duration');
    return has ? [] : [{ at: this.source.statements[0]?.getStart() ?? 0, text: "import { Duration } from 'cdk8s';\n" }];
  }

  /** As its last property. */
  private listed({ identifier }: NewService): readonly Insertion[] {
    const entry = `${identifier}: ${identifier}(${this.namespace})`;
    const last = this.list.properties.at(-1);
    if (last === undefined) return [{ at: this.list.getStart() + 1, text: ` ${entry} ` }];
    const line = this.text.lastIndexOf('\n', this.list.end - 1) + 1;
    if (line <= last.end) return [{ at: last.end, text: `, ${entry}` }]; // all in one line
    const comma = this.list.properties.hasTrailingComma ? [] : [{ at: last.end, text: ',' }];
    return [...comma, { at: line, text: `${this.indentOf(last.getStart())}${entry},\n` }];
  }

  /** Where the function ends, or gives back what it made. */
  private atEnd(calls: readonly string[]): Insertion {
    const indent = this.indentOf(this.block.statements[0].getStart());
    const last = this.block.statements.at(-1)!;
    const end = this.compiler.isReturnStatement(last) ? last.getStart() : this.block.end - 1;
    const line = this.text.lastIndexOf('\n', end - 1) + 1;
    if (this.text.slice(line, end).trim() !== '') return { at: end, text: `${calls.join(' ')} ` }; // something stands before it in its line
    return { at: line, text: calls.map((call) => `${indent}${call}\n`).join('') };
  }

  private servicesOf(list: ts.ObjectLiteralExpression): ReadonlyMap<string, string> {
    const imported = new Map(this.source.statements.filter(this.compiler.isImportDeclaration).flatMap((each) => {
      const bindings = each.importClause?.namedBindings;
      const specifiers = bindings !== undefined && this.compiler.isNamedImports(bindings) && pathOf(each).startsWith(SERVICES) ? bindings.elements : [];
      return specifiers.map(({ name }) => [name.text, pathOf(each).slice(SERVICES.length)] as const);
    }));
    return new Map(list.properties.filter((each) => each.name !== undefined && this.compiler.isIdentifier(each.name)).map((each) => {
      const made = this.compiler.isPropertyAssignment(each) && this.compiler.isCallExpression(each.initializer) ? each.initializer.expression.getText() : '';
      return [imported.get(made) ?? each.name!.getText(), `services.${each.name!.getText()}`];
    }));
  }

  private all<T extends ts.Node>(isOne: (node: ts.Node) => node is T): readonly T[] {
    const found: T[] = [];
    const visit = (node: ts.Node): void => {
      if (isOne(node)) found.push(node);
      this.compiler.forEachChild(node, visit);
    };
    visit(this.source);
    return found;
  }

  private lineAfter(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end === -1 ? this.text.length : end + 1;
  }

  private indentOf(at: number): string {
    return /^\s*/.exec(this.text.slice(this.text.lastIndexOf('\n', at) + 1, at))![0];
  }
}

function pathOf({ moduleSpecifier }: ts.ImportDeclaration): string {
  return moduleSpecifier.getText().slice(1, -1);
}

/** Whether the mesh sees the requests of its calls, so that they have a time. */
function isTimed({ port }: NewService): boolean {
  return port?.protocol === 'http' || port?.protocol === 'grpc';
}

/** A call of one second, which fits wherever callers wait that long. */
function callOf(caller: string, service: NewService): string {
  const { name, identifier, port } = service;
  const [ending, value] = port?.protocol === 'http' ? ['URL', 'to.url()'] : ['ADDR', 'to.hostPort'];
  const timeout = isTimed(service) ? 'timeout: Duration.seconds(1), ' : '';
  return `${caller}.calls(services.${identifier}, { ${timeout}env: (to) => ({ ${name.toUpperCase().replaceAll('-', '_')}_${ending}: ${value} }) });`;
}

/** @throws ConfigurationError with the line of the first mistake */
function checkSyntax(compiler: typeof ts, file: string, text: string): void {
  const { diagnostics = [] } = compiler.transpileModule(text, { reportDiagnostics: true, fileName: file });
  const [first] = diagnostics;
  if (first === undefined) return;
  const line = text.slice(0, first.start).split('\n').length;
  invalid(`${file}:${line}`, `file must be TypeScript, got: ${compiler.flattenDiagnosticMessageText(first.messageText, ' ')}`);
}
