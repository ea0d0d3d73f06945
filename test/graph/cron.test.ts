import { cronProblem, neverComes } from '../../src/graph/cron';

test.each(['0 3 * * *', '*/5 * * * *', '0,30 8-18/2 ? jan-MAR mon-fri', '5/10 0 1 1 0', ' 0 3\t* * * '])('%j is a schedule', (schedule) => {
  expect(cronProblem(schedule)).toBeUndefined();
});

test.each([
  ['0 3 * *', "must have cron's five fields, got '0 3 * *'; write for example '0 3 * * *'"],
  ['60 3 * * *', "must have in its field for the minute what is *, numbers of 0-59, or ranges of them, got '60' in '60 3 * * *'; write for example"],
  ['0 24 * * *', "hour what is *, numbers of 0-23, or ranges of them, got '24'"],
  ['0 3 0 * *', "day of the month what is *, numbers of 1-31, or ranges of them, got '0'"],
  ['0 3 * 13 *', "month what is *, numbers of 1-12 or jan-dec, or ranges of them, got '13'"],
  ['0 3 * * 7', "day of the week what is *, numbers of 0-6 or sun-sat, or ranges of them, got '7'"],
  ['0 18-8 * * *', "hour what is *, numbers of 0-23, or ranges of them, got '18-8'"],
  ['0 3 * * mon-', "got 'mon-'"],
  ['0 1-2-3 * * *', "got '1-2-3'"],
  ['1/2/3 * * * *', "got '1/2/3'"],
  ['*/0 * * * *', "minute what has a step of 1 or more, got '*/0'"],
  ['*/90 * * * *', "minute what has a step that leads to a second minute, got '*/90'"],
  ['CRON_TZ=Europe/Vienna 0 3 * *', "got 'CRON_TZ=Europe/Vienna'"],
])('fails for %j', (schedule, problem) => {
  expect(cronProblem(schedule)).toContain(problem);
});

test.each([
  ['0 3 31 2 *', true], ['0 3 31 4,6,9,11 *', true], ['0 3 29 2 *', false], ['0 3 30,31 2-3 *', false], ['0 3 31 2 mon', false], ['0 3 * * *', false],
])(
  '%j never comes: %j', (schedule, never) => {
    expect(neverComes(schedule)).toBe(never);
  },
);
