import { SimpleGit } from 'simple-git';
import { Finding } from './finding';

/** Key of a trailer that excepts a finding: `Transition-Exception: <object>: <reason>`. */
export const TRAILER = 'Transition-Exception';

/** What the messages of some commits except, as `<object>: <reason>`. */
export async function exceptionsIn(git: SimpleGit, range: string): Promise<readonly string[]> {
  const text = await git.raw('log', `--format=%(trailers:key=${TRAILER},valueonly,unfold)`, range);
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** Findings that no trailer excepts, and trailers that except nothing or say no reason. */
export function withExceptions(findings: readonly Finding[], trailers: readonly string[]): readonly Finding[] {
  const exceptions = trailers.map((trailer) => {
    const at = trailer.indexOf(':');
    return { object: trailer.slice(0, at < 0 ? undefined : at).trim(), reason: at < 0 ? '' : trailer.slice(at + 1).trim() };
  });
  const problems = exceptions.flatMap(({ object, reason }): Finding[] => {
    const common = { severity: 'error', object, fix: `write ${TRAILER}: <object>: <reason>, with the object as the finding has it` } as const;
    if (reason === '') return [{ ...common, rule: 'exception-without-reason', problem: `${TRAILER} must give a reason, got none` }];
    if (findings.some((finding) => finding.object === object)) return [];
    return [{ ...common, rule: 'exception-without-effect', problem: `${TRAILER} excepts nothing` }];
  });
  const excepted = new Set(exceptions.filter(({ reason }) => reason !== '').map(({ object }) => object));
  return [...findings.filter(({ object }) => !excepted.has(object)), ...problems];
}
