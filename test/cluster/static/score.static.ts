import { score } from '../judges/kube-score';
import { readManifests } from '../manifests';
import { judge } from '../table';
import { hasTool } from '../tools/tools';
import { ENVIRONMENTS } from './environments';
import { explained } from './score-reasons';

const judged = hasTool('kube-score') ? test : test.skip;

judged.each(ENVIRONMENTS)('kube-score says nothing of %s without a reason, and no reason is left over', (environment, folder) => {
  const findings = score(readManifests(folder)).map((finding) => ({ ...finding, key: `${finding.check} ${finding.object}` }));
  const reasons = explained(environment);
  const unexplained = findings.filter(({ key }) => !reasons.includes(key));

  expect(unexplained.map(({ key, critical, says }) => `${critical ? 'critical' : 'warning'}: ${key}: ${says}`)).toEqual([]);
  expect(reasons.filter((reason) => !findings.some(({ key }) => key === reason))).toEqual([]);
  judge({ asked: `checks of ${environment} failed without a reason`, of: 'kube-score, all checks', expected: 0, measured: unexplained.length });
});
