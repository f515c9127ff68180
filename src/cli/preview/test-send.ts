import { AppError } from '../../domain/errors.ts';
import { dkimOf } from '../../email/dkim.ts';
import { createTransport } from '../../email/transport.ts';
import { readFolders } from '../../playbook/read-folders.ts';
import type { Config } from '../../runtime/config.ts';
import type { Answer } from '../command.ts';
import { previewMail, templatesNamed } from './mail.ts';
import { previewPerson, type WhoOptions } from './person.ts';

/**
 * The command `test-send`: one mail to one address of ours. It has no row, no pixel and no tracked link, so nothing is counted.
 * @throws AppError FORBIDDEN for an address that TEST_SEND_TO does not allow; PLAYBOOK_INVALID, NOT_FOUND, UNAVAILABLE
 */
export async function testSend(
  config: Config,
  what: string,
  { to, ...who }: WhoOptions & { to: string },
): Promise<Answer> {
  requireAllowed(config, to);
  const { templates, ...named } = templatesNamed(await readFolders(config), what);
  const person = await previewPerson(config, who);
  const transport = createTransport(config.mail.smtpUrl, {
    dkim: dkimOf(config.mail.dkim, config.mail.from),
    requireTls: config.mail.requireTls,
  });
  const sent: string[] = [];
  try {
    for (const template of templates) {
      const { message } = await previewMail(config, template, person, named);
      const outcome = await transport.send({
        ...message,
        envelope: { ...message.envelope, to },
        to: { address: to },
        subject: `[Test] ${message.subject}`,
        // Of its own, so that a mail reader shows each trial.
        messageId: `<test-${Date.now()}-${template.key}@nurture.invalid>`,
      });
      if (outcome.kind !== 'accepted')
        throw new AppError('UNAVAILABLE', `The mail server did not take ${template.key}: ${outcome.reason}`);
      sent.push(template.key);
    }
  } finally {
    await transport.close();
  }
  return { data: { to, sent }, text: `Sent ${sent.join(', ')} to ${to}, marked [Test] and without tracking.` };
}

/** An inbox of the embedded stack takes all mail and passes none on: there any address is allowed. */
function requireAllowed({ testSendTo, embedded }: Config, to: string): void {
  const address = to.toLowerCase();
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(to)) throw new AppError('VALIDATION_FAILED', `"${to}" is no email address.`);
  const allowed = testSendTo.some((one) => (one.startsWith('@') ? address.endsWith(one) : address === one));
  if (allowed || embedded.mail) return;
  throw new AppError(
    'FORBIDDEN',
    `${to} is not an address for tests: set TEST_SEND_TO to the addresses (or @domains) that are${
      testSendTo.length === 0 ? '.' : `; it is ${testSendTo.join(', ')}.`
    }`,
  );
}
