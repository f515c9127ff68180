import { expect, test } from 'vitest';
import { createMailCheck, mailProblem } from '../../src/email/mail-check.ts';
import { startMailSink } from '../support/mail-sink.ts';

test('a server that answers is no problem; one that refuses is said in one line, and asked again after 10 s', async () => {
  const sink = await startMailSink();
  let at = 0;
  const check = createMailCheck({ smtpUrl: sink.url }, () => at);
  expect(await mailProblem({ smtpUrl: sink.url })).toBeNull();
  await check();
  await sink.close();
  expect(await mailProblem({ smtpUrl: sink.url })).toMatch(
    /^The mail server of SMTP_URL does not answer: .*ECONNREFUSED.*\.$/,
  );
  await check();
  at = 10_001;
  await expect(check()).rejects.toThrow('does not answer');
});
