import { z } from 'zod';
import type { RejectFollow } from '../../domain/reasons.ts';
import { followsInWords } from '../../domain/reason-words.ts';
import { listCadences } from '../../store/lists/cadences.ts';
import {
  listPlaybookRevisions,
  readPlaybookRevision,
  type ListedPlaybookRevision,
} from '../../store/lists/playbook-revisions.ts';
import { shownCanaries } from '../../store/lists/trials.ts';
import type { LeadsFollow } from '../../store/rules/publish-revision.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, numberCursor, PAGE_QUERY, pageOf, readNumberCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { ANY_RECORD, Timestamp } from '../schemas/common.ts';

const CadenceInUse = z
  .object({
    cadence: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    purpose: z.enum(['nurture', 'customer']),
    revision: z.object({ number: z.int(), hash: z.string(), since: Timestamp }),
    inPlaybook: z
      .boolean()
      .meta({ description: 'False when the file of the cadence was removed. Leads that are in it stay in it' }),
    activeEnrollments: z.int().meta({ description: 'In this revision' }),
    activeInOlderRevisions: z.int(),
    canary: z
      .object({
        revision: z.int(),
        percent: z.number().meta({ description: 'Share of new enrollments that get it' }),
        leads: z.int().meta({ description: 'Enrollments that it got so far' }),
        since: Timestamp,
      })
      .nullable()
      .meta({ description: 'Another revision that a share of leads gets first. Null when none does' }),
    goalsReached: z.int().meta({ description: 'Enrollments of all revisions that ended with the goal' }),
    steps: z.array(ANY_RECORD),
  })
  .meta({ id: 'Cadence' });

const Revision = z
  .object({
    number: z.int(),
    publishedAt: Timestamp,
    author: z.string(),
    note: z.string().nullable(),
    leadsFollow: z.enum(['migrate', 'restart', 'amend']).nullable().meta({
      description: 'What leads on the way did. Null: they stayed in the revision they were in',
    }),
    hash: z.string().meta({ description: 'Hash of the whole playbook: the same hash means the same playbook' }),
  })
  .meta({ id: 'PlaybookRevision' });

const InForce = z
  .object({
    inForce: Revision.meta({ description: 'The revision that this process uses' }),
    behindBecause: z.string().nullable().meta({
      description: 'Why this process does not use the newest revision. Null when it does',
    }),
  })
  .meta({ id: 'Playbook' });

const Reason = z
  .object({
    reason: z.string(),
    label: z.string(),
    follow: z.enum(['recycle', 'reroute', 'no-need', 'disqualify', 'lost', 'won'] satisfies RejectFollow['kind'][]),
    follows: z.string().meta({ description: 'What happens to the lead after this reason, in words' }),
  })
  .meta({ id: 'Reason' });

/** The playbook in force. */
export function playbookRoutes({ store: { db, rules } }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/playbook',
      tag: 'Playbook',
      summary: 'The playbook revision in force',
      access: 'see-publishing',
      answers: { 200: { description: 'The revision, with its author, time and note', schema: InForce } },
      async handle({ rules: { revision } }) {
        const inForce = revisionView(await readPlaybookRevision(db, revision));
        return json(200, { inForce, behindBecause: rules.behindBecause() });
      },
    }),
    route({
      method: 'get',
      path: '/v1/playbook/revisions',
      tag: 'Playbook',
      summary: 'List the playbook revisions, newest first',
      access: 'see-publishing',
      query: z.strictObject(PAGE_QUERY),
      answers: { 200: { description: 'A page of revisions', schema: pageOf(Revision) } },
      async handle({ query: { cursor, limit } }) {
        const before = readNumberCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listPlaybookRevisions(db, before, count),
          endOf: ({ number }) => numberCursor(number),
          show: (revisions) => revisions.map(revisionView),
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/cadences',
      tag: 'Playbook',
      summary: 'The cadences in their current revision',
      access: 'see-playbook',
      answers: { 200: { description: 'By key', schema: z.object({ items: z.array(CadenceInUse) }) } },
      async handle({ rules: { cadences, canaries } }) {
        const shown = await shownCanaries(db, canaries);
        const items = (await listCadences(db, cadences)).map(({ revision, active, activeInAll, goals }) => {
          const { definition } = revision;
          const canary = shown.get(revision.cadence);
          return {
            cadence: revision.cadence,
            name: definition.name,
            description: definition.description ?? null,
            purpose: definition.purpose,
            revision: { number: revision.number, hash: revision.hash, since: revision.createdAt.toISOString() },
            inPlaybook: cadences.has(revision.cadence),
            activeEnrollments: active,
            activeInOlderRevisions: activeInAll - active,
            canary: canary === undefined ? null : { ...canary, since: canary.since.toISOString() },
            goalsReached: goals,
            steps: [...definition.steps],
          };
        });
        return json(200, { items });
      },
    }),
    route({
      method: 'get',
      path: '/v1/reasons',
      tag: 'Playbook',
      summary: 'The reasons to reject or close a lead, and what each one does',
      access: 'see-playbook',
      answers: { 200: { description: 'In the order of the file', schema: z.object({ items: z.array(Reason) }) } },
      handle({ rules: { playbook } }) {
        const items = playbook.reasons.map(({ reason, label, follow }) => ({
          reason,
          label,
          follow: follow.kind,
          follows: followsInWords(follow),
        }));
        return json(200, { items });
      },
    }),
  ];
}

function revisionView({
  number,
  publishedAt,
  author,
  note,
  leadsFollow,
  hash,
}: ListedPlaybookRevision): z.input<typeof Revision> {
  return {
    number,
    publishedAt: publishedAt.toISOString(),
    author,
    note,
    leadsFollow: leadsFollow as LeadsFollow | null,
    hash,
  };
}
