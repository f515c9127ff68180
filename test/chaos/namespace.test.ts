/** A Temporal server without its store says that the namespace is not there: an outage, and no fault of ours. */
import { expect, test } from 'vitest';
import { toAppError } from '../../src/api/problem.ts';

const notFound = (message: string): Error => Object.assign(new Error(message), { code: 5 });

test('a namespace that is not found is an outage', () => {
  expect(toAppError(notFound('Namespace nurture is not found.'))).toMatchObject({
    code: 'UNAVAILABLE',
    retryable: true,
  });
});

test('anything else that is not found is not', () => {
  expect(toAppError(notFound('workflow not found for ID: lead-1'))).toMatchObject({ code: 'INTERNAL' });
});
