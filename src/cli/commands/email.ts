import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';
import { wholeNumber } from '../numbers.ts';

export function registerEmail(program: Command): void {
  const doctor = family(program, 'email')
    .command('doctor')
    .description('check what receivers ask of a sender: SPF, DKIM, DMARC, rDNS, TLS, List headers; sends a message')
    .option(
      '--to <address>',
      'where the message goes; by default to the engine itself (INBOUND_DOMAIN), or to MAIL_FROM',
    )
    .option('--wait <seconds>', 'how long its return is waited for', wholeNumber(1, 600), 30);
  answering(doctor, async (wish: { to?: string; wait: number }) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { emailDoctor } = await import('../email-doctor.ts');
    return emailDoctor(loadConfig(process.env), wish);
  });
  examples(doctor, [
    ['nurture email doctor', 'exit code 1: something is to be mended, and it says what'],
    ['nurture email doctor --to me@gmail.com --json', 'to a mailbox of yours at a large provider'],
  ]);
}
