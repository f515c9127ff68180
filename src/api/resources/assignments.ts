import type { Request } from 'express';
import { z } from 'zod';
import type { Playbook } from '../../domain/playbook.ts';
import { leadNow } from '../../store/clock.ts';
import { readNames } from '../../store/lists/names.ts';
import { keepNote } from '../../store/sales/notes.ts';
import { readBrief } from '../../store/lists/brief.ts';
import { listAssignments, type ListedAssignment } from '../../store/lists/assignments.ts';
import type { Actor } from '../../domain/actor.ts';
import { may } from '../../domain/policy.ts';
import { readTies } from '../../store/access/lead-ties.ts';
import { requireAssignment, scopeFor } from '../access.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { destinationOf, DestinationOrOn, handOverOf } from '../destination.ts';
import { CommandKeyHeader, commandIdOf } from '../idempotency.ts';
import { answerPage, idCursor, PAGE_QUERY, readIdCursor } from '../page.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { DONE, runCommand } from '../run-command.ts';
import { ASSIGNMENT_STATUSES, AssignmentPage, AssignmentWithBrief } from '../schemas/assignment.ts';
import { id, text } from '../schemas/common.ts';
import { invalid } from '../validate.ts';
import { assignmentView, briefView } from '../views/assignment.ts';

const ASSIGNMENT = z.object({ id: id('assignment') });
const Note = text(4000);

export function assignmentRoutes(deps: ApiDeps): Route[] {
  const { store } = deps;
  const { db } = store;

  /** The current state of the lead is shown only to callers to whom the lead belongs now. */
  async function show(
    caller: Caller,
    rows: readonly ListedAssignment[],
    { scoring, routing, defaultTimeZone }: Playbook,
  ) {
    const context = { realNowMs: store.realNow(), fading: scoring };
    const zoneOf = (team: string): string =>
      routing.teams.find((one) => one.team === team)?.timeZone ?? defaultTimeZone;
    const actor = actorOf(caller);
    const [ties, names] = await Promise.all([
      readTies(
        db,
        rows.map(({ leadId }) => leadId),
      ),
      readNames(
        db,
        rows.flatMap(({ decidedBy }) => decidedBy ?? []),
      ),
    ]);
    return rows.map((row) => {
      const tie = ties.get(row.leadId);
      return assignmentView(row, {
        ...context,
        names,
        timeZone: zoneOf(row.team),
        isTheirs: tie !== undefined && may(actor, 'see-lead', tie),
      });
    });
  }

  async function prepare(
    caller: Caller,
    assignmentId: string,
    kind: 'accept' | 'reject' | 'reroute',
    request: Request,
  ) {
    const assignment = await requireAssignment(store, caller, assignmentId);
    return {
      assignment,
      base: { commandId: commandIdOf(request, caller, assignmentId, kind), actor: actorOf(caller), assignmentId },
    };
  }

  async function noteOf({ commandId, actor }: { commandId: string; actor: Actor }, leadId: string, text?: string) {
    return text === undefined ? {} : { noteId: await keepNote(store, { commandId, leadId, actor, text }) };
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
        ...PAGE_QUERY,
      }),
      answers: { 200: { description: 'A page of assignments', schema: AssignmentPage } },
      async handle({ query: { cursor, limit, ...filter }, caller, rules: { playbook } }) {
        const scope = scopeFor(caller, 'see-assignment');
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listAssignments(db, scope, filter, after, count),
          endOf: ({ id: last }) => idCursor(last),
          show: (rows) => show(caller, rows, playbook),
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
        200: {
          description: 'The assignment, with the facts a rep needs before the first call',
          schema: AssignmentWithBrief,
        },
      },
      problems: ['ASSIGNMENT_UNKNOWN', 'NOT_YOUR_ASSIGNMENT'],
      async handle({ params, caller, rules: { playbook } }) {
        const row = await requireAssignment(store, caller, params.id);
        const [shown] = await show(caller, [row], playbook);
        if (shown?.lead.stage === null) return json(200, { ...shown, brief: null });
        const at = new Date(leadNow(row.lead, store.realNow()));
        const brief = await readBrief(db, row.leadId, at, playbook);
        return json(200, { ...shown, brief: briefView(brief) });
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
      description: 'The reason decides what happens next, see GET /v1/reasons.',
      body: z.strictObject({ reason: text(100), note: Note.optional() }),
      bodyExample: { reason: 'too-early', note: 'Budget only next year, call again in spring.' },
      async handle({ params, body: { reason, note }, caller, request, rules: { playbook } }) {
        const { assignment, base } = await prepare(caller, params.id, 'reject', request);
        checkKey(
          'reason',
          reason,
          playbook.reasons.map((known) => known.reason),
        );
        const noted = await noteOf(base, assignment.leadId, note);
        return runCommand(deps, assignment.leadId, { ...base, kind: 'reject', reason, ...noted });
      },
    }),
    route({
      ...decide,
      path: '/v1/assignments/:id/reroute',
      access: 'reroute',
      summary: 'Send a lead to another team or rep',
      description:
        'To a team or a rep. `on: true`: tele-sales has made the first contact, and the rules say who gets the lead (stage `qualifying` only).',
      body: DestinationOrOn,
      bodyExample: { team: 'europe' },
      async handle({ params, body, caller, request, rules: { playbook } }) {
        const { assignment, base } = await prepare(caller, params.id, 'reroute', request);
        const { on, ...stated } = body;
        const to = on === true ? {} : await destinationOf(store, playbook, stated);
        const noted = await noteOf(base, assignment.leadId, body.note);
        const along = await handOverOf(store, base.actor, body.handOver);
        return runCommand(deps, assignment.leadId, { ...base, kind: 'reroute', ...to, ...noted, ...along });
      },
    }),
  ];
}

function checkKey(path: string, key: string, known: readonly string[]): void {
  if (!known.includes(key)) throw invalid('body', [{ path, message: `must be one of ${known.join(', ')}` }]);
}
