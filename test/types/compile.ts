import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, resolve('.'));

/** What the compiler says to each snippet: the texts of its errors, chained messages joined. */
export function diagnosticsOf(snippets: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  const files = new Map(Object.entries(snippets).map(([name, text], index) => [join(__dirname, `snippet-${index}.ts`), { name, text }]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const snippet = files.get(path);
    return snippet ? ts.createSourceFile(path, snippet.text, language) : getSourceFile(path, language, ...rest);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true, types: [] }, host);
  return Object.fromEntries([...files].map(([path, { name }]) => {
    const file = program.getSourceFile(path);
    const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return [name, diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))];
  }));
}
