/** The reports: an overview, a page for each, and the leads behind a figure. */
import { isDeepStrictEqual } from 'node:util';
import type { Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { type Actor, actorHandle } from '../domain/actor.ts';
import { DIGEST_RHYTHMS } from '../domain/digest.ts';
import { listSubscriptions, subscribe, unsubscribeReport } from '../store/report-digests.ts';
import { digestPart, subscriptionsPart } from './digest-part.ts';
import { field } from './fields.ts';
import { ASK_KEYS, type AskWords, readAsk } from '../reports/ask.ts';
import { csvName, toCsv } from '../reports/csv.ts';
import { toJson } from '../reports/json.ts';
import { CAMPAIGNS } from '../reports/campaigns.ts';
import { FUNNEL } from '../reports/funnel.ts';
import { LEADS_IN } from '../reports/leads-in.ts';
import { MANAGERS } from '../reports/managers.ts';
import { currencyOf } from '../reports/money.ts';
import { type Answer, answer, isBeingCounted } from '../reports/answer.ts';
import { firstDayOf, type PeriodChoice, periodChoices, periodInWords } from '../reports/period-choices.ts';
import { dayOf, lastDayOf } from '../reports/periods.ts';
import { REPORTS, reportNamed } from '../reports/registry.ts';
import type { Asked, Report } from '../reports/report.ts';
import { valuesOf } from '../reports/values.ts';
import { reachInWords } from '../reports/words.ts';
import { countedPart, lookAgain } from './being-counted.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Html, problem, said, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { ASK_LABELS, askForm, periodTitle, quickPeriods } from './report-ask.ts';
import { asOfPart, linkOnPaper, oldestOf, overviewPart, sectionPart } from './report-parts.ts';
import { isRenewed, linksOf, queryOf, reportAsker, shownByOf, wordsOf } from './report-words.ts';
import { requireAtAll, type Visitor, visitorOf } from './session.ts';
import { problemInWords } from './wrong.ts';

/** What the overview shows: the first part of each, and of its totals these. Those of offers are all that can become of one, which add up. */
const OVERVIEW: readonly { report: Report; words: AskWords; totals: readonly string[] }[] = [
  { report: LEADS_IN, words: {}, totals: ['needs', 'returned', 'open', 'spam', 'value'] },
  { report: FUNNEL, words: {}, totals: [] },
  { report: CAMPAIGNS, words: {}, totals: ['leads', 'qualified', 'accepted', 'won', 'value'] },
  {
    report: MANAGERS,
    words: { by: 'team' },
    totals: ['handed', 'accepted', 'rejected', 'moved', 'undecided', 'expired', 'won'],
  },
];

export function reportPages(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;

  const send = (response: Response, visitor: Visitor, title: string, content: Html, status = 200) =>
    sendPage(
      response,
      status,
      { title, under: 'Reports', companyName: settings.organization.companyName, who: headOf(visitor) },
      content,
    );

  const periodsFor = async ({ playbook: { defaultTimeZone: zone }, realNowMs }: ReturnType<typeof askerOf>) => {
    const now = new Date(realNowMs);
    return periodChoices(dayOf(now, zone), await firstDayOf(store.db, now, zone));
  };

  /** The reports that a visitor gets by mail. */
  const mailsOf = async (visitor: Visitor) => {
    const person = personIfAny(requireAtAll(visitor, 'see-reports'));
    return person === null ? [] : listSubscriptions(store.db, { id: person.id });
  };

  const askerOf = (visitor: Visitor) => reportAsker(store, visitor);

  router.get('/reports', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'see-reports');
    const asker = askerOf(visitor);
    const currency = currencyOf(asker.playbook);
    const { since, until } = wordsOf(request);
    const period = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
    const periods = await periodsFor(asker);
    const { asked: ofAll, wrong } = asOrDefault(FUNNEL, period, asker);
    const given = wrong === null ? period : {};
    const overview: Html[] = [];
    const answers: Answer[] = [];
    const waits: number[] = [];
    const shownBy = shownByOf(store);
    // One after another: together they would take the connections of everybody else.
    for (const { report, words, totals } of OVERVIEW) {
      const asWords = { ...words, ...given };
      const ask = readAsk(report, asWords, asker);
      const answered = await answer(store, report, ask, {
        part: 'first',
        fresh: isRenewed(request),
        isStanding: isOpened(report, asWords),
        shownBy,
      }).catch((error: unknown) => {
        if (isBeingCounted(error)) return error;
        throw error;
      });
      if (answered instanceof Error) {
        waits.push(answered.lookAgainAfter);
        overview.push(
          html`<section class="card wide">
            <h2><a href="${linksOf(report, asWords).page}">${report.title}</a></h2>
            ${countedPart(answered)}
          </section>`,
        );
        continue;
      }
      answers.push(answered);
      const [first] = answered.sections;
      if (first !== undefined)
        overview.push(overviewPart(report, first, totals, currency, linksOf(report, asWords), periodInWords(ofAll)));
    }
    if (isRenewed(request)) return response.redirect(303, pathOf('', given));
    if (waits.length > 0) lookAgain(request, response, { lookAgainAfter: Math.min(...waits) });
    const cards = REPORTS.map(
      ({ key, title, question }) =>
        html`<section class="card">
          <h2><a href="${pathOf(key, given)}">${title}</a></h2>
          <p>${question}</p>
        </section>`,
    );
    await send(
      response,
      visitor,
      'Reports',
      html`${problem(wrong && problemInWords(wrong, ASK_LABELS))}${said(DONE, request)}${quickPeriods('/console/reports', given, periods)}
        <p>${reachInWords(asker.scope)}</p>
        ${asOfPart(oldestOf(answers), ofAll, pathOf('', { ...given, fresh: '1' }))}${overview}
        <h2 class="screen">All reports</h2>
        <div class="cards screen">
          ${cards}
          <section class="card">
            <h2><a href="/console/reports/target">Target planning</a></h2>
            <p>How many leads does a target take, by when, and for how much?</p>
          </section>
        </div>
        ${subscriptionsPart(await mailsOf(visitor), visitor.csrf)}`,
      wrong === null ? 200 : ERROR_CODES[wrong.code].status,
    );
  });

  router.get('/reports/:report', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const report = reportNamed(request.params['report']);
    const asker = askerOf(visitor);
    const periods = await periodsFor(asker);
    const given = wordsOf(request);
    const words = withBegin(report, given, periods);
    const { asked, wrong } = asOrDefault(report, words, asker);
    const links = linksOf(report, words);
    const answered = await answer(store, report, asked, {
      fresh: isRenewed(request),
      isStanding: isOpened(report, given),
      shownBy: shownByOf(store),
    });
    if (isRenewed(request)) return response.redirect(303, links.page);
    const values = await valuesOf(store.db, asked);
    const currency = currencyOf(asker.playbook);
    const mine = await mailsOf(visitor);
    const ofDays = { ...words, since: dayOf(asked.since, asked.zone), until: lastDayOf(asked) };
    const content = html`${problem(wrong && problemInWords(wrong, ASK_LABELS))}${said(DONE, request)}
      <p>${report.question}</p>
      ${report.counts === undefined ? '' : html`<p class="soft">${report.counts}</p>`}
      ${linkOnPaper(settings.publicUrl, linksOf(report, ofDays).page)}
      ${askForm(report, asked, words, { periods, values })}${asOfPart(answered, asked, `${links.page}${links.page.includes('?') ? '&' : '?'}fresh=1`)}${answered.sections.map((section) => sectionPart(section, currency, links))}${digestPart(
        report.key,
        words,
        mine.filter((one) => one.report === report.key),
        visitor.csrf,
      )}${otherReports(report, words)}`;
    const title = `${report.title}: ${periodTitle(asked, words, periods)}`;
    await send(response, visitor, title, content, wrong === null ? 200 : ERROR_CODES[wrong.code].status);
  });

  router.get('/reports/csv/:report', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const report = reportNamed(request.params['report']);
    const asked = readAsk(report, wordsOf(request), askerOf(visitor));
    const answered = await answer(store, report, asked);
    const { sections, asOf } = answered;
    const section = sections.find(({ key }) => key === queryOf(request, 'section')) ?? sections[0];
    if (section === undefined) throw new AppError('NOT_FOUND', 'There is no such page.');
    response.setHeader('Cache-Control', 'no-store');
    if (queryOf(request, 'format') === 'json') {
      response
        .attachment(csvName(report.key, section.key, asked).replace(/csv$/, 'json'))
        .json(toJson(report, asked, answered, [section]));
      return;
    }
    response
      .attachment(csvName(report.key, section.key, asked))
      .type('text/csv')
      .send(toCsv(section, currencyOf(store.rules.current().playbook), asked, asOf));
  });

  router.post('/reports/:report/mail', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const report = reportNamed(request.params['report']);
    const actor = requireAtAll(visitor, 'see-reports');
    const every = DIGEST_RHYTHMS.find((one) => one === field(request, 'every'));
    if (every === undefined)
      throw new AppError('VALIDATION_FAILED', 'Choose how often it is to come: daily or weekly.');
    const given = ASK_KEYS.filter((key) => key !== 'since' && key !== 'until').map((key) => [key, field(request, key)]);
    const words = Object.fromEntries(given.filter(([, value]) => value !== '')) as Record<string, string>;
    readAsk(report, words, askerOf(visitor));
    const { userId, repId } = personOf(actor);
    const createdBy = actorHandle(actor);
    await subscribe(store.db, { userId, repId }, { report: report.key, every, words, createdBy });
    const back = Object.fromEntries(
      ASK_KEYS.flatMap((key) => (field(request, key) === '' ? [] : [[key, field(request, key)]])),
    );
    response.redirect(303, pathOf(report.key, { ...back, done: 'mailed' }));
  });

  router.post('/reports/:report/mail/:id/end', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const report = reportNamed(request.params['report']);
    await unsubscribeReport(store.db, request.params['id'], personOf(requireAtAll(visitor, 'see-reports')));
    response.redirect(
      303,
      field(request, 'back') === 'all' ? '/console/reports?done=ended' : `/console/reports/${report.key}?done=ended`,
    );
  });
}

const DONE: Readonly<Record<string, string>> = {
  mailed: 'The report comes by mail from the next time on.',
  ended: 'The report comes by mail no more.',
};

/** Whom a report is mailed to. @throws AppError FORBIDDEN for who is no person of ours */
function personOf(actor: Actor): { id: string; userId: string | null; repId: string | null } {
  const person = personIfAny(actor);
  if (person !== null) return person;
  throw new AppError('FORBIDDEN', 'You may not do this');
}

function personIfAny(actor: Actor): { id: string; userId: string | null; repId: string | null } | null {
  if (actor.kind === 'user') return { id: actor.userId, userId: actor.userId, repId: null };
  if (actor.kind === 'rep') return { id: actor.repId, userId: null, repId: actor.repId };
  return null;
}

/** A report of everybody begins with the first of them. */
function withBegin(report: Report, words: AskWords, periods: readonly PeriodChoice[]): AskWords {
  const first = periods.at(-1)?.since;
  return report.since === undefined || words.since !== undefined || first === undefined
    ? words
    : { ...words, since: first };
}

/** Whether a report is asked for as it opens from the overview. */
function isOpened(report: Report, given: AskWords): boolean {
  const fromCard = OVERVIEW.find((one) => one.report === report)?.words ?? {};
  return [{}, fromCard].some((words) => isDeepStrictEqual(words, given));
}

/** `key`: empty for the overview. */
function pathOf(key: string, words: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(words).toString();
  return `/console/reports${key === '' ? '' : '/'}${key}${query === '' ? '' : `?${query}`}`;
}

/** The other reports, of the same period and the same leads. */
function otherReports(report: Report, { by: _by, ...words }: AskWords): Html {
  return html`<nav class="screen" aria-label="Other reports">
    <h2>Other reports of the same time</h2>
    ${REPORTS.filter(({ key }) => key !== report.key).map(
      ({ key, title }) => html`<a href="${pathOf(key, words as Record<string, string>)}">${title}</a> `,
    )}
  </nav>`;
}

/** What was asked, or when that is not possible the same report without it, and what is wrong. */
function asOrDefault(
  report: Report,
  words: AskWords,
  asker: Parameters<typeof readAsk>[2],
): { asked: Asked; wrong: AppError | null } {
  try {
    return { asked: readAsk(report, words, asker), wrong: null };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { asked: readAsk(report, {}, asker), wrong: error };
  }
}
