import type { Request } from 'express';
import { z } from 'zod';
import type { Playbook } from '../../domain/playbook.ts';
import { leadNow } from '../../store/clock.ts';
import { readBrief } from '../../store/lists/brief.ts';
import { listAssignments, type ListedAssignment } from '../../store/lists/assignments.ts';
import { ACTIVE_REP } from '../../store/process/reps.ts';
import { may } from '../../domain/policy.ts';
import { readTiesOf } from '../../store/access/lead-ties.ts';
import { requireAssignment, scopeFor } from '../access.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { CommandKeyHeader, commandIdOf } from '../idempotency.ts';
import { keepNote } from '../notes.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { DONE, runCommand } from '../run-command.ts';
import { ASSIGNMENT_STATUSES, AssignmentPage, AssignmentWithBrief } from '../schemas/assignment.ts';
import { Cursor, id, Limit, readCursor, text, writeCursor } from '../schemas/common.ts';
import { invalid } from '../validate.ts';
import { assignmentView, briefView } from '../views/assignment.ts';

const ASSIGNMENT = z.object({ id: id('assignment') });
const Note = text(4000);

export function assignmentRoutes(deps: ApiDeps): Route[] {
  const { store } = deps;
  const { db } = store;
  const playbook = (): Playbook => store.rules.current().playbook;
  const context = () => ({ realNowMs: store.realNow(), halfLifeMs: playbook().scoring.halfLifeMs });

  async function prepare(
    caller: Caller,
    assignmentId: string,
    kind: 'accept' | 'reject' | 'reroute',
    request: Request,
  ) {
    const assignment = await requireAssignment(db, caller, assignmentId);
    return {
      assignment,
      base: { commandId: commandIdOf(request, caller, assignmentId, kind), actor: actorOf(caller), assignmentId },
    };
  }

  async function noteOf(assignment: ListedAssignment, commandId: string, caller: Caller, note: string | undefined) {
    if (note === undefined) return {};
    const at = new Date(leadNow(assignment.lead, store.realNow()));
    return {
      noteId: await keepNote(db, {
        commandId,
        leadId: assignment.leadId,
        needId: assignment.needId,
        caller,
        text: note,
        at,
      }),
    };
  }

  const read = { tag: 'Assignments', access: 'see-assignment' } as const;
  const decide = {
    method: 'post',
    tag: 'Assignments',
    params: ASSIGNMENT,
    headers: CommandKeyHeader,
    answers: DONE,
    problems: ['ASSIGNMENT_UNKNOWN', 'NOT_YOUR_ASSIGNMENT', 'ASSIGNMENT_TAKEN', 'STAGE_FORBIDS', 'COMMAND_PENDING'],
  } as const;

  return [
    route({
      ...read,
      method: 'get',
      path: '/v1/assignments',
      summary: 'List hand-offs, newest first',
      description: "A rep sees their own, a manager their teams'.",
      query: z.strictObject({
        status: z.enum(ASSIGNMENT_STATUSES).optional(),
        rep: text(100).optional().meta({ description: 'Id or key' }),
        team: text(100).optional(),
        lead: id('lead').optional(),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { description: 'A page of assignments', schema: AssignmentPage } },
      async handle({ query: { cursor, limit, ...filter }, caller }) {
        const rows = await listAssignments(
          db,
          scopeFor(caller, 'see-assignment'),
          filter,
          readCursor(cursor, 1)?.[0] ?? null,
          limit,
        );
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        return json(200, {
          items: items.map((row) => assignmentView(row, context())),
          nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.id) : null,
        });
      },
    }),
    route({
      ...read,
      method: 'get',
      path: '/v1/assignments/:id',
      summary: 'Read a hand-off with its brief',
      params: ASSIGNMENT,
      answers: {
        200: { description: 'The assignment, and what to know before the first call', schema: AssignmentWithBrief },
      },
      problems: ['ASSIGNMENT_UNKNOWN', 'NOT_YOUR_ASSIGNMENT'],
      async handle({ params, caller }) {
        const row = await requireAssignment(db, caller, params.id);
        const ties = await readTiesOf(db, row.leadId);
        if (ties === null || !may(actorOf(caller), 'see-lead', ties))
          return json(200, { ...assignmentView(row, context()), brief: null });
        const at = new Date(leadNow(row.lead, store.realNow()));
        const brief = await readBrief(db, row.leadId, at, playbook().scoring.halfLifeMs);
        return json(200, { ...assignmentView(row, context()), brief: briefView(brief) });
      },
    }),
    route({
      ...decide,
      path: '/v1/assignments/:id/accept',
      access: 'accept',
      summary: 'Accept a lead',
      async handle({ params, caller, request }) {
        const { assignment, base } = await prepare(caller, params.id, 'accept', request);
        return runCommand(deps, assignment.leadId, { ...base, kind: 'accept' });
      },
    }),
    route({
      ...decide,
      path: '/v1/assignments/:id/reject',
      access: 'reject',
      summary: 'Reject a lead, or send an accepted one back',
      description: 'What follows depends on the reason, see GET /v1/reasons.',
      body: z.strictObject({ reason: text(100), note: Note.optional() }),
      bodyExample: { reason: 'too-early', note: 'Budget only next year, call again in spring.' },
      async handle({ params, body: { reason, note }, caller, request }) {
        const { assignment, base } = await prepare(caller, params.id, 'reject', request);
        checkKey(
          'reason',
          reason,
          playbook().reasons.map((known) => known.reason),
        );
        const noted = await noteOf(assignment, base.commandId, caller, note);
        return runCommand(deps, assignment.leadId, { ...base, kind: 'reject', reason, ...noted });
      },
    }),
    route({
      ...decide,
      path: '/v1/assignments/:id/reroute',
      access: 'reroute',
      summary: 'Put a lead on another path: a team, or a rep',
      body: z
        .strictObject({
          team: text(100).optional(),
          rep: text(100).optional().meta({ description: 'Key or id' }),
          note: Note.optional(),
        })
        .refine(({ team, rep }) => (team === undefined) !== (rep === undefined), {
          path: ['team'],
          message: 'or rep must be given, and not both',
        }),
      bodyExample: { team: 'europe' },
      async handle({ params, body: { team, rep, note }, caller, request }) {
        const { assignment, base } = await prepare(caller, params.id, 'reroute', request);
        const to = rep === undefined ? { team: knownTeam(team) } : { repId: await repIdOf(rep) };
        const noted = await noteOf(assignment, base.commandId, caller, note);
        return runCommand(deps, assignment.leadId, { ...base, kind: 'reroute', ...to, ...noted });
      },
    }),
  ];

  function knownTeam(team: string | undefined): string {
    checkKey(
      'team',
      team ?? '',
      playbook().routing.teams.map((known) => known.team),
    );
    return team ?? '';
  }

  async function repIdOf(rep: string): Promise<string> {
    const found = await db.rep.findFirst({
      where: { OR: [{ id: rep }, { key: rep }], ...ACTIVE_REP },
      select: { id: true },
    });
    if (found === null)
      throw invalid('body', [{ path: 'rep', message: 'must be the key or id of an active rep, see GET /v1/reps' }]);
    return found.id;
  }
}

function checkKey(path: string, key: string, known: readonly string[]): void {
  if (!known.includes(key)) throw invalid('body', [{ path, message: `must be one of ${known.join(', ')}` }]);
}
