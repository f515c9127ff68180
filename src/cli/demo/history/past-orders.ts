/** Orders of the past, as a shop reports them. */
import { ORDER_EVENT, type Orders, withOrder } from '../../../domain/orders.ts';
import type { Chance } from './chance.ts';
import { eventRow } from './event-row.ts';

/** In days after the lead came in, in the order of time. */
export type PastOrders = readonly { afterDays: number; valueMinor: number; currency: 'EUR' | 'USD' }[];

/** Most of those who are won order, and some of these again; a few order without having been won. */
export function ordersOf(
  chance: Chance,
  ended: { afterDays: number; won: boolean } | null,
  valueMinor: number,
): PastOrders {
  const [orders, again, then, shop] = [chance.next(), chance.next(), chance.next(), chance.next()];
  if (ended?.won !== true)
    return shop < 0.03
      ? [{ afterDays: 5 + 50 * then, valueMinor: 990 + 100 * Math.round(300 * again), currency: 'EUR' }]
      : [];
  if (orders > 0.8) return [];
  const first = { afterDays: ended.afterDays + 1, valueMinor, currency: 'EUR' } as const;
  if (again > 0.5) return [first];
  const currency = shop < 0.2 ? 'USD' : 'EUR';
  return [first, { afterDays: first.afterDays + 20 + 500 * then, valueMinor: Math.round(valueMinor / 3), currency }];
}

interface When {
  accepted: boolean;
  happened: (afterDays: number) => boolean;
  /** The instant so many days after the lead came in. */
  at: (afterDays: number) => string;
}

/** What of it happened, as events, and summed up as in the lead's row. */
export function orderRows(
  leadId: string,
  { ended, orders }: { ended: { won: boolean } | null; orders: PastOrders },
  { accepted, happened, at }: When,
): { events: Record<string, unknown>[]; sum: Orders | null } {
  const placed = orders.filter(({ afterDays }) => (accepted || ended?.won !== true) && happened(afterDays));
  let sum: Orders | null = null;
  for (const { afterDays, valueMinor, currency } of placed)
    sum = withOrder(sum, { valueMinor, currency }, Date.parse(at(afterDays)));
  const events = placed.map(({ afterDays, ...properties }) =>
    eventRow({ leadId, type: ORDER_EVENT, properties, at: at(afterDays) }),
  );
  return { events, sum };
}
