import { z } from 'zod';
import { AppError, type FieldError } from '../../domain/errors.ts';
import { denialAtAll, managesTeams, mayHandTo } from '../../domain/policy.ts';
import { reasonInWords } from '../../domain/send-words.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { StoreContext } from '../../store/context.ts';
import { fixedRules, type PublishedRules } from '../../store/rules/in-force.ts';
import { listLeads, type ListedLead, listLeadsInOrder } from '../../store/lists/leads.ts';
import { readConsent, readLead } from '../../store/lists/lead.ts';
import { readOfferable } from '../../store/lists/reps.ts';
import { type LeadSubmission, submitLead, type SubmitResult } from '../../store/capture/submit-lead.ts';
import { requireLead, scopeFor } from '../access.ts';
import { actorOf, mayVouch, type Caller } from '../caller.ts';
import { formReceivedPage } from '../../email/pages.ts';
import type { ApiDeps } from '../deps.ts';
import { formPostOf } from '../form-post.ts';
import { eventSourceOf, refuseEventType, refuseSource } from '../event-types.ts';
import { inStep } from '../in-step.ts';
import { type KeptResponse, idempotencyKey, IdempotencyHeader, once } from '../idempotency.ts';
import type { LeadHandles } from '../../crypto/lead-handles.ts';
import { LEAD_SORT, leadOrderCursor, readLeadOrder } from '../lead-order.ts';
import { answerPage, idCursor, PAGE_QUERY, readIdCursor } from '../page.ts';
import { htmlPage } from '../pages.ts';
import { empty, json, type Reply } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { Lead, LeadPage } from '../schemas/lead.ts';
import { LEAD_FILTERS } from '../schemas/lead-filter.ts';
import { LEAD_MATCH } from '../schemas/lead-match.ts';
import { leadFilterOf } from '../../reports/ask-leads.ts';
import { withWays } from '../../steps/ways-asked.ts';
import { Email, Submission, SUBMISSION_EXAMPLE, toSubmission } from '../schemas/submission.ts';
import { invalid } from '../validate.ts';
import { leadDetail, leadSummary } from '../views/lead.ts';

const LEAD_ID = z.object({ id: id('lead') });
/** The address is sent in the body. Every proxy on the way would log it in a URL. */
const Lookup = z.strictObject({ email: Email }).meta({ id: 'LeadLookup' });
const Submitted = z
  .object({
    id: id('lead').optional().meta({
      description:
        'Id of the lead. For a site key: a handle, which names the lead only in events by this key. Absent for a rep whose lead it is not',
    }),
    outcome: z.enum(['created', 'updated', 'received']).meta({
      description:
        'For a site key always `received`: it is not told whether the person was known. For a rep `received` when a known lead is not theirs',
    }),
    event: z.enum(['accepted', 'duplicate', 'id-taken']).optional().meta({
      description:
        'Result of the event that was sent with the lead. `id-taken`: the event is not recorded, because its source has used this id for another lead or type. Absent with `received`',
    }),
    mailable: z
      .boolean()
      .optional()
      .meta({ description: 'True when marketing mail may be sent to the lead now. Absent with `received`' }),
    because: z.string().optional().meta({
      description: 'Why the lead is not mailable',
      example: 'there is no consent to marketing mail',
    }),
    note: z.string().optional().meta({
      description:
        'Present when a stated value was replaced, for example a time in the future by now, and when a known lead is not yours',
    }),
  })
  .meta({ id: 'SubmittedLead' });
const Filters = z.strictObject({ ...LEAD_FILTERS, ...LEAD_MATCH, sort: LEAD_SORT, ...PAGE_QUERY });

export function leadRoutes({ store, ring, handles, settings }: ApiDeps): Route[] {
  /** Redirects only to the key's own origins. An open redirect would let anybody use our name for their page. */
  const thank = (redirect: string | null, { origins }: Caller): Reply =>
    redirect !== null && URL.canParse(redirect) && origins.includes(new URL(redirect).origin)
      ? empty(303, { Location: new URL(redirect).href })
      : htmlPage(200, formReceivedPage({ organization: settings.organization }));
  const context = ({ playbook }: PublishedRules) => ({
    realNowMs: store.realNow(),
    fading: playbook.scoring,
  });

  return [
    route({
      method: 'post',
      path: '/v1/leads',
      tag: 'Leads',
      summary: 'Take in a lead',
      description:
        'Creates the lead, or adds a touch to the one with this email (in any case) and updates its profile. The first touch is kept. ' +
        'A site key is public: it fills empty fields and overwrites nothing, and its consent to marketing mail does not lift an earlier ' +
        'refusal. Different values that it states are kept with the touch and shown in the timeline. ' +
        'A rep creates leads and updates their own. A request for a known lead that is not theirs is treated like one with a site key, ' +
        '`enterAt` is ignored, and the owner is told. A rep sends no event. `enterAt.owner` is the rep; for a manager, a rep of their teams. ' +
        'The process of the lead starts by itself. With a site key, a form without a script is accepted as well: form-encoded or multipart, ' +
        'the key in the field `key`, nested fields with dots as in `consent.text`, unknown fields as attributes. The answer is a page, or ' +
        '303 to the URL in the field `redirect` if that is on one of the key’s origins.',
      access: 'submit-lead',
      headers: IdempotencyHeader,
      body: Submission,
      bodyExample: SUBMISSION_EXAMPLE,
      fromBrowsers: true,
      limited: 'forms',
      takesForms: true,
      answers: {
        201: {
          description: 'A new lead (always, for a site key)',
          schema: Submitted,
          example: { id: EXAMPLE_ID, outcome: 'created', mailable: true },
        },
        303: { description: 'A form without a script was accepted; the browser is redirected to its `redirect`' },
        200: {
          description: 'A known lead was updated. A form without a script is answered with a page',
          schema: Submitted,
          example: {
            id: EXAMPLE_ID,
            outcome: 'updated',
            mailable: false,
            because: 'there is no consent to marketing mail',
          },
        },
      },
      problems: ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'],
      async handle({ body, caller, request, rules }) {
        const submission = submissionOf(body, caller, request.ip);
        const key = idempotencyKey(request);
        const ringIds: string[] = [];
        let answer: KeptResponse | undefined;
        const take = () =>
          once(store.db, store.realNow, caller, key, request.body, async (keep) => {
            await checkSubmission({ db: store.db, playbook: rules.playbook }, body, caller);
            const result = await submitLead({ ...store, rules: fixedRules(rules) }, submission, {
              by: actorOf(caller),
              alongside: (tx, done) => keep(tx, (answer = answerTo(caller, done, handles))),
            });
            ringIds.push(...result.ringIds);
            return answer ?? answerTo(caller, result, handles);
          });
        const reply = await (caller.role === 'site' ? inStep(take) : take());
        ring(ringIds);
        const form = formPostOf(request);
        if (form?.isPlain === true) return thank(form.redirect, caller);
        return caller.role === 'site' ? reply : withLocation(reply);
      },
    }),
    route({
      method: 'get',
      path: '/v1/leads',
      tag: 'Leads',
      summary: 'List leads, newest first or in another order',
      description:
        "A rep sees their own, a manager their teams'. The filters are those that the figures of reports and cadences lead to; all that are given must hold.",
      access: 'see-lead',
      query: Filters,
      answers: { 200: { description: 'A page of leads', schema: LeadPage } },
      async handle({ query, caller, rules }) {
        const {
          sort,
          cursor,
          limit,
          step,
          mail,
          arm,
          left,
          to,
          run,
          campaign,
          since,
          until,
          inStageSince,
          overdue,
          ...fields
        } = query;
        const scope = scopeFor(caller, 'see-lead');
        const ofCadence = { step, mail, arm, left, to, run, cadence: fields.cadence };
        const words = { ...ofCadence, campaign, since, until, inStageSince, overdue };
        const at = { now: new Date(store.realNow()), zone: rules.playbook.defaultTimeZone };
        const filter = await withWays(store.db, leadFilterOf(fields, words, at), rules.cadences);
        const show = (leads: readonly ListedLead[]) => leads.map((lead) => leadSummary(lead, context(rules)));
        if (sort !== 'newest') {
          const order = readLeadOrder(sort, cursor, { nowMs: store.realNow(), fading: rules.playbook.scoring });
          return answerPage({
            limit,
            read: (count) => listLeadsInOrder(store.db, scope, filter, order, order.after, count),
            endOf: (last) => leadOrderCursor(sort, last, order),
            show,
          });
        }
        const after = readIdCursor(cursor);
        return answerPage({
          limit,
          read: (count) => listLeads(store.db, scope, filter, after, count),
          endOf: ({ id: last }) => idCursor(last),
          show,
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/leads/lookup',
      tag: 'Leads',
      summary: 'Find a lead by email',
      description:
        'Send the whole address, in upper or lower case. The page is empty when no lead that the caller may see has this address. Changes nothing.',
      access: 'see-lead',
      body: Lookup,
      bodyExample: { email: 'ada@lovelace.example' },
      answers: { 200: { description: 'The lead, or none', schema: LeadPage } },
      async handle({ body, caller, rules }) {
        const rows = await listLeads(store.db, scopeFor(caller, 'see-lead'), { email: body.email }, null, 1);
        return json(200, { items: rows.map((lead) => leadSummary(lead, context(rules))), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/leads/:id',
      tag: 'Leads',
      summary: 'Read a lead',
      access: 'see-lead',
      params: LEAD_ID,
      answers: { 200: { description: 'The lead as it stands', schema: Lead } },
      problems: ['LEAD_UNKNOWN'],
      async handle({ params, caller, rules }) {
        await requireLead(store, caller, 'see-lead', params.id);
        const lead = await readLead(store.db, params.id);
        if (lead === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id');
        return json(200, leadDetail(lead, await readConsent(store.db, lead), context(rules)));
      },
    }),
  ];
}

const EXAMPLE_ID = 'lead-0193f0c2a7b47c1e8f9d2b3c4d5e6f70';

/** The submission in the shape that the store takes, with what this caller may state. */
function submissionOf(body: Submission, caller: Caller, ip: string | undefined): LeadSubmission {
  const isForm = caller.role === 'site';
  const stated = toSubmission(body, isForm ? 'form' : 'api');
  const { consent } = stated;
  // A browser sends a form itself; what a public key states of an address proves nothing.
  const submission =
    isForm && consent !== undefined && ip !== undefined ? { ...stated, consent: { ...consent, ip } } : stated;
  const { event } = submission;
  if (event === undefined) return submission;
  return { ...submission, event: { ...event, source: eventSourceOf(caller, event.source) } };
}

const NOT_YOURS = 'The lead is known and is not yours: the request was kept, and nothing was overwritten';

/** A public key must not learn whether a person is known. A rep learns no more than that of a lead that is not theirs. */
function answerTo(
  caller: Caller,
  { leadId, outcome, event, vouched, mail, wasAhead }: SubmitResult,
  handles: LeadHandles,
): KeptResponse {
  if (caller.role === 'site')
    return { status: 201, body: { id: handles.write(leadId, caller.keyId), outcome: 'received' } };
  if (!vouched) return { status: 200, body: { outcome: 'received', note: NOT_YOURS } };
  const body = {
    id: leadId,
    outcome,
    ...(event === null ? {} : { event }),
    ...(mail === null ? {} : { mailable: mail.may }),
    ...(mail === null || mail.may ? {} : { because: reasonInWords(mail.reason) }),
    ...(wasAhead ? { note: 'occurredAt is in the future: now was taken instead' } : {}),
  };
  return { status: outcome === 'created' ? 201 : 200, body };
}

function withLocation(reply: ReturnType<typeof json>): ReturnType<typeof json> {
  const value = reply.body.kind === 'json' ? (reply.body.value as { id?: unknown }) : {};
  return typeof value.id === 'string'
    ? { ...reply, headers: { ...reply.headers, Location: `/v1/leads/${value.id}` } }
    : reply;
}

/**
 * Checks that the schema cannot make: the names must be in the playbook, and a public form may not state everything. Otherwise a
 * public key could hand anybody to a rep, score them, or let old actions count for the current need.
 *
 * @throws AppError VALIDATION_FAILED
 */
async function checkSubmission(
  { db, playbook }: { db: StoreContext['db']; playbook: Playbook },
  body: Submission,
  caller: Caller,
): Promise<void> {
  const isTrusted = mayVouch(caller);
  const { event, enterAt, occurredAt } = body;
  const fields: FieldError[] = [];
  const actor = actorOf(caller);
  if (event !== undefined && denialAtAll(actor, 'record-event') !== null) {
    const message = 'cannot be sent with the key of a rep: what was said belongs to the activities of the lead';
    fields.push({ path: 'event', message });
  }
  const refusal = event === undefined ? null : refuseEventType(playbook, event.type, caller);
  if (refusal !== null) fields.push({ path: 'event.type', message: `is not possible: ${refusal.message}` });
  const sourceRefusal = refuseSource(caller, event?.source);
  if (sourceRefusal !== null) fields.push({ path: 'event.source', message: `is not possible: ${sourceRefusal}` });
  if (!isTrusted && enterAt !== undefined) {
    const message = 'cannot be set with a site key: a form does not decide on a hand-off';
    fields.push({ path: 'enterAt', message });
  }
  if (!isTrusted && occurredAt !== undefined) {
    const message = 'cannot be set with a site key: a form is sent when it has been filled in';
    fields.push({ path: 'occurredAt', message });
  }
  if (isTrusted && enterAt?.funnelStage !== undefined && !playbook.funnel.includes(enterAt.funnelStage))
    fields.push({ path: 'enterAt.funnelStage', message: `must be one of ${playbook.funnel.join(', ')}` });
  if (isTrusted && enterAt?.owner !== undefined) {
    const owner = await readOfferable(db, enterAt.owner);
    const message =
      owner === null
        ? 'must be the key of an active rep in a team, see GET /v1/reps'
        : `must be ${managesTeams(actor) ? 'a rep of your teams' : 'your own key'}: to whom else a lead goes, the routing says`;
    if (owner === null || !mayHandTo(actor, owner)) fields.push({ path: 'enterAt.owner', message });
  }
  if (fields.length > 0) throw invalid('body', fields);
}
