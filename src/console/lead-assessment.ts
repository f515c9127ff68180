/** What a person found out about a lead: the form that says it, and how it is read. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { assessedGrade, type AssessedFact, factsAssessed, MOST_POINTS } from '../domain/assessment.ts';
import { AppError } from '../domain/errors.ts';
import { stated } from '../domain/stated.ts';
import { BANT_STATES, GRADES, MATURITIES } from '../domain/stage.ts';
import type { Assessment } from '../store/sales/assess.ts';
import type { LeadDetail } from '../store/lists/lead.ts';
import { bounded, field, LONGEST_TEXT } from './fields.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import type { When } from './words.ts';
import { wrongAs, wrongField } from './wrong.ts';

const FACTS = {
  maturity: 'Maturity',
  budget: 'Budget',
  authority: 'Authority (who decides)',
  needKnown: 'Need',
  timing: 'Timing',
} as const satisfies Record<AssessedFact, string>;
const BY_RULES = 'rules';

type Need = LeadDetail['needs'][number];

/** Maturity and BANT of the need, and how long what a person said of them counts. */
export function needSection(lead: LeadDetail, { when, nowMs }: { when: When; nowMs: number }): Html | '' {
  const need = lead.needs.find(({ id }) => id === lead.needId);
  if (need === undefined) return '';
  const assessed = new Set<AssessedFact>(factsAssessed(need, nowMs));
  const rows = Object.entries(FACTS).map(([fact, label]) => {
    const key = fact as AssessedFact;
    const until = assessed.has(key) ? (need.assessed as Record<string, number>)[key] : undefined;
    return html`<dt>${label}</dt>
      <dd>
        ${need[key]}${until === undefined ? '' : html` <span class="soft small">assessed, until ${when(until)}</span>`}
      </dd>`;
  });
  const grade = assessedGrade(lead, nowMs);
  return html`<section class="card">
    <h2>What it needs</h2>
    <dl>
      ${asked('Type', need.type)}${asked('Product line', need.productLine)}${rows}
      ${
        grade === null
          ? ''
          : html`<dt>Grade</dt>
              <dd>
                ${grade.grade}
                <span class="soft small">by a person, until ${when(grade.untilMs)}</span>
              </dd>`
      }
    </dl>
  </section>`;
}

function asked(label: string, value: string | null): Html | '' {
  return value === null
    ? ''
    : html`<dt>${label}</dt>
        <dd>${value}</dd>`;
}

/** A field that is left as it is says nothing. */
export function assessmentForm(lead: LeadDetail, form: { csrf: string; once: string; refused: Refused | null }): Html {
  const fields = fieldsOfForm('assess', form.refused, 'assess-');
  const choice = (
    name: string,
    label: string,
    values: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Html =>
    fields.select(name, label, {
      '': 'As it is',
      ...Object.fromEntries(values.map((value) => [value, value])),
      ...more,
    });
  const need: Need | undefined = lead.needs.find(({ id, closedAt }) => id === lead.needId && closedAt === null);
  const facts =
    need === undefined
      ? ''
      : Object.entries(FACTS).map(([fact, label]) =>
          choice(
            fact,
            `${label}: ${need[fact as AssessedFact]} so far`,
            fact === 'maturity' ? MATURITIES : BANT_STATES,
          ),
        );
  return html`<details class="card" ${form.refused?.form === 'assess' ? html`open` : ''}>
    <summary>What you found out: fit, maturity, budget</summary>
    <form method="post" action="/console/leads/${lead.id}/assess">
      ${csrfField(form.csrf)} <input type="hidden" name="once" value="${form.once}" />
      ${fields.problem}
      <p class="soft">It counts more than the rules and what forms say, until it is too old.</p>
      ${facts}${choice('grade', `Grade: ${lead.fitGrade} so far`, GRADES, { [BY_RULES]: 'As the rules say' })}
      ${fields.input('points', 'Points to add, or to take with a minus', { longest: 4 })}
      ${fields.text('note', 'Note (points want one)')}
      <button>Save what you found out</button>
    </form>
  </details>`;
}

/** @throws AppError VALIDATION_FAILED with what to write instead */
export function assessmentOf(request: Request): Assessment {
  const note = bounded(field(request, 'note', LONGEST_TEXT));
  const grade = picked(request, 'grade', [...GRADES, BY_RULES]);
  const points = pointsOf(request);
  const given: Assessment = stated({
    grade: grade === BY_RULES ? null : grade,
    maturity: picked(request, 'maturity', MATURITIES),
    budget: picked(request, 'budget', BANT_STATES),
    authority: picked(request, 'authority', BANT_STATES),
    needKnown: picked(request, 'needKnown', BANT_STATES),
    timing: picked(request, 'timing', BANT_STATES),
    points,
  });
  if (Object.keys(given).length === 0)
    throw new AppError(
      'VALIDATION_FAILED',
      'Choose at least one thing that you found out. A note alone is logged above.',
    );
  if (points !== undefined && note === '') throw wrongField('note', 'Points want a note that says why.');
  return note === '' ? given : { ...given, note };
}

function picked<V extends string>(request: Request, name: string, among: readonly V[]): V | undefined {
  const value = field(request, name);
  if (value === '') return undefined;
  const found = among.find((one) => one === value);
  if (found === undefined) throw wrongAs(name, `choose one of ${among.join(', ')}`);
  return found;
}

function pointsOf(request: Request): number | undefined {
  const text = field(request, 'points');
  if (text === '') return undefined;
  const points = /^[+-]?\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (Math.abs(points) <= MOST_POINTS) return points;
  throw wrongField('points', `The points are a whole number from -${MOST_POINTS} to ${MOST_POINTS}.`);
}
