import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';

/** A GitOps repository on this machine: a bare one, and a working tree that commits go through. */
export class GitOpsRepository {
  private readonly folder = mkdtempSync(join(tmpdir(), 'meshmart-gitops-'));
  /** The working tree. */
  public readonly tree = join(this.folder, 'tree');
  /** Its address. */
  public readonly address = `file://${join(this.folder, 'bare.git')}`;

  constructor() {
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(this.folder, 'bare.git')]);
    execFileSync('git', ['clone', '--quiet', this.address, this.tree], { stdio: 'pipe' });
    this.git('config', 'user.name', 'Cluster tests');
    this.git('config', 'user.email', 'tests@example.com');
    this.git('checkout', '--quiet', '-B', 'main');
  }

  /** Commits these files and no others. @returns the revision */
  public commit(files: ReadonlyMap<string, string>): string {
    this.git('rm', '-r', '--quiet', '--ignore-unmatch', '.');
    for (const [path, text] of files) this.write(path, text);
    return this.commitTree('what a synth wrote');
  }

  /** Commits the working tree as it is. @returns the revision */
  public commitTree(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.push();
  }

  /** Takes the last commit back by another one. @returns the revision */
  public revert(): string {
    this.git('revert', '--no-edit', 'HEAD');
    return this.push();
  }

  /** Ends it. */
  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private write(path: string, text: string): void {
    mkdirSync(dirname(join(this.tree, path)), { recursive: true });
    writeFileSync(join(this.tree, path), text);
  }

  private push(): string {
    this.git('push', '--quiet', 'origin', 'main');
    return this.git('rev-parse', 'HEAD').trim();
  }

  private git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.tree, encoding: 'utf8', stdio: 'pipe' });
  }
}
