import { cadenceScope, SENDING } from '../../domain/pauses.ts';
import type { Scope } from '../../domain/policy.ts';
import { personReceiver } from '../../domain/refusals.ts';
import { leadInScope } from '../access/scope.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { OVERDUE } from './decisions.ts';
import { TASK_LATE } from './dues.ts';
import { FURTHEST_CLOCK } from './open-leads.ts';
import { beyond, type PageEnd } from './page-end.ts';
import { lateAtWork } from './run-out.ts';
import { WAITS_FOR_PERSON, WITH_NO_REP } from './with-no-rep.ts';

export const ATTENTION_KINDS = [
  'held',
  'finding',
  'send-in-doubt',
  'rep-mail-in-doubt',
  'reroute',
  'unassigned',
  'asked-again',
  'no-decision',
  'task-overdue',
  'late-contact',
  'late-answer',
  'stuck',
  'run-stopped',
  'broadcast-stopped',
  'newsletter-not-sent',
  'paused',
  'receiver-refuses',
  'mail-returned',
  'canary-halted',
  'unknown-campaign',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** Something that waits for a person. */
export interface AttentionRow {
  kind: AttentionKind;
  /** Null: it is about many leads. */
  leadId: string | null;
  /** Finding, send, assignment, touch, task, bulk run or pause it is about. */
  ref: string | null;
  since: Date;
  /** Code or sentence, without personal data. */
  reason: string;
  key: string;
}

/** A mail to a rep that is in doubt is shown for so long at most: alerts are kept as long. */
const DOUBT_SHOWN = '7 days';

/** Campaigns that nobody listed which are shown at once. */
const MOST_UNKNOWN = 20;

/** Author of the playbook revisions that the engine published by itself. */
const ENGINE = 'system';

/** What is about many leads is for whoever sees all of them. */
function forAll(scope: Scope): Prisma.Sql {
  return scope.kind === 'all' ? Prisma.sql`TRUE` : Prisma.sql`FALSE`;
}

interface Branch {
  kinds: readonly AttentionKind[];
  /** Columns kind, "leadId", ref, since and reason; not cut. */
  entries: Prisma.Sql;
  /** Who sees an entry, where that does not follow from the lead. May ask about more columns. */
  inScope?: (scope: Scope) => Prisma.Sql;
}

const BRANCHES: readonly Branch[] = [
  {
    kinds: ['held'],
    entries: Prisma.sql`
      SELECT 'held' AS kind, id AS "leadId", NULL AS ref, held_at AS since, coalesce(held_reason, 'unknown') AS reason
      FROM leads WHERE held_at IS NOT NULL`,
  },
  {
    kinds: ['mail-returned'],
    entries: Prisma.sql`
      SELECT 'mail-returned' AS kind, lead_id AS "leadId", id AS ref, received_at AS since,
             CASE WHEN did = 'quarantined' THEN 'one of a burst of hard bounces from one domain; the address was not suppressed'
                  WHEN asks_removal THEN 'a person answered, and seems to ask for no more mail'
                  WHEN verdict = 'reply' THEN 'a person answered a mail'
                  WHEN verdict = 'complaint' THEN 'a mail was reported as spam, and ' || CASE WHEN lead_id IS NULL
                    THEN 'no message of ours to the address is known' ELSE 'not from the address of the lead' END
                  WHEN verdict = 'hard' THEN 'a mail came back for good, and ' || CASE WHEN lead_id IS NULL
                    THEN 'no message of ours to the address is known' ELSE 'not from the address of the lead' END
                  WHEN verdict = 'sender' THEN 'the mail was refused because of the sender' || coalesce(' (' || status || ')', '')
                  ELSE 'a mail came back and it cannot be told what it says' END AS reason
      FROM inbound_mails WHERE did IN ('kept', 'quarantined') AND settled_at IS NULL`,
  },
  {
    kinds: ['finding'],
    entries: Prisma.sql`
      SELECT 'finding' AS kind, lead_id AS "leadId", kind AS ref, first_at AS since, detail AS reason
      FROM findings WHERE resolved_at IS NULL`,
  },
  {
    kinds: ['send-in-doubt'],
    // A person who had it sent once more has settled it, or one who dismissed it, or a mail that came back and tells that it left.
    entries: Prisma.sql`
      SELECT 'send-in-doubt' AS kind, s.lead_id AS "leadId", s.id AS ref, s.recorded_at AS since,
             coalesce(s.reason, 'the connection ended before the answer') AS reason
      FROM sends s
      WHERE s.status = 'in_doubt' AND s.delivery IS NULL AND NOT EXISTS (SELECT 1 FROM resent_sends r WHERE r.send_id = s.id)
        AND NOT EXISTS (SELECT 1 FROM dismissed_sends d WHERE d.send_id = s.id)`,
  },
  {
    kinds: ['rep-mail-in-doubt'],
    // A list of the day counts until the next one of the rep left; gathered alerts, while one of their leads still waits for the rep.
    entries: Prisma.sql`
      SELECT 'rep-mail-in-doubt' AS kind, NULL AS "leadId", m.id AS ref, m.occurred_at AS since,
             CASE WHEN m.day IS NULL THEN 'Alerts in one mail' ELSE 'The list of ' || m.day END || ' for ' || m.rep_id
               || ' may or may not have left: ' || coalesce(m.reason, 'the connection ended before the answer') || '.' AS reason,
             m.rep_id
      FROM rep_mails m
      WHERE m.status = 'in_doubt' AND m.occurred_at > now() - ${DOUBT_SHOWN}::interval
        AND CASE WHEN m.day IS NULL
          THEN EXISTS (SELECT 1 FROM rep_alerts a JOIN assignments s ON s.id = a.assignment_id
                       WHERE a.mail_id = m.id AND s.rep_id = a.rep_id AND s.status IN ('offered', 'accepted') AND s.closed_at IS NULL)
          ELSE NOT EXISTS (SELECT 1 FROM rep_mails n WHERE n.rep_id = m.rep_id AND n.day > m.day AND n.status = 'sent') END`,
    inScope: (scope) =>
      scope.kind === 'all'
        ? Prisma.sql`TRUE`
        : Prisma.sql`rep_id IN (SELECT id FROM reps WHERE id = ${scope.repId} OR teams && ${[...scope.teams]}::text[])`,
  },
  {
    kinds: ['reroute', 'unassigned'],
    entries: Prisma.sql`
      SELECT CASE WHEN a.status = 'rejected' THEN 'reroute' ELSE 'unassigned' END AS kind, l.id AS "leadId", a.id AS ref,
             coalesce(a.decided_at, l.qualified_at, l.updated_at) AS since,
             coalesce(n.waiting_because,
                      n.waiting_why,
                      'It was not offered to anyone yet.') AS reason
      FROM ${WITH_NO_REP} AND ${WAITS_FOR_PERSON}`,
  },
  {
    kinds: ['asked-again'],
    // The latest request of the lead: there is none after it.
    entries: Prisma.sql`
      SELECT 'asked-again' AS kind, t.lead_id AS "leadId", t.data->>'touchId' AS ref, t.occurred_at AS since,
             t.data->>'because' AS reason
      FROM audit t
      WHERE t.action = 'request.recorded'
        AND EXISTS (SELECT 1 FROM leads l WHERE l.id = t.lead_id AND l.stage = 'disqualified')
        AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.lead_id = t.lead_id AND u.action = 'request.recorded'
                        AND (u.occurred_at, u.id) > (t.occurred_at, t.id))`,
  },
  {
    kinds: ['no-decision'],
    // As the board counts them.
    entries: Prisma.sql`
      SELECT 'no-decision' AS kind, a.lead_id AS "leadId", a.id AS ref, a.due_at AS since,
             a.rep_id || ' has not decided on it in time.' AS reason
      FROM assignments a WHERE a.status = 'offered' AND a.due_at < ${FURTHEST_CLOCK} AND ${OVERDUE}`,
  },
  {
    kinds: ['task-overdue'],
    // A lead in the nurture pool is no rep's; its task is.
    entries: Prisma.sql`
      SELECT 'task-overdue' AS kind, t.lead_id AS "leadId", t.id AS ref, t.due_at AS since,
             'A ' || replace(t.kind, '-', ' ') || ' that ' || t.rep_id || ' was to make is overdue.' AS reason, t.rep_id, t.team
      FROM tasks t JOIN leads l ON l.id = t.lead_id WHERE ${TASK_LATE}`,
    inScope: (scope) =>
      scope.kind === 'all'
        ? Prisma.sql`TRUE`
        : Prisma.sql`(rep_id = ${scope.repId} OR team = ANY(${[...scope.teams]}::text[]))`,
  },
  {
    kinds: ['late-contact', 'late-answer', 'stuck'],
    // The most urgent of them, as on the board.
    entries: Prisma.sql`
      SELECT c.kind, l.id AS "leadId", a.id AS ref, c.since,
             a.rep_id || CASE c.kind WHEN 'late-answer' THEN ' has not answered its reply in time.'
                                     WHEN 'late-contact' THEN ' has not tried to reach it in time.'
                                     ELSE ' has it, and nothing happens.' END AS reason
      FROM (${lateAtWork(FURTHEST_CLOCK)}) c JOIN assignments a ON a.id = c.id JOIN leads l ON l.id = a.lead_id
      WHERE l.stage IN ('qualifying', 'accepted', 'opportunity')`,
  },
  {
    kinds: ['run-stopped'],
    // One that a person paused has no error.
    entries: Prisma.sql`
      SELECT 'run-stopped' AS kind, NULL AS "leadId", id AS ref, worked_at AS since,
             'The run (' || kind || ') stopped by itself after ' || done || ' of ' || total || CASE total WHEN 1 THEN ' lead. ' ELSE ' leads. ' END || error AS reason
      FROM bulk_runs WHERE status = 'paused' AND error IS NOT NULL`,
    inScope: forAll,
  },
  {
    kinds: ['broadcast-stopped'],
    // One that a person paused has no error.
    entries: Prisma.sql`
      SELECT 'broadcast-stopped' AS kind, NULL AS "leadId", key AS ref, worked_at AS since,
             'Broadcast ‘' || key || '’ ' || CASE WHEN status = 'paused' THEN 'stopped by itself. ' || error
               ELSE 'waits for a person to choose a variant. ' || winner_because END AS reason
      FROM broadcasts WHERE (status = 'paused' AND error IS NOT NULL)
        OR (status = 'running' AND winner IS NULL AND winner_because IS NOT NULL)`,
    inScope: forAll,
  },
  {
    kinds: ['newsletter-not-sent'],
    entries: Prisma.sql`
      SELECT 'newsletter-not-sent' AS kind, NULL AS "leadId", key AS ref, coalesce(passed_at, created_at) AS since,
             'Newsletter ‘' || key || '’ ' || CASE WHEN sync_error IS NULL THEN 'did not go out: ' || passed_because
               ELSE 'has no schedule, as Temporal did not take it: ' || sync_error END || '.' AS reason
      FROM newsletters WHERE schedule IS NOT NULL AND (passed_at IS NOT NULL OR sync_error IS NOT NULL)`,
    inScope: forAll,
  },
  {
    kinds: ['paused'],
    entries: Prisma.sql`
      SELECT 'paused' AS kind, NULL AS "leadId", scope AS ref, since,
             CASE WHEN scope = ${SENDING} THEN 'All sending to leads is paused by '
                  ELSE 'The cadence ‘' || substr(scope, ${cadenceScope('').length + 1}) || '’ is paused by ' END
               || by || coalesce(': ' || reason, '') || '.' AS reason
      FROM pauses`,
    inScope: forAll,
  },
  {
    kinds: ['receiver-refuses'],
    // One refusal may be a passing one.
    entries: Prisma.sql`
      SELECT 'receiver-refuses' AS kind, NULL AS "leadId", receiver AS ref, since,
             CASE WHEN starts_with(receiver, ${personReceiver('')}) THEN 'The mail server of ' || substr(receiver, ${personReceiver('').length + 1})
                  ELSE receiver END || ' has refused our mails ' || refusals || ' times in a row ('
                  || CASE WHEN heard_by = 'answer' THEN 'at hand-over' ELSE 'by notices about the mails of ' || (
                       SELECT count(DISTINCT n.lead_id) FROM inbound_mails n WHERE n.domain = receiver AND n.refuses_us
                         AND n.received_at > since - interval '1 hour') || ' people' END || '): ' || reason AS reason
      FROM mail_refusals WHERE refusals > 1`,
    inScope: forAll,
  },
  {
    kinds: ['canary-halted'],
    // By the engine itself. Whoever publishes afterwards has seen to it.
    entries: Prisma.sql`
      SELECT 'canary-halted' AS kind, NULL AS "leadId", p.number::text AS ref, p.published_at AS since, p.note AS reason
      FROM playbook_revisions p
      WHERE p.halted_because IS NOT NULL AND p.author = ${ENGINE}
        AND NOT EXISTS (SELECT 1 FROM playbook_revisions q WHERE q.number > p.number AND q.author <> ${ENGINE})`,
    inScope: forAll,
  },
  {
    kinds: ['unknown-campaign'],
    // Anybody can name one in a form: the oldest few, so that no stranger hides the other entries behind theirs.
    entries: Prisma.sql`
      SELECT 'unknown-campaign' AS kind, NULL AS "leadId", key AS ref, unknown_since AS since,
             'Touches name this campaign, and nobody lists it: neither campaigns.yaml nor the API.' AS reason
      FROM campaigns WHERE unknown_since IS NOT NULL ORDER BY unknown_since, key LIMIT ${MOST_UNKNOWN}`,
    inScope: forAll,
  },
];

/** Entries of these kinds, with their keys, not cut. */
export function attentionEntries(scope: Scope, kinds: readonly AttentionKind[]): Prisma.Sql {
  const branches = BRANCHES.filter((branch) => branch.kinds.some((kind) => kinds.includes(kind))).map(
    ({ entries, inScope }) => Prisma.sql`
      SELECT kind, "leadId", ref, since, reason, kind || ':' || coalesce("leadId", '') || ':' || coalesce(ref, '') AS key
      FROM (${entries}) entries
      WHERE kind = ANY(${[...kinds]}) AND ${inScope?.(scope) ?? leadInScope(scope, '"leadId"')}`,
  );
  return Prisma.join(branches, ' UNION ALL ');
}

const SINCE = Prisma.sql`since`;
const KEY = Prisma.sql`key COLLATE "C"`;

/** Oldest first; a page by (since, key). Each branch is cut to the page before they are merged, so that none is read whole. */
export async function attentionPage(
  tx: Tx,
  scope: Scope,
  kind: AttentionKind | null,
  after: PageEnd | null,
  limit: number,
): Promise<AttentionRow[]> {
  const branches = BRANCHES.filter(({ kinds }) => kind === null || kinds.includes(kind)).map(
    ({ kinds, entries, inScope }) => Prisma.sql`(
      SELECT * FROM (
        SELECT kind, "leadId", ref, since, reason, kind || ':' || coalesce("leadId", '') || ':' || coalesce(ref, '') AS key FROM (${entries}) entries
        WHERE ${kind === null || kinds.length === 1 ? Prisma.sql`TRUE` : Prisma.sql`kind = ${kind}`}
          AND ${inScope?.(scope) ?? leadInScope(scope, '"leadId"')}
      ) branch WHERE ${beyond(after, 'asc', SINCE, KEY)} ORDER BY since, key COLLATE "C" LIMIT ${limit})`,
  );
  const page = Prisma.sql`
    SELECT * FROM (${Prisma.join(branches, ' UNION ALL ')}) feed ORDER BY since, key COLLATE "C" LIMIT ${limit}`;
  return planned<AttentionRow>(tx, page);
}

/** Of a kind no more entries are counted than this. */
export const MOST_COUNTED = 1_000;

export interface CountedRow extends AttentionRow {
  /** How many entries there are of its kind; more than MOST_COUNTED: nobody counted on. */
  ofKind: number;
}

/** The oldest entries of each of these kinds, with how many there are of it. */
export async function attentionGroups(
  tx: Tx,
  scope: Scope,
  kinds: readonly AttentionKind[],
  perKind: number,
): Promise<CountedRow[]> {
  const branches = kinds.map(
    (kind) => Prisma.sql`(
      SELECT *, count(*) OVER ()::int AS "ofKind" FROM (
        SELECT * FROM (${attentionEntries(scope, [kind])}) entries ORDER BY since, key COLLATE "C" LIMIT ${MOST_COUNTED + 1}) counted
      ORDER BY since, key COLLATE "C" LIMIT ${perKind})`,
  );
  return planned<CountedRow>(
    tx,
    Prisma.sql`SELECT * FROM (${Prisma.join(branches, ' UNION ALL ')}) feed ORDER BY since, key COLLATE "C"`,
  );
}
