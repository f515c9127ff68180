/** Any send window, for properties. */
import fc from 'fast-check';
import { type Hours, type SendWindow, WEEKDAYS } from '../../src/domain/cadence.ts';

const clock = fc.integer({ min: 0, max: 24 * 4 - 1 }).map((quarter) => {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`;
});
export const hours: fc.Arbitrary<Hours> = fc.record({
  days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
  from: clock,
  to: clock,
});
export const window: fc.Arbitrary<SendWindow> = fc.array(hours, { minLength: 1, maxLength: 3 });
