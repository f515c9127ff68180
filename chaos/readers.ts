/** Simulates the recipients: they fetch the pixel and follow links as the seed says, in the mails that the mail server got. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosClient } from './client.ts';
import type { MailRecord } from './mail-record.ts';
import { type Reading, readingOf } from './plan.ts';
import type { Record } from './record.ts';

const LOOK_EVERY_MS = 1_000;

const AGENTS: { [Reader in Reading['reader']]: string } = {
  person: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  program: 'curl/8.14.1',
};

export interface Readers {
  /** Finishes the requests under way and starts no others. */
  stop(): Promise<void>;
}

export function startReaders(options: {
  seed: number;
  client: ChaosClient;
  record: Record;
  /** Every mail that the mail server has so far, in order. */
  mails: () => readonly MailRecord[];
}): Readers {
  const { seed, client, record, mails } = options;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  /** The number of lines read from the mail server's record, and the number of mails of each address. */
  let seen = 0;
  const got = new Map<string, number>();

  async function read(mail: MailRecord, { reader, afterMs, looks, opens, clicks }: Reading): Promise<void> {
    await sleep(Math.max(0, mail.at + afterMs - Date.now()), undefined, { signal: stopping.signal }).catch(() => {});
    const { pixels = [], clicks: links = [] } = mail.links ?? {};
    const ask = async (act: 'open' | 'click' | 'look', path: string): Promise<void> => {
      if (stopping.signal.aborted) return;
      const method = act === 'look' ? 'HEAD' : 'GET';
      const { status, location, attempts, isKeptLater } = await client.ask({ method, path, agent: AGENTS[reader] });
      const [email, result] = [mail.to, location ?? undefined];
      // An open or click that a crash may lose counts like one that was never answered: it may be recorded or not.
      record.add({
        email,
        act,
        key: path,
        status: isKeptLater ? 0 : status,
        result,
        sendId: mail.sendId,
        reader,
        attempts,
      });
    };
    // A person's program does not look first: whoever fetches a moment after a HEAD is a program.
    if (looks && reader === 'program') for (const path of [...pixels, ...links]) await ask('look', path);
    for (let n = 0; n < opens; n += 1) for (const path of pixels) await ask('open', path);
    for (let n = 0; n < clicks; n += 1) for (const path of links) await ask('click', path);
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const all = mails();
      for (const mail of all.slice(seen)) {
        if (mail.fate !== 'taken') continue;
        const nth = got.get(mail.to) ?? 0;
        got.set(mail.to, nth + 1);
        const reading = readingOf(seed, mail.to, nth);
        if (reading === null) continue;
        const work = read(mail, reading).finally(() => underWay.delete(work));
        underWay.add(work);
      }
      seen = all.length;
      await sleep(LOOK_EVERY_MS);
    }
  };
  const looping = loop();
  return {
    async stop() {
      stopping.abort();
      await looping;
      await Promise.all(underWay);
    },
  };
}
