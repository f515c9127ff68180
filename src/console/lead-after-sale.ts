/** The end of a need on the page of a lead: why, how the sale goes on, and a disqualified lead that is re-opened. */
import { html } from 'hono/html';
import { moneyInWords } from '../domain/money-words.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Action } from '../domain/policy.ts';
import type { LeadDetail } from '../store/lists/lead.ts';
import type { Html } from './layout.ts';
import type { FormFields } from './form-fields.ts';
import { card, type LeadForm } from './lead-form-parts.ts';

/** Why it was won or lost, or is no need: a reason that closes. */
export function whySelect({ select }: FormFields, { reasons }: Playbook): Html | '' {
  const closing = reasons.filter(({ follow }) => ['won', 'lost', 'no-need'].includes(follow.kind));
  if (closing.length === 0) return '';
  const options = Object.fromEntries(closing.map(({ reason, label, follow }) => [reason, `${label} (${follow.kind})`]));
  return select('why', 'Why (lost and no need want it)', { '': 'Choose', ...options });
}

/** What can be done with a lead whose need is closed. */
export function endForms(
  form: LeadForm,
  lead: Pick<LeadDetail, 'stage' | 'needId' | 'needs'>,
  { may, locale }: { may: (action: Action) => boolean; locale: string },
): Html | '' {
  const sales = lead.stage === 'disqualified' ? [] : lead.needs.filter((need) => goesOn(need, lead, form.playbook));
  if (sales.length > 0 && may('outcome')) return afterSaleForm(form, sales, locale);
  return lead.stage === 'disqualified' && may('reopen') ? reopenForm(form) : '';
}

/** An earlier sale that has come to the end of the funnel is over. */
function goesOn(
  { id, outcome, funnelStage }: LeadDetail['needs'][number],
  { needId }: Pick<LeadDetail, 'needId'>,
  { funnel }: Playbook,
): boolean {
  return outcome === 'won' && (id === needId || funnelStage === null || funnelStage !== funnel.at(-1));
}

/** Of the current need or of earlier ones: a sale goes on while the customer needs something else. */
function afterSaleForm(form: LeadForm, sales: LeadDetail['needs'], locale: string): Html {
  const stages = Object.fromEntries(form.playbook.funnel.map((stage) => [stage, stage]));
  const named = Object.fromEntries(sales.map((need) => [need.id, saleInWords(need, locale)]));
  const fields = ({ select }: FormFields): Html =>
    html`${select('need', 'Which sale', named, { required: true })}${select('funnelStage', 'The sale is now', { '': 'Choose', ...stages }, { required: true })}`;
  return html`<div class="cards">${card('After the sale', form, 'after-sale', fields, 'Record it')}</div>`;
}

function saleInWords(
  { productLine, type, valueMinor, currency, funnelStage }: LeadDetail['needs'][number],
  locale: string,
): string {
  const value = valueMinor === null ? null : moneyInWords(valueMinor, currency, locale);
  const parts = [productLine, type, value, funnelStage].filter((part) => part !== null);
  return parts.length === 0 ? 'The sale' : parts.join(', ');
}

function reopenForm(form: LeadForm): Html {
  const fields = ({ text }: FormFields): Html =>
    html`<p>
        It was disqualified by mistake: the lead is open again. The rep who had accepted it gets it back. One that was
        rejected goes to the nurture pool, and once it is ready it is offered anew to whom routing chooses.
      </p>
      ${text('note', 'Why it is a lead after all', { required: true })}`;
  return html`<div class="cards">${card('Re-open', form, 'reopen', fields, 'Re-open')}</div>`;
}
