import { Duration } from 'cdk8s';
import { ResourceLimitedJob, type ResourceLimitedJobProps } from '../../src';
import { at, container, expectRefusal, objectIn, objectsIn, stockChart } from '../mesh/world';

function job(props: Partial<ResourceLimitedJobProps> = {}): ResourceLimitedJob {
  return new ResourceLimitedJob(stockChart(), 'report', { ...container, name: 'report', labels: { app: 'report' }, ...props });
}

describe('work that is done once', () => {
  const spec = (props?: Partial<ResourceLimitedJobProps>) => at(objectIn(job(props), 'Job'), 'spec');

  test('has 10 minutes and three more tries by default', () => {
    expect(spec()).toMatchObject({ activeDeadlineSeconds: 600, backoffLimit: 3 });
  });

  test('starts a new pod after a failure, as the ServiceAccount default', () => {
    expect(at(spec(), 'template.spec')).toMatchObject({ restartPolicy: 'Never', serviceAccountName: 'default' });
  });

  test('is a Job and nothing else', () => {
    const report = job();
    expect([objectsIn(report).length, report.cronJob, report.job?.kind]).toEqual([1, undefined, 'Job']);
  });

  test('may have another deadline, tries, identity and labels', () => {
    const props = { activeDeadline: Duration.hours(1), backoffLimit: 0, serviceAccountName: 'report' };
    expect(spec(props)).toMatchObject({ activeDeadlineSeconds: 3600, backoffLimit: 0 });
    expect(at(spec(props), 'template')).toMatchObject({ metadata: { labels: { app: 'report' } }, spec: { serviceAccountName: 'report' } });
  });

  test('has variables that are known only at synth', () => {
    expect(at(spec({ edgeEnv: () => ({ ADDR: 'a:1' }) }), 'template.spec.containers.0.env')).toEqual([{ name: 'ADDR', value: 'a:1' }]);
  });

  test('gets the time to finish that its program asks for', () => {
    expect(at(spec({ terminationGrace: Duration.minutes(2) }), 'template.spec.terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(120);
  });
});

describe('work on a schedule', () => {
  test('is a CronJob that never runs twice at once', () => {
    const report = job({ schedule: '0 3 * * *' });
    expect([objectsIn(report).length, report.job]).toEqual([1, undefined]);
    expect(at(objectIn(report, 'CronJob'), 'spec')).toMatchObject({ schedule: '0 3 * * *', concurrencyPolicy: 'Forbid' });
  });

  test('runs what would run once', () => {
    const once = at(objectIn(job(), 'Job'), 'spec');
    expect(at(objectIn(job({ schedule: '*/5 * * * *' }), 'CronJob'), 'spec.jobTemplate.spec')).toEqual(once);
  });
});

test.each(['@daily', '0 3 * *', '0 3 * * * *', ''])('fails for the schedule %j', (schedule) => {
  expectRefusal(() => job({ schedule }), '[shop/report]', 'schedule', `'${schedule}'`, "'0 3 * * *'");
});

test('fails for a schedule of days that no month has, unless it is for a person to run', () => {
  expectRefusal(() => job({ schedule: '0 3 31 2 *' }), '[shop/report]', "'0 3 31 2 *'", 'suspend: true');
  expect(at(objectIn(job({ schedule: '0 3 31 2 *', suspend: true }), 'CronJob'), 'spec.suspend')).toBe(true);
});

test('fails for a schedule that the API server refuses', () => {
  expectRefusal(() => job({ schedule: '0 25 * * *' }), '[shop/report]', 'schedule must have in its field for the hour', "'25'");
});

test.each([-1, 0.5])('fails for %d tries', (backoffLimit) => {
  expectRefusal(() => job({ backoffLimit }), '[shop/report]', 'backoffLimit', String(backoffLimit));
});

test('fails for a name that leaves no room for what Kubernetes adds', () => {
  expect(() => job({ name: 'a'.repeat(52) })).not.toThrow();
  expectRefusal(() => job({ name: 'a'.repeat(53) }), '[shop/report]', '52', '53', 'shorten');
});

test.each([0, 1500])('fails for a deadline of %d ms', (milliseconds) => {
  expectRefusal(() => job({ activeDeadline: Duration.millis(milliseconds) }), '[shop/report]', 'activeDeadline', String(milliseconds));
});

test('fails for a bad container where it is written', () => {
  expectRefusal(() => job({ image: 'report' }), '[shop/report]', "'report'", 'pin it');
});
