import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { DIGEST_RHYTHMS } from '../../domain/digest.ts';
import { AppError } from '../../domain/errors.ts';
import { digestEndedPage, digestPage } from '../../email/pages.ts';
import { readAsk } from '../../reports/ask.ts';
import { DIMENSION_KEYS, FILTER_KEYS } from '../../reports/dimensions.ts';
import { reportNamed } from '../../reports/registry.ts';
import { listSubscriptions, subscribeByAddress, unsubscribeReport } from '../../store/report-digests.ts';
import { actorOf, type Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { asPage, FAILED_PAGES, htmlPage, LIMITED_PAGES, linkNotValid, NOT_VALID, ONE_CLICK } from '../pages.ts';
import { empty, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { id, text, Timestamp, Token } from '../schemas/common.ts';
import { Email } from '../schemas/submission.ts';

const SubscriptionView = z
  .object({
    id: id('subscription'),
    report: z.string(),
    every: z.enum(DIGEST_RHYTHMS),
    asked: z.record(z.string(), z.string()).meta({ description: 'What is asked of the report beside its days' }),
    name: z.string(),
    email: z.string(),
    getsIt: z.boolean().meta({ description: 'False: this person may not read reports any more, and gets nothing' }),
    createdAt: Timestamp,
    last: z
      .object({ period: z.string(), status: z.string(), reason: z.string().nullable() })
      .nullable()
      .meta({ description: 'The latest mail: the day on which it was due, and what became of it' }),
  })
  .meta({ id: 'ReportSubscription' });

const NewSubscription = z
  .strictObject({
    report: text(100),
    every: z.enum(DIGEST_RHYTHMS),
    email: Email.meta({ description: 'Of somebody who may sign in to the console' }),
    by: z.enum(DIMENSION_KEYS).optional().meta({ description: 'What the rows are: see GET /v1/reports' }),
    segment: text(100).optional(),
    only: z.partialRecord(z.enum(FILTER_KEYS as [string, ...string[]]), text(200)).optional(),
  })
  .meta({ id: 'NewReportSubscription' });

/** Reports by mail: who gets which, and the link in such a mail. */
export function reportSubscriptionRoutes({ store, tokens, limits, log, settings }: ApiDeps): Route[] {
  const { organization } = settings;
  const failed = (error: Error) => log.error({ err: error }, 'a page about a report by mail failed');
  const link = {
    path: '/digests/:token',
    tag: 'Tracking',
    access: 'public',
    params: z.object({ token: Token }),
  } as const;

  /** A rep who is no manager has to do with their own mails alone. */
  const ownOf = (caller: Caller): { id: string } | null => {
    const actor = actorOf(caller);
    return actor.kind === 'rep' && !actor.manager ? { id: actor.repId } : null;
  };

  return [
    route({
      method: 'get',
      path: '/v1/report-subscriptions',
      tag: 'Reports',
      summary: 'Who gets which report by mail',
      access: 'save-report',
      answers: { 200: { description: 'The newest first', schema: z.object({ items: z.array(SubscriptionView) }) } },
      async handle({ caller }) {
        const items = (await listSubscriptions(store.db, ownOf(caller))).map(({ actor, words, createdAt, ...one }) => ({
          ...one,
          asked: { ...words },
          getsIt: actor !== null,
          createdAt: createdAt.toISOString(),
        }));
        return json(200, { items });
      },
    }),
    route({
      method: 'post',
      path: '/v1/report-subscriptions',
      tag: 'Reports',
      summary: 'Send somebody a report by mail, every day or week',
      description:
        'To somebody who may sign in to the console; the report counts the leads that they may see. A mail goes out at 7 in the organization’s zone, of yesterday or the last full week. Asked otherwise (split by something else, or of other leads) it is one more.',
      access: 'save-report',
      body: NewSubscription,
      bodyExample: { report: 'funnel', every: 'weekly', email: 'mia@example.com', by: 'source' },
      answers: { 201: { description: 'Subscribed', schema: z.object({ id: id('subscription') }) } },
      problems: ['NOT_FOUND'],
      async handle({ body: { report, every, email, only = {}, by, segment }, caller, rules: { playbook } }) {
        const words = { ...only, ...(by && { by }), ...(segment && { segment }) } as Record<string, string>;
        readAsk(reportNamed(report), words, { scope: { kind: 'all' }, playbook, realNowMs: store.realNow() });
        const createdBy = actorHandle(actorOf(caller));
        const subscription = { report, every, words, createdBy };
        return json(201, { id: await subscribeByAddress(store.db, email, subscription, ownOf(caller)) });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/report-subscriptions/:id',
      tag: 'Reports',
      summary: 'Send a report by mail no more',
      access: 'save-report',
      params: z.object({ id: id('subscription') }),
      answers: { 204: { description: 'It goes out no more' } },
      problems: ['NOT_FOUND'],
      async handle({ params, caller }) {
        if (!(await unsubscribeReport(store.db, params.id, ownOf(caller))))
          throw new AppError('NOT_FOUND', 'There is no such subscription, see GET /v1/report-subscriptions');
        return empty(204);
      },
    }),
    route({
      ...link,
      method: 'get',
      summary: 'Asks whether a report is to come no more; changes nothing',
      answers: {
        200: { description: 'A page with a button', mediaType: 'text/html' },
        404: NOT_VALID,
        ...LIMITED_PAGES,
      },
      handle({ params, request }) {
        return asPage(organization, failed, async () => {
          await limits.spend('pages', request);
          return tokens.readDigest(params.token) === null
            ? linkNotValid(organization)
            : htmlPage(200, digestPage({ organization, action: `/digests/${params.token}` }));
        });
      },
    }),
    route({
      ...link,
      method: 'post',
      summary: 'Ends a report by mail',
      description:
        'One-click by RFC 8058, or the button on the page. Any body is taken, or none. Repeating it changes nothing.',
      ...ONE_CLICK,
      beforeBody: ({ token }) => (tokens.readDigest(token) === null ? linkNotValid(organization) : null),
      answers: {
        200: { description: 'A page: it comes no more', mediaType: 'text/html' },
        404: NOT_VALID,
        ...FAILED_PAGES,
      },
      handle({ params }) {
        return asPage(organization, failed, async () => {
          const subscription = tokens.readDigest(params.token);
          if (subscription === null) return linkNotValid(organization);
          await unsubscribeReport(store.db, subscription.subscriptionId);
          return htmlPage(200, digestEndedPage({ organization }));
        });
      },
    }),
  ];
}
