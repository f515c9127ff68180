/** The cadences: a list, and a page for each with its map and its figures. */
import type { Response, Router } from 'express';
import { html } from 'hono/html';
import type { Cadence } from '../domain/cadence.ts';
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import { type Scope, scopeOf } from '../domain/policy.ts';
import { type Conversion, conversionOf } from '../steps/conversion.ts';
import { kindOf } from '../steps/kinds.ts';
import { TOLD_BY_SENDS } from '../steps/ways-asked.ts';
import { countSteps, NO_COUNTS, type StepCounts } from '../store/lists/cadence-steps.ts';
import { MOST_RUNS, waysTaken } from '../store/lists/cadence-ways.ts';
import { type CadenceExit, readExits } from '../store/lists/cadence-exits.ts';
import { type CadenceInUse, listCadences } from '../store/lists/cadences.ts';
import type { MailResult } from '../store/lists/lead-match.ts';
import { exitsAt, exitsOf, exitsPart, lostWords, readyAt, runsOf } from './cadence-exits.ts';
import { cadenceMap, type MapExit, type MapFigure, shareInWords, waysByTarget } from './cadence-map.ts';
import type { ConsoleDeps } from './deps.ts';
import { type Html, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { linkOnPaper } from './report-parts.ts';
import { readsCommands, requireAtAll, type Visitor, visitorOf } from './session.ts';
import { headsOf, numberHead, wideTable } from './table.ts';

/** The figures of a step, in the order in which they are shown, with the leads that each leads to. */
const FIGURES: readonly { key: keyof StepCounts & (MailResult | 'here'); title: string; words: string }[] = [
  { key: 'here', title: 'Here now', words: 'here' },
  { key: 'sent', title: 'Sent', words: 'sent' },
  { key: 'clicked', title: 'Clicked', words: 'clicked' },
  { key: 'replied', title: 'Replied', words: 'replied' },
  { key: 'unsubscribed', title: 'Unsubscribed', words: 'unsubscribed' },
  { key: 'skipped', title: 'Skipped', words: 'skipped' },
];

export function cadencePages(router: Router, { store, settings }: ConsoleDeps): void {
  const send = (response: Response, visitor: Visitor, title: string, content: Html) =>
    sendPage(
      response,
      200,
      { title, under: 'Cadences', companyName: settings.organization.companyName, who: headOf(visitor) },
      content,
    );

  router.get('/cadences', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    scopeFor(visitor);
    const { cadences } = store.rules.current();
    const inUse = await listCadences(store.db, cadences);
    await send(response, visitor, 'Cadences', listPart(inUse, cadences, readsCommands(visitor)));
  });

  router.get('/cadences/:cadence', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const scope = scopeFor(visitor);
    const key = request.params['cadence'];
    const found = (await listCadences(store.db, store.rules.current().cadences)).find(
      ({ revision }) => revision.cadence === key,
    );
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such page.');
    const counted = await countSteps(store.db, key, scope);
    const exits = await readExits(store.db, key, scope);
    const { runs, ways } = await waysTaken(store.db, scope, key, TOLD_BY_SENDS);
    const { definition, number } = found.revision;
    const conversion = conversionOf(definition, ways);
    const running = [...counted.steps.values()].reduce((sum, { here }) => sum + here, 0);
    const content = html`<p>
        ${definition.description ?? ''} Revision ${number} of the cadence:
        <a href="${runsOf(key, 'entered')}">${countOf(counted.entered, 'lead')}</a> entered in all,
        <a href="${runsOf(key, 'current')}">${running}</a> ${running === 1 ? 'is' : 'are'} in it now.
      </p>
      <p class="soft">
        Figures are of all revisions. Who came to a step is there now, went on, became ready for sales (qualified) or
        left. Clicks and replies are those of people. The arrows show what share of those who are at a step no more went
        that way, and lead to who
        did${runs >= MOST_RUNS ? `; who came and went on is told of the newest ${MOST_RUNS} who entered` : ''}.
      </p>
      ${linkOnPaper(settings.publicUrl, `/console/cadences/${encodeURIComponent(key)}`)}
      <div class="card wide" tabindex="0" role="region" aria-label="Map">
        ${cadenceMap(definition, conversion, {
          figuresOf: (stepId) => figuresOf(key, stepId, counted.steps.get(stepId) ?? NO_COUNTS),
          wentOf: (step, to) => wentOf(key, step, to),
          flowOf: (stepId) => flowInWords(conversion, stepId),
          exitsOf: (stepId) => mapExits(key, exits, stepId),
        })}
      </div>
      ${exitsPart(key, exits, counted.entered)}
      <h2>The same as a table</h2>
      ${tablePart({ cadence: key, definition, conversion, counted: counted.steps, exits })}
      <p class="screen"><a href="/console/reports/cadences">Cadences and mails: the report</a></p>
      <p class="screen"><a href="/console/cadences">All cadences</a></p>`;
    await send(response, visitor, definition.name, content);
  });
}

/** @throws AppError FORBIDDEN */
function scopeFor(visitor: Visitor): Scope {
  const scope = scopeOf(requireAtAll(visitor, 'see-reports'), 'see-reports');
  if (scope !== null) return scope;
  throw new AppError('FORBIDDEN', 'You may not do this');
}

function listPart(inUse: readonly CadenceInUse[], published: ReadonlyMap<string, string>, commands: boolean): Html {
  if (inUse.length === 0)
    return commands
      ? html`<p>No cadence is published yet: <code>npx nurture publish</code> does it.</p>`
      : html`<p>No cadence is published yet: a marketer does it.</p>`;
  return wideTable({
    label: 'Cadences',
    head: [...headsOf('Cadence', 'For'), ...['Steps', 'In it now', 'Goal reached'].map(numberHead)],
    rows: inUse.map(
      ({ revision: { cadence, definition }, activeInAll, goals }) =>
        html`<tr>
          <th scope="row">
            <a href="/console/cadences/${encodeURIComponent(cadence)}">${definition.name}</a>
            <span class="soft small">${cadence}${published.has(cadence) ? '' : ', not in the playbook any more'}</span>
          </th>
          <td>${definition.purpose === 'nurture' ? 'leads' : 'customers'}</td>
          <td class="number">${definition.steps.length}</td>
          <td class="number">${linked(activeInAll, runsOf(cadence, 'active'))}</td>
          <td class="number">${linked(goals, runsOf(cadence, 'goal'))}</td>
        </tr>`,
    ),
  });
}

function linked(count: number, href: string): Html | string {
  return count === 0 ? '0' : html`<a href="${href}">${count}</a>`;
}

/** The leads that went on from a step straight to another. */
function wentOf(cadence: string, step: string, to: string): string {
  return `/console/leads?${new URLSearchParams({ cadence, step, to }).toString()}`;
}

function figuresOf(cadence: string, stepId: string, counts: StepCounts): MapFigure[] {
  return FIGURES.flatMap(({ key, words }) =>
    counts[key] > 0 ? [{ words: `${counts[key]} ${words}`, href: leadsOf(cadence, stepId, key) }] : [],
  );
}

function leadsOf(cadence: string, step: string, figure: MailResult | 'here'): string {
  const query = new URLSearchParams({ cadence, step, ...(figure !== 'here' && { mail: figure }) });
  return `/console/leads?${query.toString()}`;
}

/** "141 came in · 110 went on". */
function flowInWords({ came, on }: Conversion, stepId: string): string {
  const words = [
    [came, 'came in'],
    [on, 'went on'],
  ] as const;
  return words.flatMap(([of, what]) => (of.has(stepId) ? [`${of.get(stepId)} ${what}`] : [])).join(' · ');
}

function mapExits(cadence: string, exits: readonly CadenceExit[], stepId: string): MapExit[] {
  const { ready } = exitsAt(exits, stepId);
  const lost = lostWords(exits, stepId);
  return [
    ...(ready === 0 ? [] : [{ words: `${ready} qualified`, href: readyAt(cadence, stepId), isGood: true }]),
    ...(lost === null ? [] : [{ words: lost, href: exitsOf(cadence, stepId), isGood: false }]),
  ];
}

function tablePart({
  cadence,
  definition,
  conversion,
  counted,
  exits,
}: {
  cadence: string;
  definition: Cadence;
  conversion: Conversion;
  counted: ReadonlyMap<string, StepCounts>;
  exits: readonly CadenceExit[];
}): Html {
  const known = new Set([...counted.keys(), ...exits.flatMap(({ stepId }) => stepId ?? [])]);
  const gone = [...known].filter((id) => !definition.steps.some((step) => step.id === id));
  const row = (stepId: string, what: string, ways: readonly (Html | string)[]) => {
    const counts = counted.get(stepId) ?? NO_COUNTS;
    const { lost, ready } = exitsAt(exits, stepId);
    return html`<tr>
      <th scope="row">${stepId}<br /><span class="soft small">${what}</span></th>
      <td class="number">${conversion.came.get(stepId) ?? 0}</td>
      ${FIGURES.map(
        ({ key }) =>
          html`<td class="number">
            ${linked(counts[key], leadsOf(cadence, stepId, key))}
            ${key === 'clicked' && counts.untracked > 0 ? html`<br /><span class="soft small">${counts.untracked} not tracked</span>` : ''}
          </td>`,
      )}
      <td class="number">${linked(ready, readyAt(cadence, stepId))}</td>
      <td class="number">${linked(lost, exitsOf(cadence, stepId))}</td>
      <td class="number">${conversion.on.get(stepId) ?? 0}</td>
      <td>${ways.map((way) => html`${way}<br />`)}</td>
    </tr>`;
  };
  return wideTable({
    label: 'Steps',
    head: [
      ...headsOf('Step'),
      ...['Came in', ...FIGURES.map(({ title }) => title), 'Qualified', 'Left', 'Went on'].map(numberHead),
      ...headsOf('Goes on to'),
    ],
    rows: [
      ...definition.steps.map((step) =>
        row(
          step.id,
          kindOf(step).position.label(step),
          waysByTarget(definition, step).map(({ to, when, target }) => {
            const share = shareInWords(conversion, step.id, to);
            const words = `${when === '' ? '' : `${when}: `}${target}`;
            return share === '' || to === null
              ? words
              : html`${words}, <a href="${wentOf(cadence, step.id, to)}">${share}</a>`;
          }),
        ),
      ),
      ...gone.map((id) => row(id, 'a step of an earlier revision', [])),
    ],
  });
}
