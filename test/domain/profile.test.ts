import { expect, test } from 'vitest';
import { PROFILE_FIELDS } from '../../src/domain/fields/of-lead.ts';
import { COMPLETE_PROFILE, SETTABLE_FIELDS, STATED_TEXTS } from '../../src/domain/fields/profile.ts';

test('a text of the profile that conditions ask about is one that a form can state', () => {
  const derived = ['emailDomain', 'freeMail', 'hasEmail', 'consented', 'companySize', 'region'];
  const asked = PROFILE_FIELDS.map(({ name }) => name).filter((name) => !derived.includes(name));
  expect(STATED_TEXTS).toEqual(expect.arrayContaining(asked));
});

test('a submission cannot change the address that the lead is found by, and a step can set no more than how to speak with the lead', () => {
  expect(STATED_TEXTS).not.toContain('email');
  expect(SETTABLE_FIELDS).toEqual(['language', 'preferredChannel']);
});

test('a complete profile has everything but a preferred channel', () => {
  expect(COMPLETE_PROFILE).toContain('email');
  expect(COMPLETE_PROFILE).toContain('companySize');
  expect(COMPLETE_PROFILE).not.toContain('preferredChannel');
});
