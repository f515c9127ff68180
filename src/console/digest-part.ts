/** Getting a report by mail: the form on its page, and what one gets already. */
import { html } from 'hono/html';
import { DIGEST_RHYTHMS } from '../domain/digest.ts';
import type { AskWords } from '../reports/ask.ts';
import { wordsAsked } from '../reports/words.ts';
import type { Subscription } from '../store/report-digests.ts';
import { csrfField, type Html } from './layout.ts';

/** Which days a mail is of. */
const WHEN = { daily: 'every day, of the day before', weekly: 'every Monday, of the week before' } as const;

/** What somebody gets by mail, over all reports, with the way to stop each. */
export function subscriptionsPart(mine: readonly Subscription[], csrf: string): Html | '' {
  if (mine.length === 0) return '';
  return html`<section class="screen">
    <h2>Reports that you get by mail</h2>
    ${mine.map(
      ({ id, report, every, words }) =>
        html`<form class="card" method="post" action="/console/reports/${report}/mail/${id}/end">
          ${csrfField(csrf)}<input type="hidden" name="back" value="all" />
          <p>
            <a href="/console/reports/${report}?${new URLSearchParams(words).toString()}">${report}</a>,
            ${WHEN[every]}${asked(words)}.
          </p>
          <button>Stop the ${every} mail of ${report}</button>
        </form>`,
    )}
  </section>`;
}

function asked(words: Readonly<Record<string, string>>): string {
  const said = wordsAsked(words);
  return said === '' ? '' : `, ${said}`;
}

/** What of the page a mail takes over. */
function kept({ since: _since, until: _until, ...others }: AskWords): string {
  const words = wordsAsked(others);
  return words === '' ? 'Nothing else is asked for that would be kept.' : `Kept is what else is asked for: ${words}.`;
}

/** @param mine What the visitor gets of this report already */
export function digestPart(report: string, words: AskWords, mine: readonly Subscription[], csrf: string): Html {
  return html`<details class="card">
    <summary>Get this report by mail</summary>
    ${mine.map(
      ({ id, every, words: given, last }) =>
        html`<form method="post" action="/console/reports/${report}/mail/${id}/end">
          ${csrfField(csrf)}
          <p>
            You get it ${WHEN[every]}${asked(given)}.
            ${last === null ? '' : `The last one was due on ${last.period}: ${last.status}${last.reason === null ? '' : `, ${last.reason}`}.`}
            <button>Stop the ${every} mail</button>
          </p>
        </form>`,
    )}
    <form method="post" action="/console/reports/${report}/mail">
      ${csrfField(csrf)}${Object.entries(words).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value ?? ''}" />`)}
      <label for="every">How often</label
      ><select id="every" name="every">
        ${DIGEST_RHYTHMS.toReversed().map((every) => html`<option value="${every}">${WHEN[every]}</option>`)}
      </select>
      <p class="small">
        A mail has a period of its own: the weekly one the week before, Monday to Sunday; the daily one the day
        before.${words.since === undefined && words.until === undefined ? '' : html` <strong>The period that is chosen above is not kept.</strong>`}
      </p>
      <p class="soft small">${kept(words)} With the leads that you may see. It goes to your own address.</p>
      <button>Mail it to me</button>
    </form>
  </details>`;
}
