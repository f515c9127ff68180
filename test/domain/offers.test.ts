import { expect, test } from 'vitest';
import { offerFits } from '../../src/domain/offers.ts';

test('the first offer of a period fits, and each further one while their share stays within the bound', () => {
  expect(offerFits({ messages: 0, offers: 0 }, 0.25)).toBe(true);
  expect(offerFits({ messages: 6, offers: 1 }, 0.25)).toBe(false);
  expect(offerFits({ messages: 7, offers: 1 }, 0.25)).toBe(true);
  expect(offerFits({ messages: 3, offers: 3 }, 1)).toBe(true);
});
