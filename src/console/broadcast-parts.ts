/** What the pages of broadcasts are made of. */
import { html } from 'hono/html';
import type { BroadcastStatus } from '../domain/broadcast.ts';
import type { TrialResult } from '../domain/broadcast-trial.ts';
import { explainCondition } from '../domain/condition.ts';
import { countOf } from '../domain/count-of.ts';
import { VERDICT_WORDS } from '../domain/mail-reactions.ts';
import { LEADS_OWN_ZONE, type Newsletter, timesInWords } from '../domain/newsletter.ts';
import { reasonInWords } from '../domain/send-words.ts';
import type { Wait } from '../domain/waits.ts';
import type { Broadcast } from '../store/broadcasts/broadcasts.ts';
import type { BroadcastFigures } from '../store/broadcasts/figures.ts';
import { type Reactions, REACTIONS, VERDICTS } from '../store/broadcasts/reactions.ts';
import type { NewsletterRow } from '../store/newsletters/newsletters.ts';
import { csrfField, type Html } from './layout.ts';
import { headsOf, wideTable } from './table.ts';
import { waitInWords, whenShown } from './words.ts';

interface Reader {
  csrf: string;
  zone: string;
  mayAct: boolean;
}

export function broadcastsTable(found: readonly { one: Broadcast; left: number | null }[], zone: string): Html {
  if (found.length === 0)
    return html`<p class="soft">There is no broadcast yet: <code>npx nurture broadcast new</code> plans one.</p>`;
  const rows = found.map(
    ({ one, left }) =>
      html`<tr>
        <td><a href="/console/broadcasts/${one.id}">${one.key}</a></td>
        <td>${stateOf(one)}</td>
        <td>${progressBar(one, left)}</td>
        <td>${one.startedAt === null ? '' : whenShown(one.startedAt, zone)}</td>
      </tr>`,
  );
  return wideTable({ label: 'Broadcasts', head: headsOf('Broadcast', 'State', 'Progress', 'Started'), rows });
}

function stateOf({ status, error, winner, winnerBecause }: Broadcast): Html {
  if (status === 'paused' && error !== null) return html`<span class="badge late">stopped by itself</span>`;
  if (status === 'running' && winner === null && winnerBecause !== null)
    return html`<span class="badge late">waits for a person</span>`;
  return html`<span class="badge">${status}</span>`;
}

function progressBar({ key, total, status, startedAt }: Broadcast, left: number | null): Html | '' {
  if (startedAt === null) return '';
  if (total === null) return html`<span class="soft">its leads are not gathered yet</span>`;
  if (left === null) return html`<span class="soft">is being counted</span>`;
  const done = status === 'canceled' ? total : total - left;
  return html`<progress value="${done}" max="${Math.max(1, total)}" aria-label="Progress of ${key}"></progress>
    ${total - left} of ${total}`;
}

export function newslettersPart(
  found: readonly { row: NewsletterRow; next: Date | null }[],
  said: readonly Newsletter[],
  reader: Reader,
): Html | '' {
  if (found.length === 0) return '';
  const cards = found.flatMap(({ row, next }) => {
    const one = said.find(({ newsletter }) => newsletter === row.key);
    return one === undefined ? [] : [newsletterCard(one, row, next, reader)];
  });
  return html`<h2>Newsletters</h2>
    ${cards}`;
}

function newsletterCard(one: Newsletter, row: NewsletterRow, next: Date | null, reader: Reader): Html {
  const name = one.name ?? one.newsletter;
  const isPaused = row.pausedAt !== null;
  const zone = one.timeZone === LEADS_OWN_ZONE ? 'each lead’s own time' : (one.timeZone ?? '');
  const when = isPaused ? 'paused' : next === null ? 'not scheduled yet' : whenShown(next, reader.zone);
  return html`<section class="card">
    <h3>${name}</h3>
    <p>
      ${isPaused ? html`<span class="badge late">paused</span>` : html`<span class="badge">next: ${when}</span>`}
      ${timesInWords(one.times)} ${zone}. Template <code>${one.template}</code>, for
      ${one.segment === undefined ? explainCondition(one.when ?? {}) : `segment ‘${one.segment}’`}.
    </p>
    ${row.passedAt === null ? '' : html`<p class="problem">Not sent: ${row.passedBecause}.</p>`}
    ${row.syncError === null ? '' : html`<p class="problem">Temporal did not take its schedule: ${row.syncError}</p>`}
    ${
      reader.mayAct
        ? buttons(`/console/newsletters/${row.key}`, reader, name, [
            isPaused ? ['resume', 'Resume'] : ['pause', 'Pause'],
            ['send-now', 'Send an issue now'],
          ])
        : ''
    }
  </section>`;
}

const BUTTONS: Readonly<Record<BroadcastStatus, readonly (readonly [string, string])[]>> = {
  planned: [
    ['preview', 'See whom it reaches'],
    ['cancel', 'Cancel for good'],
  ],
  previewed: [
    ['start', 'Start'],
    ['preview', 'See again whom it reaches'],
    ['cancel', 'Cancel for good'],
  ],
  running: [
    ['pause', 'Pause'],
    ['cancel', 'Cancel for good'],
  ],
  paused: [
    ['resume', 'Resume'],
    ['cancel', 'Cancel for good'],
  ],
  done: [],
  canceled: [],
};

function buttons(
  action: string,
  { csrf }: Reader,
  of: string,
  which: readonly (readonly [string, string])[],
): Html | '' {
  if (which.length === 0) return '';
  return html`<form method="post" action="${action}">
    ${csrfField(csrf)}
    ${which.map(([what, words]) => html`<button name="do" value="${what}">${words}<span class="hidden"> (${of})</span></button> `)}
  </form>`;
}

/** Figures of a large broadcast are not counted for each look. Milliseconds. */
const JUST_NOW = 60_000;

interface Shown extends BroadcastFigures {
  one: Broadcast;
  waits: readonly Wait[];
}

/** `figures` is looked at again by itself; nobody is in the middle of pressing anything there. */
export function broadcastPart(shown: Shown, reader: Reader): { buttons: Html | ''; figures: Html } {
  const { one } = shown;
  return {
    buttons: reader.mayAct ? buttons(`/console/broadcasts/${one.id}`, reader, one.key, BUTTONS[one.status]) : '',
    figures: figures(shown, reader.zone),
  };
}

function figures({ one, left, outcomes, reactions, trial, waits, countedAt }: Shown, zone: string): Html {
  const { preview, audience, segment, variants, winnerBecause } = one;
  const whom = segment !== null ? `segment ‘${segment}’` : audience === null ? '' : explainCondition(audience.when);
  return html`<p>${stateOf(one)} ${progressBar(one, one.status === 'canceled' ? (outcomes['canceled'] ?? 0) : left)}</p>
    <p>
      Template <code>${variants[0]?.template ?? ''}</code>, topic ${one.topic}${whom === '' ? '' : `, for ${whom}`}.
      ${one.nextAt === null || one.status !== 'running' ? '' : `It goes on at ${whenShown(one.nextAt, zone)}.`}
    </p>
    ${one.error === null ? '' : html`<p class="problem">${one.error}</p>`}
    ${waits.map((wait) => html`<p class="problem">${waitInWords(wait, { zone, nowMs: Date.now(), commands: true })}</p>`)}
    ${
      preview === null
        ? ''
        : html`<p>The preview: ${preview.gets} of ${countOf(preview.looked, 'lead')} would get it now.</p>
            ${countsTable('Left out or later', { ...preview.later, ...preview.leftOut })}`
    }
    ${variants.length < 2 ? '' : trialTable(trial, one)} ${winnerBecause === null ? '' : html`<p>${winnerBecause}.</p>`}
    ${countsTable('What became of its leads', outcomes)} ${one.startedAt === null ? '' : reactionsTable(reactions)}
    ${Date.now() - countedAt.getTime() < JUST_NOW ? '' : html`<p class="soft small">Counted at ${whenShown(countedAt, zone)}.</p>`}`;
}

function countsTable(title: string, counts: Readonly<Record<string, number>>): Html | '' {
  const entries = Object.entries(counts);
  if (entries.length === 0) return '';
  return section(
    title,
    headsOf('What', 'Leads'),
    entries.map(
      ([what, count]) =>
        html`<tr>
          <th scope="row">${reasonInWords(what).replaceAll('_', ' ')}</th>
          <td>${count}</td>
        </tr>`,
    ),
  );
}

function trialTable(trial: readonly TrialResult[], { variants, winner }: Broadcast): Html {
  return section(
    'Variants',
    headsOf('Variant', 'Sent', 'Of them tracked', 'People who reacted'),
    trial.map(
      ({ variant, sent, measured, reacted }, n) =>
        html`<tr>
          <th scope="row">
            ${variant}: ${variants[n]?.subject ?? variants[n]?.template ?? ''}
            ${variant === winner ? html`<span class="badge">the rest gets it</span>` : ''}
          </th>
          <td>${sent}</td>
          <td>${measured}</td>
          <td>${reacted}</td>
        </tr>`,
    ),
  );
}

function reactionsTable(reactions: Reactions): Html {
  return section(
    'Messages on which there was a reaction, by whose it was',
    headsOf('Reaction', ...VERDICTS.map((verdict) => VERDICT_WORDS[verdict]), 'not tracked: cannot be known'),
    REACTIONS.map(
      (reaction) =>
        html`<tr>
          <th scope="row">${reaction}</th>
          ${VERDICTS.map((verdict) => html`<td>${reactions[reaction][verdict]}</td>`)}
          <td>${reactions[reaction].untracked}</td>
        </tr>`,
    ),
  );
}

function section(title: string, head: Html[], rows: Html[]): Html {
  return html`<h2>${title}</h2>
    ${wideTable({ label: title, head, rows, class: 'wide' })}`;
}
