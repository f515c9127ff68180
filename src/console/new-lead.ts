/** A lead by hand: a referral, a call, somebody met. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Request } from 'express';
import { html } from 'hono/html';
import { type Actor, actorHandle } from '../domain/actor.ts';
import { singleLine } from '../domain/clean-text.ts';
import { isEmailAddress, LONGEST_EMAIL, withAsciiDomain } from '../domain/email-address.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { idFor, newId } from '../domain/ids.ts';
import { sourcesOf } from '../domain/known-sources.ts';
import type { Playbook } from '../domain/playbook.ts';
import { stripAddresses } from '../domain/redact.ts';
import { listed } from '../domain/stated-words.ts';
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
import { actorFor, mayWith, requireAtAll, type Visitor } from './session.ts';

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
  { name: 'source', label: 'Source (as reports count it: a channel or an event, not a person)' },
  { name: 'productLine', label: 'Product line it asks for' },
] as const satisfies readonly { name: keyof LeadSubmission | 'productLine'; label: string; type?: string }[];

const LONGEST_HERE = { ...LONGEST, ...LONGEST_OF_NEED, email: LONGEST_EMAIL, country: 2 } as const;

/** Sources that every business has, beside those that the playbook names. */
const SOURCES_HERE = ['phone', 'referral'] as const;
const LONGEST_REFERRER = 200;

/** @param refused The form that was posted and refused; null: it is shown for the first time */
export function newLeadForm(visitor: Visitor, playbook: Playbook, refused: Refused | null): Html {
  const fields = fieldsOfForm('new-lead', refused);
  const suggested: Readonly<Record<string, readonly string[]>> = {
    source: [...new Set([...sourcesOf(playbook), ...SOURCES_HERE])].toSorted(),
    productLine: playbook.productLines,
  };
  const inputs = FIELDS.map((one) => {
    const among = suggested[one.name];
    const type = 'type' in one ? one.type : 'text';
    return fields.input(one.name, one.label, { type, longest: LONGEST_HERE[one.name], ...(among && { among }) });
  });
  return html`<form class="card" method="post" action="/console/leads">
    ${csrfField(visitor.csrf)}<input type="hidden" name="once" value="${fields.valueOf('once') || newId('command')}" />
    ${fields.select('how', 'How it came', { '': 'Choose', ...HOW }, { required: true })} ${inputs}
    ${fields.input('value', 'Expected value', { inputmode: 'decimal', longest: 30 })}
    ${fields.input('currency', 'Currency', { value: 'EUR', longest: 3 })}
    ${fields.input('referredBy', 'Who referred it (kept as a note)', { longest: LONGEST_REFERRER })}
    ${fields.text('note', 'Note')}
    ${
      visitor.repId === null
        ? ''
        : html`<label class="check"
            ><input type="checkbox" name="mine" value="yes" ${fields.valueOf('mine') === 'yes' ? html`checked` : ''} />
            It is mine: I accept it at once</label
          >`
    }
    <p class="soft">No marketing mail is sent: for that the person has to agree.</p>
    <button class="main">Take the lead in</button>
  </form>`;
}

/**
 * Takes the lead in, once however often the button is pressed. Who says that it is theirs has accepted it.
 * @returns The page to go on to
 * @throws AppError FORBIDDEN, VALIDATION_FAILED
 */
export async function takeIn(deps: ConsoleDeps, visitor: Visitor, request: Request): Promise<string> {
  const actor = requireAtAll(visitor, 'vouch');
  const submission = await submissionOf(deps.store, visitor, request);
  const leadId = await submitOnce(deps, actor, request, submission);
  const taken = submission.enterAt === undefined ? null : await acceptOwn(deps, visitor, leadId);
  return taken ?? pageOf(deps.store, visitor, leadId);
}

/** @returns Null: the person is known, and the visitor may not know the lead */
async function submitOnce(
  { store, ring }: ConsoleDeps,
  actor: Actor,
  request: Request,
  submission: LeadSubmission,
): Promise<string | null> {
  const { db, realNow } = store;
  const key = { apiKeyId: actorHandle(actor), key: field(request, 'once').slice(0, 100), body: submission };
  const begun = await beginIdempotent(db, key, new Date(realNow()));
  if (begun.kind === 'replay') return (begun.answer.body as { id: string | null }).id;
  try {
    const text = noteOf(request);
    const { leadId, vouched, ringIds } = await submitLead(store, submission, {
      by: actor,
      alongside: async (tx, result) => {
        if (result.vouched && text !== '')
          await noteAtOnce(tx, { leadId: result.leadId, actor, text, realNowMs: realNow() });
        await finishIdempotent(tx, begun.slot, { status: 201, body: { id: result.vouched ? result.leadId : null } });
      },
    });
    ring(ringIds);
    return vouched ? leadId : null;
  } catch (error) {
    await releaseIdempotent(db, begun.slot);
    throw error;
  }
}

/** So long the hand-off to the rep who took the lead in is waited for; later they accept it on their desk. */
const HAND_OFF_MS = 3_000;
const LOOK_AGAIN_MS = 150;

/** Accepts the offer to the visitor, once however often it is asked for. @returns The page of the lead; null: there is no such offer yet */
async function acceptOwn(
  { store, commands }: ConsoleDeps,
  visitor: Visitor,
  id: string | null,
): Promise<string | null> {
  if (id === null) return null;
  for (const endMs = Date.now() + HAND_OFF_MS; Date.now() < endMs; await delay(LOOK_AGAIN_MS)) {
    const ties = await readTiesOf(store.db, id);
    const handOff = ties?.handOff ?? null;
    if (ties === null || handOff === null || !handOff.isLive || handOff.repId !== visitor.repId) continue;
    const commandId = idFor('command', `console:take-in:${handOff.id}`);
    const actor = actorFor(visitor, 'accept', ties);
    const command = { commandId, actor, kind: 'accept', assignmentId: handOff.id } as const;
    const isAccepted = await commands.execute(id, command).then(
      ({ ok }) => ok,
      (error: unknown) => {
        // The lead is taken in all the same, and its page says that the offer waits.
        if (isAppError(error)) return false;
        throw error;
      },
    );
    return `/console/leads/${id}?done=${isAccepted ? 'accepted' : 'added'}`;
  }
  return null;
}

/** Who referred it is said in the note: the name of a person is no source. */
function noteOf(request: Request): string {
  const referrer = singleLine(field(request, 'referredBy', LONGEST_REFERRER));
  const words = [referrer === '' ? '' : `Referred by ${referrer}.`, field(request, 'note', LONGEST_TEXT)];
  return bounded(words.filter((word) => word !== '').join(' '));
}

/** A rep sees the lead on their desk once its process has handed it to them. */
async function pageOf({ db }: StoreContext, visitor: Visitor, id: string | null): Promise<string> {
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

async function submissionOf(
  { db, rules }: StoreContext,
  { repId }: Visitor,
  request: Request,
): Promise<LeadSubmission> {
  const values = Object.fromEntries(
    FIELDS.flatMap(({ name }) => {
      const value = field(request, name, LONGEST_HERE[name]);
      return value === '' ? [] : [[name, value]];
    }),
  ) as Partial<Record<(typeof FIELDS)[number]['name'], string>>;
  const { productLine, ...person } = values;
  const { playbook } = rules.current();
  // It is shown in Temporal, where no address may stand.
  if (person.source !== undefined) person.source = stripAddresses(singleLine(person.source));
  if (person.email !== undefined) person.email = withAsciiDomain(person.email);
  if (person.email !== undefined && !isEmailAddress(person.email))
    throw wrongField('email', 'The email address is not one, such as ada@example.com.');
  const line = listed(playbook.productLines, productLine);
  if (productLine !== undefined && line === null && playbook.productLines.length > 0)
    throw wrongField('productLine', `There is no such product line${hintFor(productLine, playbook.productLines)}`);
  if (person.country !== undefined && !/^[A-Za-z]{2}$/.test(person.country))
    throw wrongField('country', 'The country has two letters, such as DE.');
  const need = { ...moneyOf(request), ...(productLine === undefined ? {} : { productLine: line ?? productLine }) };
  const isMine = repId !== null && field(request, 'mine') === 'yes';
  const rep = isMine ? await db.rep.findUnique({ where: { id: repId }, select: { key: true } }) : null;
  return {
    ...person,
    how: chosen(request, 'how', HOW, 'Say how the lead came.'),
    ...(Object.keys(need).length === 0 ? {} : { need }),
    ...(rep === null ? {} : { enterAt: { stage: 'assigned' as const, owner: rep.key } }),
  };
}
