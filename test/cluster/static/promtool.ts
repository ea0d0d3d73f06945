import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { tool } from '../tools/tools';

/** Lets a judge read files, by their names; what it says where it refuses them is thrown. */
export function judgedBy(binary: string, args: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-judge-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return execFileSync(tool(binary), args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${binary} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Series that Prometheus is given, in promtool's words: `1+1x60`. */
export type InputSeries = Readonly<Record<string, string>>;

/** What is asked. */
interface Asked {
  readonly alert: string;
  /** When one looks. */
  readonly at: string;
  /** Time from one sample to the next. @default '1m' */
  readonly every?: string;
}

/** Whether an alert fires at a time, by series that Prometheus is given. */
export function firing(rules: object, { alert, ...when }: Asked, given: InputSeries): 'fires' | 'is quiet' {
  const expr = `count(ALERTS{alertname="${alert}",alertstate="firing",namespace=~"shop|"}) > bool 0`; // or of the mesh, which is in none
  try {
    judgeValue(rules, { expr, ...when }, given, 1);
    return 'fires';
  } catch (error) {
    if (/got:\s*nil/.test(String(error))) return 'is quiet';
    throw error;
  }
}

/** Lets promtool evaluate an expression, whose value has no labels, by series that Prometheus is given. @throws Error with both, where it is another */
export function judgeValue(
  rules: object, { expr, at, every = '1m' }: Omit<Asked, 'alert'> & { readonly expr: string }, given: InputSeries, value: number,
): void {
  const test = {
    rule_files: ['rules.yaml'],
    evaluation_interval: every,
    tests: [{
      interval: every,
      input_series: Object.entries(given).map(([series, values]) => ({ series, values })),
      promql_expr_test: [{ expr, eval_time: at, exp_samples: [{ labels: '{}', value }] }],
    }],
  };
  judgedBy('promtool', ['test', 'rules', 'test.yaml'], { 'rules.yaml': stringify(rules), 'test.yaml': stringify(test) });
}
