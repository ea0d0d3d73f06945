import fs from 'node:fs';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { writeTree } from '../gitops/trees';
import { AFTER, BEFORE, dist, everything, newFolders, publishByHand, published, start, stop, writeExperiment } from './experiment-folders';

describe('fails, and changes nothing,', () => {
  beforeEach(() => {
    newFolders();
    publishByHand(BEFORE);
    writeExperiment('airport/slow', BEFORE, AFTER);
  });

  function expectRefusal(run: () => void, ...words: readonly string[]): void {
    const was = everything();
    for (const word of words) expect(run).toThrow(word);
    expect(everything()).toEqual(was);
  }
  const inPublished = (file: string): string => join(published, 'staging/airport', file);
  const inExperiment = (file: string): string => join(dist, 'experiments/airport/slow', file);
  const describeAs = (change: object): void => {
    const file = inExperiment('experiment.yaml');
    writeFileSync(file, stringify({ ...parse(readFileSync(file, 'utf8')), ...change }));
  };

  test('where the published file is another one', () => {
    writeFileSync(inPublished('cpanel.yaml'), 'kind: Other\n');
    expectRefusal(start, 'staging/airport/cpanel.yaml] published file must be the one that the experiment was made against, got another text; ' +
    'publish this dist first');
  });

  test('where the published file is gone, or one stands where it is to be added', () => {
    rmSync(inPublished('cpanel.yaml'));
    expectRefusal(start, 'cpanel.yaml] published file must be the one that the experiment was made against, got none');
    writeTree(published, { 'staging/airport/cpanel.yaml': 'kind: A\n', 'staging/airport/new/fault.yaml': '' });
    expectRefusal(start, 'new/fault.yaml] published file must be the one that the experiment was made against, got one where the experiment adds it');
  });

  test('where a checkout changed the line ends, and says so', () => {
    writeFileSync(inPublished('cpanel.yaml'), 'kind: A\r\n');
    expectRefusal(start, 'got it with other line ends; check out with core.autocrlf=false');
  });

  test('where it runs already', () => {
    start();
    expectRefusal(start, 'experiment must not run yet, got airport/slow, which runs; stop it first');
  });

  test('where it was started from another dist', () => {
    start();
    writeExperiment('airport/slow', BEFORE, { ...AFTER, 'new/fault.yaml': 'kind: E\n' });
    expectRefusal(start, 'experiment airport/slow was started from another dist, got one that differs; stop it first');
  });

  test('where another one has a file of it', () => {
    writeExperiment('airport/lost', BEFORE, { ...BEFORE, 'cpanel.yaml': 'kind: A3\n' });
    start('airport/lost');
    expectRefusal(start, 'staging/airport/cpanel.yaml] file is touched by airport/lost, which runs, got airport/slow for it too; stop airport/lost first');
  });

  test('a stop of what does not run', () => {
    expectRefusal(stop, 'experiment must run to be stopped, got airport/slow while these run: none');
    start();
    expectRefusal(() => stop('airport/other'), 'got airport/other while these run: airport/slow');
    expectRefusal(() => stop('../other'), 'experiment must be called <system>/<experiment>, got "../other"');
  });

  test.each([
    ['changed', 'cpanel.yaml'],
    ['made anew', 'deep/er/only.yaml'],
    ['added and changed', 'new/fault.yaml'],
  ])('a stop where a file was %s meanwhile', (_, file) => {
    start();
    writeTree(published, { [`staging/airport/${file}`]: 'kind: Mine\n' });
    expectRefusal(stop, `staging/airport/${file}] file must be as experiment airport/slow left it, got another text; put it back with git checkout`);
  });

  test('a stop where a file is gone that the experiment had changed', () => {
    start();
    rmSync(inPublished('cpanel.yaml'));
    expectRefusal(stop, 'staging/airport/cpanel.yaml] file must be as experiment airport/slow left it, got none');
  });

  test('where a symbolic link would lead out of the folder', () => {
    rmSync(inPublished('deep'), { recursive: true });
    mkdirSync(join(dist, '..', 'elsewhere/er'), { recursive: true });
    writeFileSync(join(dist, '..', 'elsewhere/er/only.yaml'), 'kind: C');
    symlinkSync(join(dist, '..', 'elsewhere'), inPublished('deep'));
    expectRefusal(start, 'staging/airport/deep] must be a plain file or folder, got another one, a symbolic link for example');
  });

  test('a file that is not UTF-8', () => {
    for (const folder of [dist, published]) writeFileSync(join(folder, 'staging/airport/cpanel.yaml'), Buffer.from([0x61, 0xff]));
    expectRefusal(start, 'staging/airport/cpanel.yaml] file must be UTF-8, as manifests are');
  });

  test('a folder that says something else than its description', () => {
    describeAs({ experiment: 'fast' });
    expectRefusal(start, 'description must be of airport/slow, got airport/fast');
    describeAs({ experiment: 'slow', environment: '../production' });
    expectRefusal(start, 'environment must be the name of a folder, got "../production"');
    describeAs({ environment: 'staging', added: ['../x.yaml'] });
    expectRefusal(start, 'added must name files below the system\'s folder, got "../x.yaml"');
    describeAs({ added: [] });
    expectRefusal(start, 'slow/new/fault.yaml] file must be listed in experiment.yaml, got none of that name there');
    describeAs({ added: ['new/fault.yaml', 'cpanel.yaml'] });
    expectRefusal(start, 'file must be listed once, got cpanel.yaml twice');
    describeAs({ added: ['new/fault.yaml', 'cpanel.yaml'], changed: [] });
    expectRefusal(start, 'cpanel.yaml] file is listed as added, got one in the environment and one in the experiment');
    describeAs({ added: ['new/fault.yaml'], changed: ['cpanel.yaml'] });
    writeFileSync(inExperiment('cpanel.yaml'), BEFORE['cpanel.yaml']);
    expectRefusal(start, 'file is listed as changed, got one in the environment and one in the experiment, the same');
  });

  test('an experiment without description, without changes, or that does not exist', () => {
    rmSync(inExperiment('experiment.yaml'));
    expectRefusal(start, 'experiment must be described, got no file');
    rmSync(inExperiment('.'), { recursive: true });
    expectRefusal(start, 'experiments/airport/slow] experiment must be synthesized, got no folder');
    writeExperiment('airport/slow', BEFORE, BEFORE);
    expectRefusal(start, 'experiment must change a file, got none');
  });

  test('where nothing is published', () => {
    rmSync(published, { recursive: true });
    expect(start).toThrow('published folder must be a folder, got none; check out the branch that was published to');
  });

  test('a disk that takes no more: what was written is taken back', () => {
    const was = everything();
    const rename = fs.renameSync;
    let renames = 0;
    const spy = jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (++renames === 3) throw new Error('ENOSPC: no space left on device');
      rename(from, to);
    });
    expect(start).toThrow('file cannot be replaced, got ENOSPC: no space left on device; free some space');
    spy.mockRestore();
    expect(everything()).toEqual(was);
  });

  test.each([
    ['{', 'record must be JSON, got '],
    ['{"schemaVersion": 2}', 'record must have schemaVersion 1, got 2; take it anew'],
    ['{"schemaVersion": 1}', 'record is not as it was written, got {"schemaVersion":1} at /, which must have required property \'experiments\''],
    ['{"schemaVersion": 1, "experiments": [{"name": "a/b", "files": {"../x": {"after": "0"}}}]}', 'record is not as it was written'],
  ])('a record that was not written so: %s', (content, message) => {
    writeFileSync(join(published, 'publication.json'), content);
    expectRefusal(stop, `shop/publication.json] ${message}`);
  });

  test('a record whose former text was edited', () => {
    start();
    const file = join(published, 'publication.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('kind: C', 'kind: X'));
    expectRefusal(stop, 'former text of staging/airport/deep/er/only.yaml in experiment airport/slow must have the hash');
  });
});
