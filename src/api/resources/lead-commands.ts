import type { Request } from 'express';
import { z } from 'zod';
import type { Actor } from '../../domain/actor.ts';
import { OUTCOMES, type LeadCommand, type OutcomeResult } from '../../domain/commands.ts';
import { AppError } from '../../domain/errors.ts';
import { DISQUALIFIED_BECAUSE, knownReasons, reasonMisfit } from '../../domain/reasons.ts';
import { keepNote } from '../../store/sales/notes.ts';
import { unsubscribe } from '../../store/consent/unsubscribe.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import { requireLead } from '../access.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { Destination, destinationOf, handOverOf } from '../destination.ts';
import { DurationMs } from '../duration.ts';
import { CommandKeyHeader, commandIdOf } from '../idempotency.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { requireStep } from '../require-step.ts';
import { COMMAND_PROBLEMS, DONE, runCommand } from '../run-command.ts';
import { Timestamp, id, text } from '../schemas/common.ts';
import { Money } from '../schemas/money.ts';
import { invalid } from '../validate.ts';

const LEAD = z.object({ id: id('lead') });
/** A known reason stands in the process's history; any other is kept as a note, and the history has its id. */
const ShortReason = text(200).meta({ description: 'A reason of GET /v1/reasons, or a few words' });
const ReasonKey = text(100).meta({
  description: `${DISQUALIFIED_BECAUSE.join(', ')}, or a reason of GET /v1/reasons. What people should read goes into \`note\``,
  example: 'competitor',
});
const Note = text(4000);

const Outcome = z
  .strictObject({
    result: z.enum(OUTCOMES),
    needId: id('need').optional().meta({
      description:
        'With `won`: the need that was won and whose sale goes on, also while another one is open. The current need without it',
    }),
    value: Money.optional(),
    funnelStage: text(100).optional(),
    reason: text(100).optional().meta({ description: 'Key from GET /v1/reasons' }),
    note: Note.optional(),
  })
  .meta({ id: 'Outcome' });

export function leadCommandRoutes(deps: ApiDeps): Route[] {
  const { store, settings } = deps;

  /** Checks that the caller may give the command, and returns the fields that every command has. */
  async function prepare(caller: Caller, leadId: string, kind: LeadCommand['kind'], request: Request) {
    await requireLead(store, caller, kind, leadId);
    return { commandId: commandIdOf(request, caller, leadId, kind), actor: actorOf(caller) };
  }

  async function noteOf({ commandId, actor }: { commandId: string; actor: Actor }, leadId: string, text?: string) {
    return text === undefined ? {} : { noteId: await keepNote(store, { commandId, leadId, actor, text }) };
  }

  const common = {
    method: 'post',
    tag: 'Commands',
    params: LEAD,
    headers: CommandKeyHeader,
    answers: DONE,
    problems: COMMAND_PROBLEMS,
  } as const;

  return [
    route({
      ...common,
      path: '/v1/leads/:id/enroll',
      summary: 'Enroll a lead in a cadence',
      access: 'enroll',
      description:
        'A lead that is in the cadence stays where it is, and nothing is sent; `restart` begins it again, and `step` puts it before this step of the cadence as it is now. What the lead got before is passed over, unless the step says `again: true`.',
      body: z.strictObject({ cadence: text(100), restart: z.boolean().optional(), step: text(100).optional() }),
      bodyExample: { cadence: 'ebook-resources' },
      problems: [...COMMAND_PROBLEMS, 'CADENCE_UNKNOWN'],
      async handle({ params, body: { cadence, restart, step }, caller, request, rules: { playbook } }) {
        const base = await prepare(caller, params.id, 'enroll', request);
        requireStep(playbook.cadences, { cadence, step }, 'step');
        return runCommand(deps, params.id, {
          ...base,
          kind: 'enroll',
          cadence,
          ...(restart === undefined ? {} : { restart }),
          ...(step === undefined ? {} : { step }),
        });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/pause',
      summary: 'Pause a lead: nothing is sent or offered until it is resumed',
      access: 'pause',
      body: z.strictObject({ reason: ShortReason.optional() }),
      bodyKind: 'optional-json',
      async handle({ params, body, caller, request, rules: { playbook } }) {
        const base = await prepare(caller, params.id, 'pause', request);
        const { reason } = body;
        if (reason === undefined || knownReasons(playbook).includes(reason))
          return runCommand(deps, params.id, { ...base, kind: 'pause', ...body });
        return runCommand(deps, params.id, { ...base, kind: 'pause', ...(await noteOf(base, params.id, reason)) });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/resume',
      summary: 'Resume a paused or held lead',
      access: 'resume',
      async handle({ params, caller, request }) {
        return runCommand(deps, params.id, {
          ...(await prepare(caller, params.id, 'resume', request)),
          kind: 'resume',
        });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/route',
      summary: 'Say which team or rep gets a lead',
      description:
        'For a lead that waits: in a queue, for somebody with room, or because the rules leave it no way; and for one that a rep has, whose assignment is over then.',
      access: 'route',
      body: Destination,
      bodyExample: { team: 'europe' },
      async handle({ params, body, caller, request, rules: { playbook } }) {
        const base = await prepare(caller, params.id, 'route', request);
        const to = await destinationOf(store, playbook, body);
        const noted = await noteOf(base, params.id, body.note);
        const along = await handOverOf(store, base.actor, body.handOver);
        return runCommand(deps, params.id, { ...base, kind: 'route', ...to, ...noted, ...along });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/disqualify',
      summary: 'Disqualify a lead: spam, invalid, a competitor, a duplicate',
      description: 'This is final. Do not use it for a person who merely did not answer.',
      access: 'disqualify',
      body: z.strictObject({ reason: ReasonKey, note: Note.optional() }),
      bodyExample: { reason: 'competitor' },
      async handle({ params, body: { reason, note }, caller, request, rules: { playbook } }) {
        const base = await prepare(caller, params.id, 'disqualify', request);
        const known = knownReasons(playbook);
        if (!known.includes(reason))
          throw invalid('body', [{ path: 'reason', message: `must be one of ${known.join(', ')}` }]);
        const noted = await noteOf(base, params.id, note);
        return runCommand(deps, params.id, { ...base, kind: 'disqualify', reason, ...noted });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/reopen',
      summary: 'Re-open a disqualified lead',
      description:
        'For a lead that was disqualified by mistake. It goes back to the rep who had accepted it, or else into the nurture pool.',
      access: 'reopen',
      body: z.strictObject({ note: Note }),
      bodyExample: { note: 'A real buyer: the form was filled in by a colleague' },
      async handle({ params, body: { note }, caller, request }) {
        const base = await prepare(caller, params.id, 'reopen', request);
        return runCommand(deps, params.id, { ...base, kind: 'reopen', ...(await noteOf(base, params.id, note)) });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/outcome',
      summary: 'Record the outcome of a lead',
      description:
        '`opportunity` may be recorded again with a new value or funnel stage, and `won` with the stages of the funnel after the sale. `back-to-nurture` sends the lead back to the nurture pool.',
      access: 'outcome',
      body: Outcome,
      bodyExample: { result: 'won', value: { amount: 1_250_000, currency: 'EUR' } },
      async handle({ params, body: { note, value, ...outcome }, caller, request, rules }) {
        const base = await prepare(caller, params.id, 'outcome', request);
        checkOutcome(rules, outcome);
        const noted = await noteOf(base, params.id, note);
        const money = value === undefined ? {} : { valueMinor: value.amount, currency: value.currency };
        return runCommand(deps, params.id, { ...base, kind: 'outcome', ...outcome, ...money, ...noted });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/unsubscribe',
      summary: 'Stop all marketing mail to a lead',
      description: 'For a person who asked by phone or in a reply. Repeating it changes nothing.',
      access: 'unsubscribe',
      headers: undefined,
      answers: {
        200: { description: 'Unsubscribed', schema: z.object({ leadId: id('lead'), unsubscribed: z.literal(true) }) },
      },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, caller }) {
        const { ringIds } = await unsubscribe(store, { leadId: params.id, source: 'api', actor: actorOf(caller) });
        deps.ring(ringIds);
        return json(200, { leadId: params.id, unsubscribed: true });
      },
    }),
    route({
      ...common,
      path: '/v1/leads/:id/fast-forward',
      summary: "Let a lead's time pass",
      description:
        'The process of the lead skips ahead and does everything that falls due. From then on the lead has its own clock. Not available in production.',
      access: 'fast-forward',
      headers: undefined,
      body: z.strictObject({ duration: DurationMs }),
      bodyExample: { duration: '4 days' },
      answers: {
        200: {
          description: 'The time was skipped, and the clock of the lead shows the new time',
          schema: z.object({ leadId: id('lead'), now: Timestamp }),
        },
      },
      problems: ['LEAD_UNKNOWN', 'PROCESS_ENDED', 'OFF_IN_PRODUCTION', 'TIME_SKIPPING_UNAVAILABLE'],
      async handle({ params, body, caller }) {
        if (settings.production)
          throw new AppError(
            'OFF_IN_PRODUCTION',
            'Fast-forward is not available in production: every lead is in real time there',
          );
        await requireLead(store, caller, 'fast-forward', params.id);
        const { nowMs } = await deps.fastForward(params.id, body.duration);
        return json(200, { leadId: params.id, now: new Date(nowMs).toISOString() });
      },
    }),
  ];
}

/** @throws AppError VALIDATION_FAILED for a reason or a funnel stage that the playbook does not know */
function checkOutcome(
  { playbook }: PublishedRules,
  outcome: { result: OutcomeResult; reason?: string | undefined; funnelStage?: string | undefined },
): void {
  const { result, reason, funnelStage } = outcome;
  const reasons = playbook.reasons.filter((one) => reasonMisfit(one, result) === null).map((one) => one.reason);
  const fields = [
    ...(reason === undefined || reasons.includes(reason)
      ? []
      : [{ path: 'reason', message: `must be one of ${reasons.join(', ')}` }]),
    ...(funnelStage === undefined || playbook.funnel.includes(funnelStage)
      ? []
      : [{ path: 'funnelStage', message: `must be one of ${playbook.funnel.join(', ')}` }]),
  ];
  if (fields.length > 0) throw invalid('body', fields);
}
