/** What a card of the desk says of a lead with which its rep has yet to get in touch: why it comes now, and the last note of a colleague. */
import { BY_ACCOUNT } from '../../domain/account-readiness.ts';
import { eventInWords } from '../../domain/event-words.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { whyNow } from '../../domain/why-now.ts';
import type { Db } from '../db.ts';
import type { Event } from '../generated/client.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { readAccountPeople } from '../scoring/account-people.ts';
import { didWhat, EVENTS_READ } from './brief.ts';
import { nameInSentence, readNames } from './names.ts';

export interface DeskWords {
  /** In the sentence of the brief; null: it is past that. */
  whyNow: string | null;
  /** As it was handed over; null: none was left. `by`: null for the engine. */
  note: { body: string; by: string | null } | null;
}

interface Row {
  id: string;
  accountId: string | null;
  isAsked: boolean;
  qualifiedBy: string | null;
  qualifiedAt: Date | null;
  fitGrade: string;
  jobTitle: string | null;
  companySize: number | null;
  clockOffsetMs: bigint;
  type: string | null;
  properties: Event['properties'];
  occurredAt: Date | null;
  note: string | null;
  noteBy: string | null;
}

/** Stages in which somebody decides on it, or gets in touch first. */
export const ASKED = ['assigned', 'qualifying', 'accepted'] as const;

/** By lead, for leads that this rep has. In two statements, whatever their number. */
export async function readDeskWords(
  db: Db,
  leadIds: readonly string[],
  { repId, nowMs, playbook }: { repId: string; nowMs: number; playbook: Pick<Playbook, 'scoring' | 'events'> },
): Promise<Map<string, DeskWords>> {
  if (leadIds.length === 0) return new Map();
  const rows = await planned<Row>(
    db,
    Prisma.sql`
    SELECT l.id, l.account_id AS "accountId", l.stage = ANY(${[...ASKED]}) AS "isAsked", l.qualified_by AS "qualifiedBy",
      l.qualified_at AS "qualifiedAt", l.fit_grade::text AS "fitGrade", l.job_title AS "jobTitle", l.company_size AS "companySize",
      l.clock_offset_ms AS "clockOffsetMs", e.type, e.properties, e.occurred_at AS "occurredAt", n.body AS note, n.actor AS "noteBy"
    FROM leads l
    LEFT JOIN LATERAL (
      SELECT * FROM (SELECT * FROM events WHERE lead_id = l.id AND NOT machine ORDER BY occurred_at DESC, id DESC LIMIT ${EVENTS_READ}) latest
      ORDER BY (latest.type IS NOT DISTINCT FROM l.qualified_by) DESC, latest.occurred_at DESC, latest.id DESC LIMIT 1) e ON TRUE
    LEFT JOIN LATERAL (
      SELECT body, actor FROM rep_activities WHERE lead_id = l.id AND kind = 'note' AND body IS NOT NULL AND actor <> ${repId}
      ORDER BY occurred_at DESC, id DESC LIMIT 1) n ON TRUE
    WHERE l.id = ANY(${[...leadIds]})`,
  );
  const accounts = rows.flatMap(({ qualifiedBy, accountId }) =>
    qualifiedBy === BY_ACCOUNT && accountId !== null ? [accountId] : [],
  );
  const [people, names] = await Promise.all([
    readAccountPeople(db, [...new Set(accounts)], playbook.scoring, nowMs),
    readNames(
      db,
      rows.flatMap(({ noteBy }) => noteBy ?? []),
    ),
  ]);
  return new Map(
    rows.map((row) => {
      const { qualifiedBy, occurredAt, type, properties, note, noteBy } = row;
      const did =
        type === null || occurredAt === null
          ? null
          : didWhat({ type, machine: false, properties, occurredAt }, playbook.events);
      const why = whyNow({
        atMs: nowMs + Number(row.clockOffsetMs),
        event: did && { what: did.what, atMs: did.at.getTime() },
        qualifiedBy,
        qualifiedAtMs: row.qualifiedAt?.getTime() ?? null,
        cause: qualifiedBy === null ? null : eventInWords(qualifiedBy, playbook.events),
        grade: row.fitGrade,
        jobTitle: row.jobTitle,
        companySize: row.companySize,
        people: qualifiedBy === BY_ACCOUNT ? people.filter(({ accountId }) => accountId === row.accountId) : [],
      });
      const by = noteBy !== null && names.has(noteBy) ? nameInSentence(noteBy, names) : null;
      return [row.id, { whyNow: row.isAsked ? why : null, note: note === null ? null : { body: note, by } }];
    }),
  );
}
