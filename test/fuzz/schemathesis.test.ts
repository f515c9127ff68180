import { expect, test } from 'vitest';
import { outcomeOf, stumbled } from '../../fuzz/schemathesis.ts';

const report = { operations: { tested: 37 }, test_cases: { generated: 1_800 }, failures: [], errors: [] };
const ended = { code: 0, output: 'No issues found' };

test('a run that asked and found nothing has no failure', () => {
  expect(outcomeOf('admin', report, ended)).toMatchObject({ operations: 37, requests: 1_800, failures: [] });
});

test.each([
  ['left no report', null],
  ['tested no operation', { ...report, operations: { tested: 0 } }],
  ['sent no request', { ...report, test_cases: { generated: 0 } }],
])('a run that %s is a failure, whatever its exit code', (_, report) => {
  expect(outcomeOf('admin', report, ended).failures).toEqual([
    expect.stringMatching(/^nothing was asked; .*with 0: No/),
  ]);
});

test('a run that ended otherwise, or found something, says so', () => {
  expect(outcomeOf('admin', report, { code: 2, output: 'no space left' }).failures).toEqual([
    'schemathesis ended with 2: no space left',
  ]);
  expect(outcomeOf('admin', { ...report, failures: [{ title: 'x' }] }, { ...ended, code: 1 }).failures).toEqual([
    '{"title":"x"}',
  ]);
});

test('only what it stumbles over by itself is asked for again', () => {
  const inconsistent = {
    code: 1,
    output: '= ERRORS =\nRuntime Error\n\nInconsistent results: A test case failed on the first run',
  };
  const one = { ...report, errors: [{}] };
  expect(stumbled(one, inconsistent)).toBe(true);
  expect(stumbled(report, ended)).toBe(false);
  expect(stumbled(one, { code: 1, output: 'Network Error\n\nConnection refused' })).toBe(false);
  expect(stumbled({ ...one, errors: [{}, {}] }, inconsistent)).toBe(false);
  expect(stumbled({ ...one, failures: [{}] }, inconsistent)).toBe(false);
  expect(stumbled(null, inconsistent)).toBe(false);
});
