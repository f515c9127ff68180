/** A lead by hand: a referral, a call, somebody met. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { singleLine } from '../domain/clean-text.ts';
import { countryCode, LONGEST_COUNTRY } from '../domain/country.ts';
import { isEmailAddress, LONGEST_EMAIL, withAsciiDomain } from '../domain/email-address.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import { newId } from '../domain/ids.ts';
import { sourcesOf } from '../domain/known-sources.ts';
import type { Playbook } from '../domain/playbook.ts';
import { stripAddresses } from '../domain/redact.ts';
import { listed } from '../domain/stated-words.ts';
import { LONGEST, LONGEST_OF_NEED } from '../store/capture/clean-submission.ts';
import type { LeadSubmission } from '../store/capture/submit-lead.ts';
import { isPhone, NO_PHONE } from '../store/capture/phone.ts';
import type { StoreContext } from '../store/context.ts';
import type { Db } from '../store/db.ts';
import { readOfferable, readRepKey } from '../store/lists/reps.ts';
import type { ConsoleDeps } from './deps.ts';
import { bounded, chosen, field, LONGEST_TEXT } from './fields.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import { moneyOf } from './money.ts';
import { meant, type PersonChoices } from './same-person.ts';
import { requireAtAll, type Visitor } from './session.ts';
import { ABOUT_TO_BE_THEIRS, acceptOwn, pageOf, submitOnce } from './taken-in.ts';
import { Mistakes, wrongAs, wrongField } from './wrong.ts';

const HOW = {
  referral: 'Referred by somebody',
  phone: 'Called us, or was called',
  event: 'Met at an event',
  email: 'Wrote to us',
} as const;

/** Who goes on with the lead. The first two hand it to sales at once; `mine` is for reps alone. */
const GOES_TO = {
  rules: 'Sales: the rep whose turn it is',
  mine: 'I do: it is mine, I accept it at once',
  pool: 'Nobody yet: it waits in the nurture pool',
} as const;

const FIELDS = [
  { name: 'firstName', label: 'First name' },
  { name: 'lastName', label: 'Last name' },
  { name: 'email', label: 'Email address', type: 'email' },
  { name: 'phone', label: 'Phone (if there is no address)', type: 'tel' },
  { name: 'company', label: 'Company' },
  { name: 'jobTitle', label: 'Role' },
  { name: 'country', label: 'Country (its name, or its code such as DE)' },
  { name: 'source', label: 'Source (as reports count it: a channel or an event, not a person)' },
  { name: 'productLine', label: 'Product line it asks for' },
] as const satisfies readonly { name: keyof LeadSubmission | 'productLine'; label: string; type?: string }[];

const LONGEST_HERE = { ...LONGEST, ...LONGEST_OF_NEED, email: LONGEST_EMAIL, country: LONGEST_COUNTRY } as const;

/** Sources that every business has, beside those that the playbook names. */
const SOURCES_HERE = ['phone', 'referral'] as const;
const LONGEST_REFERRER = 200;

/**
 * @param refused The form that was posted and refused; null: it is shown for the first time
 * @param people Whom the person may be, where that is asked
 */
export function newLeadForm(
  visitor: Visitor,
  playbook: Playbook,
  refused: Refused | null,
  people: PersonChoices | null = null,
): Html {
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
    ${people === null ? '' : fields.select('person', 'Same person?', { '': 'Choose', ...people }, { required: true, hint: SAME_PERSON })}
    ${fields.select('how', 'How it came', { '': 'Choose', ...HOW }, { required: true })} ${inputs}
    ${fields.input('value', 'Expected value', { inputmode: 'decimal', longest: 30 })}
    ${fields.input('currency', 'Currency', { value: 'EUR', longest: 3 })}
    ${fields.input('referredBy', 'Who referred it (kept as a note)', { longest: LONGEST_REFERRER })}
    ${fields.text('note', 'Note')}
    ${fields.select('goesTo', 'Who goes on with it', { '': 'Choose', ...goesToFor(visitor) }, { required: true })}
    <p class="soft">No marketing mail is sent: for that the person has to agree.</p>
    <button class="main">Take the lead in</button>
  </form>`;
}

const SAME_PERSON =
  'A number may be that of more than one person. Added to a lead that is known, its name and company stay: change them on its page.';

function goesToFor({ repId }: Visitor): Readonly<Record<string, string>> {
  const { mine, ...others } = GOES_TO;
  return repId === null ? others : { mine, ...others };
}

/**
 * Takes the lead in, once however often the button is pressed. Who says that it is theirs has accepted it.
 * @returns The page to go on to, or whom the person may be, to be asked first
 * @throws AppError FORBIDDEN, VALIDATION_FAILED
 */
export async function takeIn(
  deps: ConsoleDeps,
  visitor: Visitor,
  request: Request,
): Promise<string | { choices: PersonChoices; message: string }> {
  const actor = requireAtAll(visitor, 'vouch');
  const stated = await submissionOf(deps.store, visitor, request);
  const chosenPerson = field(request, 'person');
  const who = await meant(deps.store.db, visitor, stated, chosenPerson);
  if ('choices' in who) return who;
  const { submission, person } = who;
  const note = bounded([who.note, noteOf(request)].filter((part) => part !== '').join(' '));
  const taken = await submitOnce(deps, { actor, repId: visitor.repId }, request, submission, {
    note,
    // What the form says, as the lead that it was added to has changed by it when it comes again.
    ...(person !== undefined && { person, body: { ...stated, person: chosenPerson } }),
  });
  const isTheirs = submission.enterAt?.owner !== undefined && taken.vouched;
  if (!isTheirs) return pageOf(deps.store, visitor, taken);
  // The lead is there: whatever goes wrong from here on, the answer is its page, and says how far it came.
  const accepted = await acceptOwn(deps, visitor, taken.leadId, 'added-mine').catch((error: unknown) => {
    deps.failed(error);
    return null;
  });
  return accepted ?? `/console/leads/${taken.leadId}?done=${ABOUT_TO_BE_THEIRS}`;
}

/** Who referred it is said in the note: the name of a person is no source. */
function noteOf(request: Request): string {
  const referrer = singleLine(field(request, 'referredBy', LONGEST_REFERRER));
  const words = [referrer === '' ? '' : `Referred by ${referrer}.`, field(request, 'note', LONGEST_TEXT)];
  return bounded(words.filter((word) => word !== '').join(' '));
}

async function submissionOf({ db, rules }: StoreContext, visitor: Visitor, request: Request): Promise<LeadSubmission> {
  const mistakes = new Mistakes();
  const values = Object.fromEntries(
    FIELDS.flatMap(({ name }) => {
      const value = mistakes.read(() => field(request, name, LONGEST_HERE[name]));
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  ) as Partial<Record<(typeof FIELDS)[number]['name'], string>>;
  const { productLine, ...person } = values;
  const { playbook } = rules.current();
  // It is shown in Temporal, where no address may stand.
  if (person.source !== undefined) person.source = stripAddresses(singleLine(person.source));
  if (person.email !== undefined) person.email = withAsciiDomain(person.email);
  const { email, phone, country } = person;
  mistakes.read(() => {
    if (email !== undefined && !isEmailAddress(email))
      throw wrongField('email', 'The email address is not one, such as ada@example.com.');
  });
  const line = listed(playbook.productLines, productLine);
  mistakes.read(() => {
    if (productLine !== undefined && line === null && playbook.productLines.length > 0)
      throw wrongField('productLine', `There is no such product line${hintFor(productLine, playbook.productLines)}`);
  });
  const code = country === undefined ? undefined : mistakes.read(() => countryOf(country));
  if (code !== undefined) person.country = code;
  mistakes.read(() => {
    if (phone !== undefined && !isPhone(phone, code)) throw wrongAs('phone', NO_PHONE);
  });
  const money = mistakes.read(() => moneyOf(request));
  const need = { ...money, ...(productLine === undefined ? {} : { productLine: line ?? productLine }) };
  const how = mistakes.read(() => chosen(request, 'how', HOW, 'Say how the lead came.'));
  const goesTo = mistakes.read(() => chosen(request, 'goesTo', GOES_TO, 'Choose who goes on with the lead.'));
  mistakes.refuse();
  // Refused above where it is none.
  if (how === undefined) throw wrongField('how', 'Say how the lead came.');
  const owner = goesTo === 'mine' ? await ownKey(db, visitor) : undefined;
  return {
    ...person,
    how,
    ...(Object.keys(need).length === 0 ? {} : { need }),
    ...(goesTo === 'pool' ? {} : { enterAt: { stage: 'assigned' as const, ...(owner !== undefined && { owner }) } }),
  };
}

/** @throws AppError VALIDATION_FAILED for a rep to whom no lead can be handed */
async function ownKey(db: Db, { repId }: Visitor): Promise<string> {
  const key = repId === null ? null : await readRepKey(db, repId);
  if (key !== null && (await readOfferable(db, key)) !== null) return key;
  throw wrongField('goesTo', 'You are in no team that takes leads: choose “Sales”, and hand the lead over afterwards.');
}

/** @throws AppError VALIDATION_FAILED */
function countryOf(written: string): string {
  const code = countryCode(written);
  if (code !== null) return code;
  throw wrongField('country', 'There is no such country: write its name, such as Germany, or its code, such as DE.');
}
