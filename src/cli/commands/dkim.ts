import type { Command } from 'commander';
import { answering, examples, GROUPS } from '../command.ts';
import type { DkimWish } from '../dkim.ts';

export function registerDkim(program: Command): void {
  const dkim = program
    .command('dkim')
    .helpGroup(GROUPS.run)
    .description('make a key that signs mails, and print what to put into DNS')
    .option('--domain <domain>', 'the signing domain; that of MAIL_FROM if omitted')
    .option('--selector <selector>', 'a name for the key, so that several can be in DNS at once')
    .option('--out <file>', 'where the private key is written', 'dkim.pem');
  answering(dkim, async (wish: DkimWish) => {
    const { loadSenderNames } = await import('../../runtime/config.ts');
    const { makeDkim } = await import('../dkim.ts');
    return makeDkim(loadSenderNames(process.env), wish);
  });
  examples(dkim, [
    ['nurture dkim --domain example.com --out /etc/nurture/dkim.pem', 'a new key, or the record of the one there'],
    ['nurture dkim --selector y2027 --out y2027.pem', 'the next key, beside the one in use'],
  ]);
}
