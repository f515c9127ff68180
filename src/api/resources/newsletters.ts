import { z } from 'zod';
import { actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { findBroadcast, issuesOf } from '../../store/broadcasts/broadcasts.ts';
import { issueNewsletter } from '../../store/newsletters/issue.ts';
import {
  changeNewsletter,
  findNewsletter,
  listNewsletters,
  type NewsletterRow,
} from '../../store/newsletters/newsletters.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import { actorOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { BroadcastView } from '../schemas/broadcast.ts';
import { text } from '../schemas/common.ts';
import { NewsletterView, NewsletterWithIssues } from '../schemas/newsletter.ts';
import { broadcastView } from '../views/broadcast.ts';
import { issuesView, newsletterView } from '../views/newsletter.ts';
import { doersOf } from '../views/person.ts';

const PARAMS = z.object({ key: text(100).meta({ description: 'Key of a newsletter', example: 'garden-news' }) });
const ISSUES_SHOWN = 20;

/** A broadcast again and again, at set times: playbook/newsletters.yaml. */
export function newsletterRoutes({ store, broadcasts, newsletters }: ApiDeps): Route[] {
  const { db } = store;

  const view = async (rules: PublishedRules, row: NewsletterRow): Promise<z.input<typeof NewsletterView>> => {
    const [next, doers] = await Promise.all([newsletters.times(row.key), doersOf(db, [row.pausedBy])]);
    const shown = newsletterView(rules, row, { next, doers });
    if (shown === null) throw new AppError('NOT_FOUND', 'There is no such newsletter in the playbook in force here.');
    return shown;
  };

  const change = (word: 'pause' | 'resume', to: 'paused' | 'resumed', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/newsletters/:key/${word}`,
      tag: 'Broadcasts',
      summary,
      access: 'manage-runs',
      params: PARAMS,
      answers: { 200: { description: 'The newsletter', schema: NewsletterView } },
      problems: ['NOT_FOUND'],
      async handle({ params, caller, rules }) {
        const row = await changeNewsletter(db, params.key, to, actorHandle(actorOf(caller)));
        newsletters.tell(row.key);
        return json(200, await view(rules, row));
      },
    });

  return [
    route({
      method: 'get',
      path: '/v1/newsletters',
      tag: 'Broadcasts',
      summary: 'List the newsletters of the playbook, and when they go out next',
      access: 'see-publishing',
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(NewsletterView) }) } },
      async handle({ rules }) {
        const rows = await listNewsletters(db);
        const times = await Promise.all(rows.map(({ key }) => newsletters.times(key)));
        const doers = await doersOf(
          db,
          rows.map(({ pausedBy }) => pausedBy),
        );
        const shown = rows.flatMap((row, n) => newsletterView(rules, row, { next: times[n] ?? null, doers }) ?? []);
        return json(200, { items: shown });
      },
    }),
    route({
      method: 'get',
      path: '/v1/newsletters/:key',
      tag: 'Broadcasts',
      summary: 'A newsletter and its newest issues',
      access: 'see-publishing',
      params: PARAMS,
      answers: { 200: { description: 'The newsletter', schema: NewsletterWithIssues } },
      problems: ['NOT_FOUND'],
      async handle({ params, rules }) {
        const shown = await view(rules, await findNewsletter(db, params.key));
        return json(200, { ...shown, issues: issuesView(await issuesOf(db, params.key, ISSUES_SHOWN)) });
      },
    }),
    change('pause', 'paused', 'Pause a newsletter: no issue begins before it is resumed'),
    change('resume', 'resumed', 'Resume a newsletter: it goes on with its next time'),
    route({
      method: 'post',
      path: '/v1/newsletters/:key/send-now',
      tag: 'Broadcasts',
      summary: 'Send an issue now, also of a newsletter that is paused. Twice within a minute is one issue',
      access: 'manage-runs',
      params: PARAMS,
      answers: { 200: { description: 'The broadcast of the issue', schema: BroadcastView } },
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, rules, caller }) {
        const { key: newsletter } = await findNewsletter(db, params.key);
        const now = new Date(store.realNow());
        const issued = await issueNewsletter(db, rules, { newsletter, at: now, now, by: actorHandle(actorOf(caller)) });
        if (issued.kind === 'passed') throw new AppError('CONFLICT', `No issue goes out: ${issued.because}.`);
        broadcasts.tell(issued.broadcastId);
        return json(200, await broadcastView(store, await findBroadcast(db, issued.broadcastId)));
      },
    }),
  ];
}
