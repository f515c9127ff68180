import type { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FailureInterceptor } from '../../src/activities/interceptor.ts';
import { singleLine } from '../../src/domain/clean-text.ts';
import { AppError } from '../../src/domain/errors.ts';

/** What the history of the lead gets of an activity that threw, and the line of the log. */
async function thrown(work: () => unknown): Promise<{ type: unknown; message: string; stack: string; logged: string }> {
  const info = { activityType: 'performStep', attempt: 1, workflowExecution: { workflowId: 'lead-1', runId: 'run' } };
  let logged = '';
  const log = pino({}, { write: (line) => void (logged += line) });
  const interceptor = new FailureInterceptor({ info } as unknown as Context, log);
  const failure = await interceptor
    .execute({ args: [], headers: {} }, async () => work())
    .then(
      () => Promise.reject(new Error('It should have failed')),
      (error: unknown) => error as ApplicationFailure,
    );
  return { type: failure.type, message: failure.message, stack: failure.stack ?? '', logged };
}

const WORDS = 'Anna Schmidt said: call 0170 1234567\n    at src/anna-schmidt.ts:1';

test('the message of an error that is not ours goes to the log alone; the history gets its class, a code and the place', async () => {
  const failure = await thrown(() => singleLine(null as unknown as string));
  expect(failure).toMatchObject({ type: 'INTERNAL' });
  expect(failure.message).toMatch(/^TypeError at src\/domain\/clean-text\.ts:\d+$/);
  expect(failure.logged).toContain('Cannot read properties of null');
});

test.each([
  ['a message with lines like those of a stack', new RangeError(WORDS), 'RangeError'],
  ['a code', Object.assign(new Error(WORDS), { code: 'ERR_INVALID_ARG_TYPE' }), 'Error ERR_INVALID_ARG_TYPE'],
  ['a code that is a text', Object.assign(new Error(WORDS), { code: WORDS }), 'Error'],
  ['a name that is a text', Object.assign(new Error(WORDS), { name: WORDS }), 'Error'],
  ['no error at all', WORDS, 'Something that is no error was thrown'],
])('%s', async (_, error, message) => {
  const failure = await thrown(() => {
    throw error;
  });
  expect(failure).toMatchObject({ type: 'INTERNAL', message });
  expect(failure.stack).not.toContain('Anna');
  expect(failure.logged).toContain('Anna Schmidt said');
});

test('a query whose error quotes a value, and an outage that quotes one', async () => {
  const words = `Raw query failed. Code: \`22P02\`. Message: \`invalid input syntax: "Anna Schmidt"\``;
  const query = Object.assign(new Error(words), { name: 'PrismaClientKnownRequestError', code: 'P2010' });
  const outage = Object.assign(new Error('canceling statement: "Anna Schmidt"'), { code: '57014' });
  for (const [error, type] of [
    [query, 'INTERNAL'],
    [outage, '57014'],
  ] as const) {
    const failure = await thrown(() => {
      throw error;
    });
    expect(failure.type).toBe(type);
    expect(`${failure.message} ${failure.stack}`).not.toContain('Anna');
  }
});

test('an error of ours keeps its words, without addresses', async () => {
  const failure = await thrown(() => {
    throw new AppError('TEMPLATE_BROKEN', 'The template ‘a’ names anna@alder.example.');
  });
  expect(failure).toMatchObject({ type: 'TEMPLATE_BROKEN', message: 'The template ‘a’ names <address>.' });
});
