import { plainly, type Campaign } from './campaign.ts';
import { singleLine } from './clean-text.ts';
import { holdsAddress, holdsAddressOrDomain, withoutLinks } from './page-address.ts';
import type { KnownWords } from './playbook.ts';

/**
 * What people stated, as it may be put before others. Anybody can fill in a form in somebody else's name, so a mail has of it: the
 * name and company, if they hold no address of a page; words that the playbook lists; and, in mails and pages for people of ours, the
 * rest as a marked quotation in which nothing is a link.
 */

interface Person {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  jobTitle: string | null;
}

/** A part of a request in the words of who sent it. */
export interface StatedWords {
  what: string;
  /** One line, and nothing in it becomes a link. */
  words: string;
}

/** How long a quotation is at most, in characters. */
const LONGEST_QUOTE = 200;

/** The person for a greeting, a subject, a list: what holds an address of a page counts as not known. */
export function presentable<P extends Person>(person: P): P {
  const { firstName, lastName, company, jobTitle } = person;
  return {
    ...person,
    firstName: unless(holdsAddressOrDomain, firstName),
    lastName: unless(holdsAddressOrDomain, lastName),
    company: unless(holdsAddress, company),
    jobTitle: unless(holdsAddressOrDomain, jobTitle),
  };
}

/** A phone number that could not be read is kept as it was stated, whatever it says. Null if it holds an address. */
export function presentablePhone(phone: string | null): string | null {
  return unless(holdsAddressOrDomain, phone);
}

function unless(isOdd: (text: string) => boolean, text: string | null): string | null {
  return text === null || isOdd(text) ? null : text;
}

/** The word as the playbook writes it; null when the playbook does not list it. */
export function listed(words: readonly string[], stated: string | null | undefined): string | null {
  if (stated === null || stated === undefined) return null;
  const plain = plainly(stated);
  return words.find((word) => plainly(word) === plain) ?? null;
}

/** The campaign of the playbook that is meant; null when the playbook does not list it. */
export function campaignNamed(campaigns: readonly Campaign[], stated: string | null | undefined): Campaign | null {
  const key = listed(
    campaigns.map(({ campaign }) => campaign),
    stated,
  );
  return campaigns.find(({ campaign }) => campaign === key) ?? null;
}

/** The same, named for people of ours: by its key, where it has no name. */
export function listedCampaign(
  campaigns: readonly Campaign[],
  stated: string | null | undefined,
): (Campaign & { name: string }) | null {
  const found = campaignNamed(campaigns, stated);
  return found === null ? null : { ...found, name: found.name ?? found.campaign };
}

/** The need for a mail: words that the playbook lists. */
export function knownNeed(
  known: KnownWords,
  need: { productLine: string | null; type: string | null },
): { productLine: string | null; type: string | null } {
  return { productLine: listed(known.productLines, need.productLine), type: listed(known.needTypes, need.type) };
}

/** A stranger's words in a text of ours. */
export function quoted(text: string): string {
  return `“${quotable(text)}”`;
}

/** The words between the quotation marks. */
export function quotable(text: string): string {
  return withoutLinks(singleLine(text, LONGEST_QUOTE)).replaceAll(/[“”]/g, '"');
}

interface Stated extends Person {
  phone: string | null;
  productLine: string | null;
  needType: string | null;
  campaign: string | null;
}

/** Everything that `presentable` and `listed` leave out, for people of ours to read as a quotation. */
export function inTheirWords(stated: Stated, known: KnownWords): StatedWords[] {
  const shown = presentable(stated);
  const name = [stated.firstName, stated.lastName].filter((part) => part !== null).join(' ');
  const isNameShown = shown.firstName === stated.firstName && shown.lastName === stated.lastName;
  const all: [what: string, stated: string | null, shown: string | null][] = [
    ['Name', name === '' ? null : name, isNameShown ? name : null],
    ['Company', stated.company, shown.company],
    ['Role', stated.jobTitle, shown.jobTitle],
    ['Phone', stated.phone, presentablePhone(stated.phone)],
    ['Product line', stated.productLine, listed(known.productLines, stated.productLine)],
    ['Need', stated.needType, listed(known.needTypes, stated.needType)],
    ['Campaign', stated.campaign, listedCampaign(known.campaigns, stated.campaign)?.name ?? null],
  ];
  return all.flatMap(([what, words, isShown]) =>
    words === null || isShown !== null ? [] : [{ what, words: quotable(words) }],
  );
}
