import { describe, expect, test } from 'vitest';
import { countryCode } from '../../src/domain/country.ts';

describe('A country', () => {
  test.each([
    ['de', 'DE'],
    [' UK ', 'GB'],
    ['Germany', 'DE'],
    ['deutschland', 'DE'],
    ['ÖSTERREICH', 'AT'],
    ['Osterreich', 'AT'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['Côte d’Ivoire', 'CI'],
    ['Italia', 'IT'],
    ['Georgia', 'GE'],
  ])('%s is %s', (written, code) => {
    expect(countryCode(written)).toBe(code);
  });

  test.each(['', 'XX', 'Ger', 'Atlantis', 'constructor', '__proto__', 'x'.repeat(100_000)])('%s is none', (written) => {
    expect(countryCode(written)).toBeNull();
  });
});
