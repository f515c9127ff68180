import type { BroadcastPreview } from '../../domain/broadcast.ts';
import { recipientVerdict } from '../../domain/broadcast-verdict.ts';
import { longestPeriodMs } from '../../domain/caps.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { waitsForTurn } from '../../domain/sending-limits.ts';
import { timetableOf } from '../../domain/timetable.ts';
import { leadNow } from '../clock.ts';
import type { Db } from '../db.ts';
import type { Broadcast } from './broadcasts.ts';
import { dayRoom } from './day-room.ts';
import { countAudience, nextOfAudience } from './gather.ts';
import { readLeads, readRecipientFacts, recipientFacts } from './recipients.ts';

const PAGE = 1_000;
/** A preview looks at so many leads, which takes seconds. */
const LOOKS_AT = 50_000;
/** No longer than that, in milliseconds: where few of very many leads are of the audience, the next is far. */
const LOOKS_FOR = 10_000;
const SAMPLE = 10;

/** Asks about each lead what is asked before the message leaves, and how many find room on its day while a sender warms up. Nothing is written. `sample`: some of those who would get it. */
export async function previewBroadcast(
  db: Db,
  broadcast: Broadcast,
  playbook: Playbook,
  realNowMs: number,
): Promise<{ preview: BroadcastPreview; sample: string[] }> {
  const { audience, variants, topic, again, id } = broadcast;
  if (audience === null) throw new Error('A broadcast that is gathered has no preview');
  const moment = { atMs: realNowMs, fading: playbook.scoring };
  const later: Record<string, number> = {};
  const leftOut: Record<string, number> = {};
  const sample: string[] = [];
  let gets = 0;
  let looked = 0;
  const asking = {
    hashes: variants.map(({ hash }) => hash),
    broadcastId: id,
    periodMs: longestPeriodMs(playbook.caps),
    realNowMs,
  };
  const begun = performance.now();
  let after: string | null = null;
  do {
    const page = await nextOfAudience(db, audience, moment, { after, limit: PAGE });
    const ids = page.leads.map((lead) => lead.id);
    const leads = new Map((await readLeads(db, ids)).map((lead) => [lead.id, lead]));
    for (const facts of await readRecipientFacts(db, ids, asking)) {
      const lead = leads.get(facts.id);
      if (lead === undefined) continue;
      const table = timetableOf(playbook, {}, lead);
      const asked = { topic, again, caps: playbook.caps, table, atMs: leadNow(lead, realNowMs) };
      const verdict = recipientVerdict(recipientFacts(lead, facts, playbook.controlGroup), asked);
      if (verdict.kind === 'send') {
        gets += 1;
        if (sample.length < SAMPLE) sample.push(lead.id);
      } else if (verdict.kind === 'later') count(later, verdict.because);
      else count(leftOut, verdict.reason);
    }
    looked += ids.length;
    after = page.after;
  } while (after !== null && looked < LOOKS_AT && performance.now() - begun < LOOKS_FOR);
  const total = after === null ? looked : await countAudience(db, audience, moment);
  const room = await dayRoom(db, playbook, broadcast, realNowMs);
  if (room !== null && gets > room.mails) {
    later[waitsForTurn(room)] = gets - room.mails;
    gets = room.mails;
  }
  const at = new Date(realNowMs).toISOString();
  return { preview: { count: total, looked, gets, later, leftOut, at }, sample };
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
