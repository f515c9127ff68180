import { newId } from '../../src/domain/ids.ts';
import type { Db } from '../../src/store/db.ts';

/** A message of a broadcast, and what people and machines did with it. */
export interface MailOfBroadcast {
  broadcast: string;
  newsletter: string | null;
  variant: string;
  leadId: string;
  status: 'sent' | 'skipped' | 'failed';
  untracked: 'all' | null;
  delivery: 'bounced' | null;
  occurredAt: Date;
  deeds: readonly Deed[];
}

type Deed = 'opened' | 'clicked' | 'suspect' | 'machine' | 'replied' | 'unsubscribed' | 'bounced';

const EVENTS: Readonly<Record<Deed, { type: string; machine?: boolean; properties?: Record<string, string> }>> = {
  opened: { type: 'email.opened' },
  clicked: { type: 'email.clicked' },
  suspect: { type: 'email.clicked', machine: true, properties: { verdict: 'suspect' } },
  machine: { type: 'email.clicked', machine: true, properties: { verdict: 'machine' } },
  replied: { type: 'reply.received' },
  unsubscribed: { type: 'unsubscribed' },
  bounced: { type: 'email.bounced' },
};

/** How often, of a hundred messages that left. */
const OFTEN: Readonly<Record<Deed, number>> = {
  opened: 50,
  clicked: 25,
  suspect: 15,
  machine: 15,
  replied: 8,
  unsubscribed: 6,
  bounced: 6,
};

/** By name, with its newsletter and its variants. */
const BROADCASTS = [
  ['spring-news', 'monthly', ['a']],
  ['summer-news', 'monthly', ['a']],
  ['offer', null, ['a', 'b']],
] as const;

/** Writes three broadcasts to each of the leads, two of them issues of a newsletter and one a trial; the same seed gives the same. */
export async function writeBroadcasts(
  db: Db,
  leadIds: readonly string[],
  { at, seed = 1, prefix = '' }: { at: Date; seed?: number; prefix?: string },
): Promise<MailOfBroadcast[]> {
  const chance = chanceOf(seed);
  const mails: (MailOfBroadcast & { id: string; broadcastId: string })[] = [];
  for (const [n, [name, newsletter, variants]] of BROADCASTS.entries()) {
    const [id, broadcast] = [newId('broadcast'), `${prefix}${name}`];
    const words = variants.map((key) => ({ key, template: 'news', hash: key, subject: `Words ${key}` }));
    const trial = variants.length > 1 ? { share: 0.5, forMs: 3_600_000, by: 'clicks', ifUnclear: 'first' } : undefined;
    await db.broadcast.create({
      data: {
        id,
        key: broadcast,
        status: 'done',
        newsletter,
        topic: 'marketing',
        variants: words,
        schedule: { kind: 'now' },
        createdBy: 'system',
        startedAt: at,
        ...(trial && { trial, winner: 'b', winnerBecause: 'more people clicked' }),
      },
    });
    for (const leadId of leadIds) {
      const status = chance() < 0.85 ? 'sent' : chance() < 0.5 ? 'skipped' : 'failed';
      const deeds = (Object.keys(OFTEN) as Deed[]).filter((deed) => status === 'sent' && chance() * 100 < OFTEN[deed]);
      mails.push({
        id: newId('send'),
        broadcastId: id,
        broadcast,
        newsletter,
        leadId,
        variant: variants[Math.floor(chance() * variants.length)] ?? 'a',
        status,
        untracked: chance() < 0.1 ? 'all' : null,
        delivery: status === 'sent' && chance() < 0.05 ? 'bounced' : null,
        occurredAt: new Date(at.getTime() - (BROADCASTS.length - n) * 86_400_000),
        deeds,
      });
    }
  }
  await db.send.createMany({
    data: mails.map(({ id, broadcastId, leadId, variant, status, untracked, delivery, occurredAt }) => ({
      id,
      key: `broadcast:${broadcastId}:${leadId}`,
      broadcastId,
      leadId,
      variant,
      status,
      untracked,
      delivery,
      occurredAt,
      templateKey: 'news',
      attempt: 'test',
    })),
  });
  await db.event.createMany({
    data: mails.flatMap(({ id: sendId, leadId, occurredAt, deeds }) =>
      deeds.map((deed) => ({ id: newId('event'), leadId, sendId, occurredAt, ...EVENTS[deed] })),
    ),
  });
  return mails;
}

/** Numbers from 0 to 1, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
