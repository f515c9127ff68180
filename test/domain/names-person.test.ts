import { expect, it } from 'vitest';
import type { Condition } from '../../src/domain/condition.ts';
import { namesPerson } from '../../src/domain/names-person.ts';

const ADA = { email: 'ada.l@lovelace.example', phone: '+493012345678', firstName: 'Ada', lastName: 'Lovelace' };

it.each<[string, Condition]>([
  ['her address', { 'attributes.friend': 'Ada.L@Lovelace.example' }],
  ['her address within a text', { company: { contains: 'written by ada.l@lovelace.example today' } }],
  ['what stands before the @', { 'attributes.login': { startsWith: 'ada.l@' } }],
  ['her full name', { company: { contains: 'ADA  LOVELACE' } }],
  ['her name, the last name first', { jobTitle: 'Lovelace, Ada' }],
  ['her number without its country', { 'attributes.phone': '030 / 1234 5678' }],
  ['her number as a number', { 'attributes.phone': 493012345678 }],
  ['her address in a list, deep inside', { any: [{ stage: 'new' }, { not: { industry: ['x', ADA.email] } }] }],
  ['her address as a name of a field', { 'attributes.ada.l@lovelace.example': true }],
])('names her: %s', (_, condition) => expect(namesPerson(condition, ADA)).toBe(true));

it.each<[string, Condition]>([
  ['a stage', { stage: 'nurturing' }],
  ['her company', { company: 'Lovelace', emailDomain: 'lovelace.example' }],
  ['a first name', { 'attributes.contact': 'Ada' }],
  ['a small number', { score: { gte: 20 }, companySize: 5678 }],
  ['the number of somebody else', { 'attributes.phone': '030 9999 5678' }],
])('does not name her: %s', (_, condition) => expect(namesPerson(condition, ADA)).toBe(false));

it('nobody is named where nothing is known of the person', () => {
  const nobody = { email: null, phone: null, firstName: null, lastName: null };
  expect(namesPerson({ company: 'Ada Lovelace', 'attributes.phone': '' }, nobody)).toBe(false);
});
