import { z } from 'zod';
import { ATTENTION_KINDS, attentionPage, type AttentionKind } from '../../store/lists/attention.ts';
import { withNames } from '../../store/lists/names.ts';
import { scopeFor } from '../access.ts';
import type { ApiDeps } from '../deps.ts';
import { answerPage, PAGE_QUERY, pageOf, pageEndCursor, readPageEndCursor } from '../page.ts';
import { route, type Route } from '../route.ts';
import { Timestamp, id } from '../schemas/common.ts';

const Entry = z
  .object({
    kind: z.enum(ATTENTION_KINDS),
    leadId: id('lead').nullable().meta({ description: 'Null: it is about many leads' }),
    ref: z.string().nullable().meta({
      description:
        'The send, assignment, touch, task, kind of finding, bulk run, broadcast or newsletter (its key), incoming mail, receiver of mails or pause ("sending" or "cadence:KEY"), the number of the playbook revision, or the campaign as touches name it, that the entry is about',
    }),
    since: Timestamp,
    reason: z.string(),
    whatToDo: z.string(),
  })
  .meta({ id: 'AttentionEntry' });

const WHAT_TO_DO: Readonly<Record<AttentionKind, string>> = {
  held: 'Remove the cause named in the reason, then POST /v1/leads/{id}/resume',
  finding:
    'The reason says what to do. A process that is overdue or does not react has been rung and should recover by itself. If the entry stays, terminate the process in the Temporal UI: the engine starts a new one',
  'send-in-doubt':
    'Check in the log of the mail server whether it was delivered. The engine does not send it again, and the cadence goes on. Then POST /v1/sends/{ref}/resend if it was not, or /dismiss (npx nurture send)',
  'rep-mail-in-doubt':
    'Ask the rep whether the mail arrived. If it did not, POST /v1/sends/{ref}/resend tells it again; else /dismiss. Their desk has all that it told of (/console). The entry goes also with their next list, or once the leads of the alerts wait for them no more, and after 7 days',
  reroute: 'POST /v1/assignments/{ref}/reroute to the team or rep it belongs to',
  unassigned: 'Say who gets it, POST /v1/leads/{id}/route to a team or rep, or remove the cause named in the reason',
  'no-decision':
    'Ask the rep to decide: POST /v1/assignments/{ref}/accept or /reject. Or POST /v1/assignments/{ref}/reroute',
  'task-overdue': 'See to it that the task is done, then POST /v1/tasks/{ref}/done, or /cancel',
  'late-contact': 'See to it that the rep calls or writes and logs it, or POST /v1/assignments/{ref}/reroute',
  'late-answer': 'See to it that the rep answers and logs it, or POST /v1/assignments/{ref}/reroute',
  stuck: 'Ask the rep what comes next and have it logged with a date, or POST /v1/assignments/{ref}/reroute',
  'run-stopped':
    'Remove the cause named in the reason, then POST /v1/bulk-runs/{ref}/resume, or /cancel (npx nurture runs resume)',
  'broadcast-stopped':
    'Remove the cause named in the reason, then POST /v1/broadcasts/{ref}/resume, or /cancel. Where a variant is to be chosen: POST /v1/broadcasts/{ref}/winner (npx nurture broadcast winner)',
  'mail-returned':
    'Read it: GET /v1/inbound-mails/{ref}. Then POST /v1/inbound-mails/{ref}/suppress if the address is gone for good or reported a mail as spam, /unsubscribe if its writer wants no more mail, or /dismiss',
  'newsletter-not-sent':
    'Do what the reason says: publish new words, or see to the issue before it. Then wait for its next time, or POST /v1/newsletters/{ref}/send-now (npx nurture newsletter send-now). The entry goes with the next issue, with new words, or when the newsletter is paused',
  paused: 'Resume it once what it was paused for is done: POST /v1/sending/resume, or /v1/cadences/{cadence}/resume',
  'receiver-refuses':
    'Do what the reason says: leave the block list, mend SPF, DKIM or DMARC (npx nurture email doctor), or send less (`sending` in settings.yaml). Mails to it wait, and one tries after each pause; POST /v1/sending/receivers/{ref}/lift (npx nurture sending lift) has them leave sooner',
  'canary-halted':
    'See how it did: GET /v1/cadences/{cadence}/results (npx nurture cadence results). Its leads go on in its revision: `npx nurture publish --revision {ref} --migrate` takes them back. The entry goes with the next publishing: mend the files, or publish them with --again',
  'unknown-campaign':
    'List it in campaigns.yaml; or, if another campaign is meant, give that one a rule (`utm: { campaign: … }`) that fits. Then publish. Another tool lists it by PUT /v1/campaigns/{ref}',
  'asked-again':
    'A disqualified lead made a new request and gets nothing: decide whether the disqualification still holds, and contact it',
};

export function attentionRoutes({ store }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/attention',
      tag: 'Operating',
      summary: 'List everything that waits for a person, oldest first',
      description:
        'Held leads, findings of the reconciler, sends in doubt, lists of the day and gathered alerts to reps in doubt, leads without a rep, leads to reroute, disqualified leads that sent another request, overdue decisions and tasks of reps, late first contacts and answers, leads with which nothing happens, mails that came back and need a look; and, for whoever sees all leads, bulk runs that stopped by themselves, newsletters that did not go out, canaries that were halted by themselves, campaigns that touches name and nobody listed, receivers that refuse our mails, and pauses of a cadence or of all sending.',
      access: 'see-attention',
      query: z.strictObject({ kind: z.enum(ATTENTION_KINDS).optional(), ...PAGE_QUERY }),
      answers: { 200: { description: 'A page of entries', schema: pageOf(Entry).meta({ id: 'Attention' }) } },
      async handle({ query: { kind, cursor, limit }, caller }) {
        const scope = scopeFor(caller, 'see-attention');
        const after = readPageEndCursor(cursor);
        return answerPage({
          limit,
          read: (count) => attentionPage(store.db, scope, kind ?? null, after, count),
          endOf: ({ since, key }) => pageEndCursor({ at: since, key }),
          show: async (rows) => {
            const reasons = await withNames(
              store.db,
              rows.map(({ reason }) => reason),
            );
            return rows.map((row, n) => ({
              kind: row.kind,
              leadId: row.leadId,
              ref: row.ref,
              since: row.since.toISOString(),
              reason: reasons[n] ?? row.reason,
              whatToDo: WHAT_TO_DO[row.kind],
            }));
          },
        });
      },
    }),
  ];
}
