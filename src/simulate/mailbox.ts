/** What a persona got by mail, and what it is going to do about it. */
import type { OutgoingMessage } from '../email/message.ts';
import { trackedLinks } from './links.ts';
import { sendIdOf } from './outbox.ts';
import type { Reading } from './persona.ts';
import type { Planned } from './plan.ts';
import { reactionsTo } from './reactions.ts';
import type { World } from './world.ts';

export interface Mailbox {
  /** The acts that follow from the mails that came since the last call. */
  reactions(): Promise<Planned[]>;
  /** The message of a send; undefined when none was sent. */
  messageOf(sendId: string): OutgoingMessage | undefined;
}

interface SentRow {
  id: string;
  template: string;
  audience: string;
  sentAt: Date;
}

export function createMailbox(world: World, reads: Reading, options: { seed: number; zone: string }): Mailbox {
  let seen = 0;
  let nth = 0;
  const ofTemplate = new Map<string, number>();

  const count = (template: string): number => {
    const number = (ofTemplate.get(template) ?? 0) + 1;
    ofTemplate.set(template, number);
    return number;
  };
  return {
    async reactions() {
      const fresh = world.outbox.messages.slice(seen);
      if (fresh.length === 0) return [];
      const rows = await sentRows(world, fresh.map(sendIdOf));
      seen += fresh.length;
      return fresh.flatMap((message) => {
        const row = rows.get(sendIdOf(message));
        if (row === undefined || row.audience !== 'lead') return [];
        nth += 1;
        const mail = {
          sendId: row.id,
          nth,
          template: row.template,
          nthOfTemplate: count(row.template),
          atMs: row.sentAt.getTime(),
          links: trackedLinks(message.html).length,
        };
        return reactionsTo(mail, reads, options);
      });
    },
    messageOf: (sendId) => world.outbox.messages.find((message) => sendIdOf(message) === sendId),
  };
}

async function sentRows({ db }: World, ids: readonly string[]): Promise<Map<string, SentRow>> {
  const rows = await db.$queryRaw<SentRow[]>`
    SELECT id, template_key AS template, audience, COALESCE(sent_at, occurred_at) AS "sentAt"
    FROM sends WHERE id = ANY(${[...ids]})`;
  return new Map(rows.map((row) => [row.id, row]));
}
