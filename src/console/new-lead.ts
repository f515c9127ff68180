/** A lead by hand: a referral, a call, somebody met. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { singleLine } from '../domain/clean-text.ts';
import { isEmailAddress, LONGEST_EMAIL, withAsciiDomain } from '../domain/email-address.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { stripAddresses } from '../domain/redact.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import { beginIdempotent, finishIdempotent, releaseIdempotent } from '../store/access/idempotency.ts';
import { LONGEST, LONGEST_OF_NEED } from '../store/capture/clean-submission.ts';
import { type LeadSubmission, submitLead } from '../store/capture/submit-lead.ts';
import type { StoreContext } from '../store/context.ts';
import { noteAtOnce } from '../store/sales/notes.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, chosen, field, LONGEST_TEXT, wrongField } from './fields.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import { moneyOf } from './money.ts';
import { homeOf } from './navigation.ts';
import { mayWith, requireAtAll, type Visitor } from './session.ts';

const HOW = {
  referral: 'Referred by somebody',
  phone: 'Called us, or was called',
  event: 'Met at an event',
  email: 'Wrote to us',
} as const;

const FIELDS = [
  { name: 'firstName', label: 'First name' },
  { name: 'lastName', label: 'Last name' },
  { name: 'email', label: 'Email address', type: 'email' },
  { name: 'phone', label: 'Phone (if there is no address)', type: 'tel' },
  { name: 'company', label: 'Company' },
  { name: 'jobTitle', label: 'Role' },
  { name: 'country', label: 'Country (two letters, as in DE)' },
  { name: 'source', label: 'Source (who referred it, which event)' },
  { name: 'productLine', label: 'Product line it asks for' },
] as const satisfies readonly { name: keyof LeadSubmission | 'productLine'; label: string; type?: string }[];

const LONGEST_HERE = { ...LONGEST, ...LONGEST_OF_NEED, email: LONGEST_EMAIL, country: 2 } as const;

/** @param refused The form that was posted and refused; null: it is shown for the first time */
export function newLeadForm(visitor: Visitor, refused: Refused | null): Html {
  const fields = fieldsOfForm('new-lead', refused);
  const inputs = FIELDS.map((one) =>
    fields.input(one.name, one.label, { type: 'type' in one ? one.type : 'text', longest: LONGEST_HERE[one.name] }),
  );
  return html`<form class="card" method="post" action="/console/leads">
    ${csrfField(visitor.csrf)}<input type="hidden" name="once" value="${fields.valueOf('once') || newId('command')}" />
    ${fields.select('how', 'How it came', { '': 'Choose', ...HOW }, { required: true })} ${inputs}
    ${fields.input('value', 'Expected value', { inputmode: 'decimal', longest: 30 })}
    ${fields.input('currency', 'Currency', { value: 'EUR', longest: 3 })} ${fields.text('note', 'Note')}
    ${
      visitor.repId === null
        ? ''
        : html`<label class="check"
            ><input type="checkbox" name="mine" value="yes" ${fields.valueOf('mine') === 'yes' ? html`checked` : ''} />
            It is mine: hand it to me at once</label
          >`
    }
    <p class="soft">No marketing mail is sent: for that the person has to agree.</p>
    <button class="main">Take the lead in</button>
  </form>`;
}

/**
 * Takes the lead in, once however often the button is pressed.
 * @returns The page to go on to
 * @throws AppError FORBIDDEN, VALIDATION_FAILED
 */
export async function takeIn({ store, ring }: ConsoleDeps, visitor: Visitor, request: Request): Promise<string> {
  const { db, realNow } = store;
  const actor = requireAtAll(visitor, 'vouch');
  const submission = await submissionOf(store, visitor, request);
  const key = { apiKeyId: actorHandle(actor), key: field(request, 'once').slice(0, 100), body: submission };
  const begun = await beginIdempotent(db, key, new Date(realNow()));
  if (begun.kind === 'replay') return pageOf(store, visitor, begun.answer.body);
  try {
    const text = bounded(field(request, 'note', LONGEST_TEXT));
    const { leadId, vouched, ringIds } = await submitLead(store, submission, {
      by: actor,
      alongside: async (tx, result) => {
        if (result.vouched && text !== '')
          await noteAtOnce(tx, { leadId: result.leadId, actor, text, realNowMs: realNow() });
        await finishIdempotent(tx, begun.slot, { status: 201, body: { id: result.vouched ? result.leadId : null } });
      },
    });
    ring(ringIds);
    return await pageOf(store, visitor, { id: vouched ? leadId : null });
  } catch (error) {
    await releaseIdempotent(db, begun.slot);
    throw error;
  }
}

/** A rep sees the lead on their desk once its process has handed it to them. */
async function pageOf({ db }: StoreContext, visitor: Visitor, answer: unknown): Promise<string> {
  const { id } = answer as { id: string | null };
  const ties = id === null ? null : await readTiesOf(db, id);
  if (ties !== null)
    return mayWith(visitor, 'see-lead', ties)
      ? `/console/leads/${ties.leadId}?done=added`
      : `${homeOf(visitor)}?done=added`;
  throw new AppError(
    'CONFLICT',
    'This person is known and is not your lead: the request was kept, its owner is told, and nothing was overwritten.',
  );
}

async function submissionOf({ db }: StoreContext, { repId }: Visitor, request: Request): Promise<LeadSubmission> {
  const values = Object.fromEntries(
    FIELDS.flatMap(({ name }) => {
      const value = field(request, name, LONGEST_HERE[name]);
      return value === '' ? [] : [[name, value]];
    }),
  ) as Partial<Record<(typeof FIELDS)[number]['name'], string>>;
  const { productLine, ...person } = values;
  // It is shown in Temporal, where no address may stand.
  if (person.source !== undefined) person.source = stripAddresses(singleLine(person.source));
  if (person.email !== undefined) person.email = withAsciiDomain(person.email);
  if (person.email !== undefined && !isEmailAddress(person.email))
    throw wrongField('email', 'The email address is not one, such as ada@example.com.');
  if (person.country !== undefined && !/^[A-Za-z]{2}$/.test(person.country))
    throw wrongField('country', 'The country has two letters, such as DE.');
  const need = { ...moneyOf(request), ...(productLine === undefined ? {} : { productLine }) };
  const isMine = repId !== null && field(request, 'mine') === 'yes';
  const rep = isMine ? await db.rep.findUnique({ where: { id: repId }, select: { key: true } }) : null;
  return {
    ...person,
    how: chosen(request, 'how', HOW, 'Say how the lead came.'),
    ...(Object.keys(need).length === 0 ? {} : { need }),
    ...(rep === null ? {} : { enterAt: { stage: 'assigned' as const, owner: rep.key } }),
  };
}
