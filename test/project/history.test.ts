import { checkHistory, inWords } from '../../src/checks';

test('every commit of dist/ is one that a cluster and its callers can take', async () => {
  const { commits, findings, skipped } = await checkHistory();
  console.info(skipped ?? `${commits.length} commits checked`);
  expect(findings.map((finding) => `${finding.commit.slice(0, 9)} ${inWords(finding)}`)).toEqual([]);
}, 60_000);
