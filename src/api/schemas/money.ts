import { z } from 'zod';

/** Money in requests and in answers. */
export const Money = z
  .strictObject({
    amount: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .meta({ description: 'In minor units: 125000 is 1,250.00', example: 125_000 }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as in EUR')
      .meta({ example: 'EUR' }),
  })
  .meta({ id: 'Money' });

/** Null unless both are known. */
export function moneyOf(row: { valueMinor: bigint | null; currency: string | null }): z.output<typeof Money> | null {
  if (row.valueMinor === null || row.currency === null) return null;
  return { amount: Number(row.valueMinor), currency: row.currency };
}
