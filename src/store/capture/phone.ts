/** Phone numbers in one form, so that a person who is known by one is found however it is written. */
import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/min';
import { presentablePhone } from '../../domain/stated-words.ts';

export interface Phone {
  /** E.164 where it could be read, with `;ext=` for an extension; else as stated: as digits, or as words where there are none. */
  phone: string;
  /** How versions before this wrote the same number. */
  oldForms: readonly string[];
}

/**
 * Reads a phone number; one without a country code is of `country` (ISO 3166). A number that cannot be read is kept as stated:
 * undefined only for an empty text.
 */
export function readPhone(text: string | undefined, country: string | null | undefined): Phone | undefined {
  const stated = text?.trim() ?? '';
  if (stated === '') return undefined;
  const old = digitsOf(stated);
  const number = parse(stated, country);
  if (number === undefined) return { phone: old ?? stated, oldForms: [] };
  const phone = number.ext === undefined ? number.number : `${number.number};ext=${number.ext}`;
  const code = number.countryCallingCode;
  const national = number.formatNational().replaceAll(/\D/g, '');
  const forms = new Set([old, national, `+${code}${national}`, `+${code}0${number.nationalNumber}`, number.number]);
  forms.delete(phone);
  return { phone, oldForms: number.ext === undefined ? [...forms].flatMap((form) => form ?? []) : [] };
}

/** What a person of ours is told who writes something else into the field of a phone. */
export const NO_PHONE = 'expected a phone number, such as +49 30 1234567';

/** As people write a number that does not say its country: nothing but digits and signs between them. */
const AS_WRITTEN = /^[\d\s()./-]{3,50}$/;
/** Of a subscriber without the code of the place, and of a number with everything (E.164). */
const [FEWEST_DIGITS, MOST_DIGITS] = [5, 15];

/** Whether a person of ours can have meant a number. A form of the website is not asked: it loses no lead over a word in the field. */
export function isPhone(text: string, country: string | null | undefined): boolean {
  const stated = text.trim();
  if (parse(stated, country) !== undefined) return true;
  // One that says its country, or whose country is known, would have been read.
  return !/^(\+|00)/.test(stated) && regionOf(country) === undefined && AS_WRITTEN.test(stated) && hasDigits(stated);
}

function hasDigits(text: string): boolean {
  return reachesSomebody(text) && text.replaceAll(/\D/g, '').length <= MOST_DIGITS;
}

/** Whether somebody can be reached by it: no word such as "none", not a few digits, nor nothing but zeros. */
export function reachesSomebody(phone: string): boolean {
  return phone.replaceAll(/\D/g, '').length >= FEWEST_DIGITS && /[1-9]/.test(phone);
}

/** A phone as a page shows it; `call` is the address of a link that calls it, null where it is no number that can be called. */
export function phoneOf(stated: string | null): { phone: string | null; call: string | null } {
  const phone = presentablePhone(stated);
  return { phone, call: phone === null ? null : callAddress(phone) };
}

/** The address of a link that calls the number, as it is kept; null for what is no number: it is shown, and calls nobody. */
function callAddress(phone: string): string | null {
  const isNumber = phone.startsWith('+') ? isReadPhone(phone) : AS_WRITTEN.test(phone) && hasDigits(phone);
  return isNumber ? `tel:${phone.replaceAll(' ', '')}` : null;
}

/** What a number ends with in every form that says its country, where it was stated without one; null: it says its country, or is too short to tell. */
export function endOfNational(phone: string): string | null {
  const end = phone.replace(/^0/, '');
  return /^[1-9]\d{6,}$/.test(end) ? end : null;
}

/** Whether it can be called from anywhere: it was read, and is not merely as stated. */
export function isReadPhone(phone: string): boolean {
  return phone.startsWith('+') && parse(phone.split(';')[0] ?? '', null) !== undefined;
}

function parse(stated: string, country: string | null | undefined): PhoneNumber | undefined {
  const of = regionOf(country);
  // Almost everywhere 00 stands for the +; where it does not, its country says so.
  const international = stated.replace(/^00/, '+');
  const number =
    (of === undefined ? undefined : parsePhoneNumberFromString(stated, of)) ??
    parsePhoneNumberFromString(international);
  return number?.isPossible() === true && /[1-9]/.test(number.nationalNumber) ? number : undefined;
}

function regionOf(country: string | null | undefined): CountryCode | undefined {
  const region = country?.toUpperCase() ?? '';
  return isSupportedCountry(region) ? region : undefined;
}

/** Digits with a leading + where an international prefix was given; punctuation is dropped. */
function digitsOf(text: string): string | undefined {
  const digits = text.replaceAll(/\D/g, '');
  if (digits === '') return undefined;
  if (text.startsWith('+')) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}
