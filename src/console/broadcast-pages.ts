/** Broadcasts and newsletters: a list, and a page for each broadcast with its progress, its figures and its buttons. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import {
  type Broadcast,
  changeBroadcast,
  findBroadcast,
  keepPreview,
  listBroadcasts,
} from '../store/broadcasts/broadcasts.ts';
import { figuresOf, leftSoon } from '../store/broadcasts/figures.ts';
import { previewBroadcast } from '../store/broadcasts/preview.ts';
import { waitsOf } from '../store/broadcasts/waits.ts';
import { issueNewsletter } from '../store/newsletters/issue.ts';
import { changeNewsletter, findNewsletter, listNewsletters } from '../store/newsletters/newsletters.ts';
import { mailsPart } from './broadcast-mail.ts';
import { broadcastPart, broadcastsTable, newslettersPart } from './broadcast-parts.ts';
import type { ConsoleDeps } from './deps.ts';
import { chosen, field } from './fields.ts';
import { type Html, live, said, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { actorAtAll, requireAtAll, type Visitor, visitorOf } from './session.ts';

const SHOWN = 50;

const DONE = {
  preview: 'The leads were looked at. Nothing was sent.',
  start: 'The broadcast is started.',
  pause: 'The broadcast is paused: what the mail server has is finished.',
  resume: 'The broadcast goes on.',
  cancel: 'The broadcast is canceled: who has not got it gets nothing.',
} as const;
const NEWSLETTER_DONE = {
  pause: 'The newsletter is paused.',
  resume: 'The newsletter goes on with its next time.',
  'send-now': 'An issue began.',
} as const;
/** The list comes all the same, and shows the figure a moment later. Milliseconds. */
const COUNTED_WITHIN = 100;

const AGAIN = 'Load the page again, and repeat.';

export function broadcastPages(router: Router, deps: ConsoleDeps): void {
  const { store, settings, broadcasts, newsletters } = deps;
  const { db } = store;
  const send = (response: Response, visitor: Visitor, title: string, content: Html) =>
    sendPage(response, 200, { title, companyName: settings.organization.companyName, who: headOf(visitor) }, content);

  router.get('/broadcasts', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'see-publishing');
    const [found, rows] = await Promise.all([listBroadcasts(db, null, SHOWN), listNewsletters(db)]);
    const left = await Promise.all(found.map((one) => leftSoon(db, one, COUNTED_WITHIN)));
    const next = await Promise.all(rows.map(({ key }) => newsletters.times(key)));
    const { playbook } = store.rules.current();
    const content = html`${said(NEWSLETTER_DONE, request)}${newslettersPart(
        rows.map((row, n) => ({ row, next: next[n]?.[0] ?? null })),
        playbook.newsletters ?? [],
        { ...visitor, mayAct: actorAtAll(visitor, 'manage-runs') !== null },
      )}
      <h2>Broadcasts</h2>
      ${live(
        '/console/broadcasts',
        broadcastsTable(
          found.map((one, n) => ({ one, left: left[n] ?? null })),
          visitor.zone,
        ),
      )}
      <p class="soft small">Times are those of ${visitor.zone}.</p>`;
    await send(response, visitor, 'Broadcasts', content);
  });

  router.get('/broadcasts/:id', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'see-publishing');
    const one = await findBroadcast(db, request.params['id']);
    const [figures, waits] = await Promise.all([figuresOf(db, one), waitsOf(db, store.rules.current().playbook, one)]);
    const mayAct = actorAtAll(visitor, 'manage-runs') !== null;
    const part = broadcastPart({ one, ...figures, waits }, { ...visitor, mayAct });
    const content = html`${said(DONE, request)}${part.buttons}${live(`/console/broadcasts/${one.id}`, part.figures)}
      ${await mailsPart(deps, one)}
      <p><a href="/console/broadcasts">All broadcasts</a></p>`;
    await send(response, visitor, one.key, content);
  });

  router.post('/broadcasts/:id', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const by = actorHandle(requireAtAll(visitor, 'manage-runs'));
    const what = chosen(request, 'do', DONE, AGAIN);
    const one = await findBroadcast(db, request.params['id']);
    if (what === 'preview') await look(one);
    else await change(one, what, by);
    response.redirect(303, `/console/broadcasts/${one.id}?done=${what}`);
  });

  router.post('/newsletters/:key', async (request: Request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const by = actorHandle(requireAtAll(visitor, 'manage-runs'));
    const what = chosen(request, 'do', NEWSLETTER_DONE, AGAIN);
    const { key } = await findNewsletter(db, String(request.params['key']));
    if (what === 'send-now') {
      const now = new Date(store.realNow());
      const issued = await issueNewsletter(db, store.rules.current(), { newsletter: key, at: now, now, by });
      if (issued.kind === 'passed') throw new AppError('CONFLICT', `No issue goes out: ${issued.because}.`);
      broadcasts.tell(issued.broadcastId);
    } else {
      await changeNewsletter(db, key, what === 'pause' ? 'paused' : 'resumed', by);
      newsletters.tell(key);
    }
    response.redirect(303, `/console/broadcasts?done=${field(request, 'do')}`);
  });

  async function look(one: Broadcast): Promise<void> {
    if (one.audience === null)
      throw new AppError('CONFLICT', `This broadcast is ${one.status}: a preview is for one that has not begun.`);
    const { preview } = await previewBroadcast(db, one, store.rules.current().playbook, store.realNow());
    await keepPreview(db, one.id, preview);
  }

  async function change({ id }: Broadcast, what: 'start' | 'pause' | 'resume' | 'cancel', by: string): Promise<void> {
    const to = what === 'pause' ? 'paused' : what === 'cancel' ? 'canceled' : 'running';
    const only = what === 'start' ? ['previewed' as const] : what === 'resume' ? ['paused' as const] : undefined;
    await changeBroadcast(db, id, to, { by, ...(only === undefined ? {} : { only }) });
    broadcasts.tell(id);
  }
}
