import { z } from 'zod';
import type { Cadence } from '../../domain/cadence.ts';
import type { RejectFollow } from '../../domain/reasons.ts';
import { listCadences } from '../../store/lists/cadences.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { ANY_RECORD, At } from '../schemas/common.ts';
import { followsInWords } from '../views/reason.ts';

const CadenceInUse = z
  .object({
    cadence: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    purpose: z.enum(['nurture', 'customer']),
    revision: z.object({ number: z.int(), hash: z.string(), since: At }),
    inPlaybook: z.boolean().meta({ description: 'false: its file is gone; who is in it stays in it' }),
    activeEnrollments: z.int().meta({ description: 'In this revision' }),
    activeInOlderRevisions: z.int(),
    steps: z.array(ANY_RECORD),
  })
  .meta({ id: 'Cadence' });

const Reason = z
  .object({
    reason: z.string(),
    label: z.string(),
    follow: z.enum(['recycle', 'reroute', 'no-need', 'disqualify'] satisfies RejectFollow['kind'][]),
    follows: z.string().meta({ description: 'What then happens to the lead, in words' }),
  })
  .meta({ id: 'Reason' });

const Rep = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    teams: z.array(z.string()),
    manager: z.boolean(),
    active: z.boolean(),
    offered: z.int().meta({ description: 'Leads that wait for their decision' }),
  })
  .meta({ id: 'Rep' });

/** What the marketer and the sales manager wrote, as it is in force. */
export function playbookRoutes({ store: { db, rules } }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/cadences',
      tag: 'Playbook',
      summary: 'The cadences in their current revision',
      access: 'see-playbook',
      answers: { 200: { description: 'By key', schema: z.object({ items: z.array(CadenceInUse) }) } },
      async handle() {
        const { playbook } = rules.current();
        const known = new Set(playbook.cadences.map(({ cadence }) => cadence));
        const items = (await listCadences(db)).map(({ revision, active, activeInAll }) => {
          const definition = revision.definition as unknown as Cadence;
          return {
            cadence: revision.cadence,
            name: definition.name,
            description: definition.description ?? null,
            purpose: definition.purpose,
            revision: { number: revision.number, hash: revision.hash, since: revision.createdAt.toISOString() },
            inPlaybook: known.has(revision.cadence),
            activeEnrollments: active,
            activeInOlderRevisions: activeInAll - active,
            steps: definition.steps,
          };
        });
        return json(200, { items });
      },
    }),
    route({
      method: 'get',
      path: '/v1/reasons',
      tag: 'Playbook',
      summary: 'Why a lead may be rejected or closed, and what follows',
      access: 'see-playbook',
      answers: { 200: { description: 'In the order of the file', schema: z.object({ items: z.array(Reason) }) } },
      handle() {
        const items = rules.current().playbook.reasons.map(({ reason, label, follow }) => ({
          reason,
          label,
          follow: follow.kind,
          follows: followsInWords(follow),
        }));
        return json(200, { items });
      },
    }),
    route({
      method: 'get',
      path: '/v1/reps',
      tag: 'Playbook',
      summary: 'The reps and their teams',
      access: 'see-playbook',
      answers: { 200: { description: 'By name', schema: z.object({ items: z.array(Rep) }) } },
      async handle() {
        const reps = await db.rep.findMany({
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
          include: { _count: { select: { assignments: { where: { status: 'offered' } } } } },
        });
        const items = reps.map(({ id, key, name, teams, manager, active, _count }) => ({
          id,
          key,
          name,
          teams,
          manager,
          active,
          offered: _count.assignments,
        }));
        return json(200, { items });
      },
    }),
  ];
}
