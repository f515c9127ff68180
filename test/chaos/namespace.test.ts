/** A Temporal server that cannot reach its database reports that the namespace does not exist. That is an outage, not a bug. */
import { expect, test } from 'vitest';
import { toAppError } from '../../src/api/problem.ts';

const notFound = (message: string): Error => Object.assign(new Error(message), { code: 5 });

test('a namespace that is not found is an outage', () => {
  expect(toAppError(notFound('Namespace nurture is not found.'))).toMatchObject({
    code: 'UNAVAILABLE',
    retryable: true,
  });
});

test('other NOT_FOUND errors are not taken for a missing namespace', () => {
  expect(toAppError(notFound('workflow not found for ID: lead-1'))).toMatchObject({ code: 'INTERNAL' });
});
