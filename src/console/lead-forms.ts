/** The forms on the page of a lead. Each posts to an address of its own, and works without a script. */
import { html } from 'hono/html';
import { CONTACT_RESULTS, type ContactResult, resultInWords } from '../domain/contact-results.ts';
import type { Action } from '../domain/policy.ts';
import { choiceInWords } from '../domain/reason-words.ts';
import { moneyToConfirm } from '../domain/written-money.ts';
import { isOfOutcome } from '../domain/reasons.ts';
import type { Html } from './layout.ts';
import { whySelect } from './lead-after-sale.ts';
import type { FormFields } from './form-fields.ts';
import { WHAT_GOES_ALONG } from './hand-over-words.ts';
import { card, type LeadForm } from './lead-form-parts.ts';

/** What a rep can log. */
export const LOGGED = { call: 'Call', message: 'Message', email: 'Email', meeting: 'Meeting', note: 'Note' } as const;

/** What can have come of a contact. */
export const CAME_OF_IT = Object.fromEntries(
  CONTACT_RESULTS.map((result) => [result, sentence(resultInWords(result))]),
) as Record<ContactResult, string>;

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** When a next step is due: at 09:00 of that day, or of the rep's first working day after it. */
export const SOON = {
  '': 'Choose',
  '1': 'The next working day',
  '3': 'In three days',
  '7': 'In a week',
  '30': 'In a month',
  '90': 'In three months',
} as const;

/** What a rep can record as the outcome. */
export const RESULTS = { opportunity: 'Opportunity', won: 'Won', lost: 'Lost', 'no-need': 'No need' } as const;

/** Stands before everything else: a phone shows it without scrolling. */
export function acceptForm(form: LeadForm): Html {
  const words = (): Html => html`<p>The lead is yours, and automatic mails to it stop.</p>`;
  return card('Accept', form, 'accept', words, 'Accept', true);
}

/** Tele-sales has completed what is known: the rules say who gets it next. */
export function qualifyOnForm(form: LeadForm): Html {
  const words = ({ text }: FormFields): Html =>
    html`<p>You have made the first contact. It goes to the field by the rules, with what you found out.</p>
      ${text('note', 'Note for the next rep (optional)')}`;
  return html`<div class="cards">${card('Qualify on', form, 'qualify-on', words, 'Qualify on', true)}</div>`;
}

/** What is written on a lead, whoever has it: what was done, what is next, or both. In one form, so that no button loses what was typed. */
export function noteForm(form: LeadForm): Html {
  return card(
    'Log a contact or note, plan the next step',
    form,
    'log',
    ({ select, text, input }) =>
      html`${select('kind', 'What it was', { '': 'Nothing to log', ...LOGGED })}${select('came', 'Did you reach them?', { '': 'Not said', ...CAME_OF_IT })}${text('body', 'What was said')}
      ${text('step', 'Next step (optional)', { hint: 'With a contact, the step that was planned before is done; without one, the new step takes its place.' })}${select('in', 'When', { ...SOON, '': 'None planned' })}${input('dueAt', 'Or at a date and time', { type: 'datetime-local' })}`,
    'Save',
  );
}

/** Puts the lead off on the desk of its rep. */
export function snoozeForm(form: LeadForm, snoozed: boolean): Html {
  const words = ({ select, input }: FormFields): Html =>
    html`<p>
        It stands apart on the desk until then, at the latest until something of it is due. The time to accept runs on;
        of an accepted lead, silence is counted from then on.
      </p>
      ${select('in', 'Until', snoozed ? { ...SOON, wake: 'Not any more: show it again' } : SOON)}${input('until', 'Or until a date', { type: 'date' })}`;
  return card('Snooze', form, 'snooze', words, 'Snooze');
}

/** The lead goes to somebody else, by its rep or a manager. */
export function handOverForm(form: LeadForm, targets: Readonly<Record<string, string>>): Html {
  const words = ({ select, text }: FormFields): Html =>
    html`${select('to', 'To', { '': 'Choose a team or a rep', ...targets }, { required: true })}${text('note', 'Note for the rep (optional)')}
    ${WHAT_GOES_ALONG}`;
  return card('Hand over', form, 'hand-over', words, 'Hand over');
}

interface ExpectedValue {
  valueMinor: bigint | null;
  currency: string | null;
}

/** The outcome of a lead that a rep has, and sending it back. */
export function outcomeForms(form: LeadForm, need: ExpectedValue | undefined): Html {
  const { playbook } = form;
  const expected = moneyToConfirm(need?.valueMinor ?? null, need?.currency ?? null);
  const stages = Object.fromEntries(playbook.funnel.map((stage) => [stage, stage]));
  return html`<div class="cards">
    ${card(
      'Record the outcome',
      form,
      'outcome',
      (fields) =>
        html`${fields.select('result', 'Outcome', { '': 'Choose', ...RESULTS }, { required: true })}
          ${fields.input('value', 'Value (for an opportunity or a win)', {
            inputmode: 'decimal',
            longest: 30,
            value: expected,
            hint:
              expected === ''
                ? 'A won sale counts with it.'
                : 'A won sale counts with it: what is expected stands here, to confirm or to change.',
          })}<input type="hidden" name="expected" value="${expected}" />
          ${fields.input('currency', 'Currency', { value: need?.currency ?? 'EUR', longest: 3 })}
          ${whySelect(fields, playbook)} ${fields.select('funnelStage', 'Funnel stage', { '': 'as it is', ...stages })}
          ${fields.text('note', 'Note (optional)')}`,
      'Record it',
    )}
    ${rejectForm(form, 'Send back')}
  </div>`;
}

interface Standing {
  lead: { pausedAt: Date | null; heldAt: Date | null; stage: string };
  may: (action: Action) => boolean;
}

/** What is seldom done. */
export function moreForms(form: LeadForm, { lead, may }: Standing): Html | '' {
  const isStopped = lead.pausedAt !== null || lead.heldAt !== null;
  const forms = [
    isStopped && may('resume')
      ? card('Resume', form, 'resume', () => html`<p>It goes on where it stood.</p>`, 'Resume')
      : '',
    lead.pausedAt === null && may('pause')
      ? card(
          'Pause',
          form,
          'pause',
          ({ text }) =>
            html`<p>Nothing is sent or offered until it is resumed.</p>
              ${text('note', 'Why (optional)')}`,
          'Pause',
        )
      : '',
    may('unsubscribe')
      ? card(
          'Stop marketing mail',
          form,
          'unsubscribe',
          () => html`<p>For a person who asked for it by phone or in a mail.</p>`,
          'Stop marketing mail',
        )
      : '',
    lead.stage !== 'disqualified' && may('disqualify') ? disqualifyForm(form) : '',
  ].filter((one) => one !== '');
  if (forms.length === 0) return '';
  return html`<details class="card" ${MORE.has(form.refused?.form ?? '') ? html`open` : ''}>
    <summary>More: pause, stop mail, disqualify</summary>
    <div class="cards">${forms}</div>
  </details>`;
}

const MORE: ReadonlySet<string> = new Set(['resume', 'pause', 'unsubscribe', 'disqualify']);

function disqualifyForm(form: LeadForm): Html | '' {
  const reasons = form.playbook.reasons.filter(({ follow }) => follow.kind === 'disqualify');
  if (reasons.length === 0) return '';
  const options = { '': 'Choose a reason', ...Object.fromEntries(reasons.map(({ reason, label }) => [reason, label])) };
  const fields = ({ select }: FormFields): Html =>
    html`<p>This is final. Not for a person who merely did not answer.</p>
      ${select('reason', 'Why it is no lead', options, { required: true })}`;
  return card('Disqualify', form, 'disqualify', fields, 'Disqualify');
}

export function rejectForm(form: LeadForm, button: string): Html {
  const reasons = Object.fromEntries(
    form.playbook.reasons.filter((one) => !isOfOutcome(one)).map((one) => [one.reason, choiceInWords(one)]),
  );
  const fields = ({ select, text }: FormFields): Html =>
    html`${select('reason', 'Reason', { '': 'Choose a reason', ...reasons }, { required: true })}${text('note', 'Note (optional)')}`;
  return card(button, form, 'reject', fields, button);
}
