/** The end of a need on the page of a lead: why, how the sale goes on, and a disqualified lead that is re-opened. */
import { html } from 'hono/html';
import type { Playbook } from '../domain/playbook.ts';
import type { Action } from '../domain/policy.ts';
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
export function endForms(form: LeadForm, lead: { stage: string }, may: (action: Action) => boolean): Html | '' {
  if (lead.stage === 'customer' && may('outcome')) return afterSaleForm(form);
  return lead.stage === 'disqualified' && may('reopen') ? reopenForm(form) : '';
}

function afterSaleForm(form: LeadForm): Html {
  const stages = Object.fromEntries(form.playbook.funnel.map((stage) => [stage, stage]));
  const fields = ({ select }: FormFields): Html =>
    select('funnelStage', 'The sale is now', { '': 'Choose', ...stages }, { required: true });
  return html`<div class="cards">${card('After the sale', form, 'after-sale', fields, 'Record it')}</div>`;
}

function reopenForm(form: LeadForm): Html {
  const fields = ({ text }: FormFields): Html =>
    html`<p>It was disqualified by mistake: the lead is again where it was.</p>
      ${text('note', 'Why it is a lead after all', { required: true })}`;
  return html`<div class="cards">${card('Re-open', form, 'reopen', fields, 'Re-open')}</div>`;
}
