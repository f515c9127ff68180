/** What the list of leads is narrowed by: read from its address, and shown as a form. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { GRADES, STAGES } from '../domain/stage.ts';
import { stated } from '../domain/stated.ts';
import { LEAD_WORDS, leadFilterOf } from '../reports/ask-leads.ts';
import { LEFT_FOR_ANY, MAIL_RESULTS, type MailResult, RUN_RESULTS, type RunResult } from '../store/lists/lead-match.ts';
import { MOST_RUNS } from '../store/lists/cadence-ways.ts';
import type { LeadFilter } from '../store/lists/leads.ts';
import type { ListedRep } from '../store/lists/reps.ts';
import type { Html } from './layout.ts';

/** The fields as the form names them. */
const LABELS = {
  stage: 'Stage',
  source: 'Source',
  campaign: 'Campaign',
  cadence: 'Cadence',
  step: 'Step of the cadence',
  mail: 'The mail of the step',
  grade: 'Fit grade',
  owner: 'Rep',
  overdue: 'Overdue',
  inStageSince: 'In its stage for at least',
  arm: 'Arm of the split at the step',
  left: 'Left the cadence at the step',
  to: 'Went on from the step to',
  run: 'What came of the cadence',
  since: 'Came in from',
  until: 'Came in up to',
} as const satisfies Record<Key, string>;
export const LEAD_LABELS: ReadonlyMap<string, string> = new Map(Object.entries(LABELS));

const KEYS = ['stage', 'source', 'grade', 'owner', 'cadence', ...LEAD_WORDS] as const;
type Key = (typeof KEYS)[number];
/** As they stand in the address; what was left empty is absent. */
export type FilterWords = Readonly<Partial<Record<Key, string>>>;

export const MAIL_WORDS: Readonly<Record<MailResult, string>> = {
  sent: 'it was sent to them',
  clicked: 'they clicked in it',
  'not-clicked': 'sent, and not clicked',
  replied: 'they replied to it',
  unsubscribed: 'they unsubscribed by it',
  skipped: 'it was skipped',
};

const RUN_WORDS: Readonly<Record<RunResult, string>> = {
  entered: 'they entered it',
  current: 'they are in it, suspended or not',
  active: 'they are in it now',
  goal: 'they reached its goal',
  left: 'they left it before its end',
  qualified: 'they left it as they became ready for sales',
};

export function filterWordsOf({ query }: Request): FilterWords {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = query[key];
      return typeof value === 'string' && value.trim() !== '' ? [[key, value.trim().slice(0, 200)]] : [];
    }),
  );
}

/** @throws AppError VALIDATION_FAILED, with every word that is wrong */
export function filterOf(
  { stage: stageWord, source, grade: gradeWord, owner, cadence, ...words }: FilterWords,
  at: { now: Date; zone: string },
): LeadFilter {
  const spans = {
    since: words.since && daysOf(words.since),
    inStageSince: words.inStageSince && daysOf(words.inStageSince),
  };
  const stage = STAGES.find((one) => one === stageWord);
  const grade = GRADES.find((one) => one === gradeWord);
  const fields = {
    ...(stage && { stage }),
    ...(grade && { grade }),
    ...(source !== undefined && { source }),
    ...(owner !== undefined && { owner }),
    ...(cadence !== undefined && { cadence }),
  };
  return leadFilterOf(fields, { ...words, ...stated(spans), ...(cadence !== undefined && { cadence }) }, at);
}

/** "30 days" and "2 weeks" mean so many days, as "30d" does; anything else stays as it was written. */
function daysOf(text: string): string {
  const [, amount, unit = ''] = /^(\d{1,4})\s*(d|days?|w|weeks?)$/i.exec(text) ?? [];
  return amount === undefined ? text : `${Number(amount) * (/^w/i.test(unit) ? 7 : 1)}d`;
}

/**
 * @param cadences Keys of those that can be chosen
 * @param reps Those that can be chosen; none for who sees their own leads alone
 */
export function filterForm(
  words: FilterWords,
  cadences: readonly string[],
  reps: readonly Pick<ListedRep, 'key' | 'name'>[],
): Html {
  const line = (key: Key, hint = '') =>
    html`<div>
      <label for="of-${key}">${LABELS[key]}</label
      ><input id="of-${key}" name="${key}" value="${words[key] ?? ''}" maxlength="200" placeholder="${hint}" />
    </div>`;
  const choice = (key: Key, options: readonly (readonly [value: string, words: string])[]) =>
    html`<div>
      <label for="of-${key}">${LABELS[key]}</label
      ><select id="of-${key}" name="${key}">
        <option value="">Any</option>
        ${options.map(([value, name]) => html`<option value="${value}" ${value === words[key] ? 'selected' : ''}>${name}</option>`)}
      </select>
    </div>`;
  const same = (values: readonly string[]) => values.map((value) => [value, value] as const);
  const known = words.cadence === undefined || cadences.includes(words.cadence) ? [] : [words.cadence];
  const named = [['none', 'nobody'] as const, ...reps.map(({ key, name }) => [key, name] as const)];
  // Another page may have led here with a rep who is not among them.
  const isNamed = words.owner === undefined || named.some(([key]) => key === words.owner);
  const ofReps = isNamed ? named : [[words.owner, words.owner] as const, ...named];
  const isNarrow = Object.keys(words).some((key) => key !== 'stage');
  return html`<form class="card ask" method="get" action="/console/leads">
    <div class="fields">${choice('stage', same(STAGES))} ${line('source')} ${line('campaign')}</div>
    <details ${isNarrow ? 'open' : ''}>
      <summary>More filters</summary>
      <div class="fields">
        ${choice('cadence', same([...known, ...cadences]))} ${line('step')}
        ${choice(
          'mail',
          MAIL_RESULTS.map((result) => [result, MAIL_WORDS[result]] as const),
        )}
        ${choice('grade', same(GRADES))}
        ${reps.length === 0 && words.owner === undefined ? '' : choice('owner', ofReps)}
        ${choice('overdue', [
          ['true', 'something is late'],
          ['false', 'nothing is late'],
        ])}
        ${line('inStageSince', '30 days')} ${line('arm')} ${line('left', 'unsubscribed, or any')} ${line('to')}
        ${choice(
          'run',
          RUN_RESULTS.map((result) => [result, RUN_WORDS[result]] as const),
        )}
        ${line('since', '2026-01-31 or 90 days')} ${line('until', '2026-03-31')}
      </div>
      <p class="soft small">
        A step alone: who stands there now. With its mail: whose mail of that step came to that, whenever it was. With
        an arm: who came to it. With a reason of leaving: who left the cadence there. With another step: who went on to
        that one.
      </p>
    </details>
    <button>Show</button>
  </form>`;
}

/** What is shown, in words for a heading; null: all leads. */
export function filterInWords({ cadence, step, mail, arm, left, to, run }: FilterWords): string | null {
  if (cadence === undefined) return null;
  const found = MAIL_RESULTS.find((one) => one === mail);
  const was = RUN_RESULTS.find((one) => one === run);
  const more = [
    ...(found === undefined ? [] : [MAIL_WORDS[found]]),
    ...(arm === undefined ? [] : [`they came to the arm ${arm}`]),
    ...(left === undefined
      ? []
      : [`they left it ${leftWhere(step)}${left === LEFT_FOR_ANY ? ', and not for sales' : `, as: ${left}`}`]),
    ...(to === undefined
      ? []
      : [`they went on to ‘${to}’, of the newest ${MOST_RUNS.toLocaleString('en')} who entered`]),
    ...(was === undefined ? [] : [RUN_WORDS[was]]),
  ];
  if (more.length > 0)
    return `Leads of ${step === undefined ? '' : `the step ‘${step}’ of `}${cadence}: ${more.join('; ')}.`;
  return step === undefined ? null : `Leads that stand at ‘${step}’ of ${cadence} now.`;
}

function leftWhere(step: string | undefined): string {
  return step === undefined ? 'before a step that is known' : 'there';
}
