/** What a lead has ordered, kept in its row as its orders come in: rules can ask about it without reading its history. */
export interface Orders {
  count: number;
  /** Of the orders in `currency`, in its minor units. */
  valueMinor: number;
  /** Of the first order that said one; null: none did. */
  currency: string | null;
  /** Of the orders in other currencies, by these, in minor units of each. */
  others?: Record<string, number>;
  /** The latest, by the orders' own time, epoch milliseconds. */
  lastAtMs: number;
}

/** The event of an order. Its properties `valueMinor` and `currency` say what it was worth. */
export const ORDER_EVENT = 'order.placed';

export function ordersOf({ orders }: { orders: unknown }): Orders | null {
  return typeof orders === 'object' && orders !== null ? (orders as Orders) : null;
}

/** With one more. An order without a currency counts as in that of the others; the value of one in another currency is kept apart. */
export function withOrder(
  before: Orders | null,
  properties: Readonly<Record<string, unknown>>,
  occurredAtMs: number,
): Orders {
  const { valueMinor, currency } = properties;
  const value = typeof valueMinor === 'number' && Number.isFinite(valueMinor) ? valueMinor : 0;
  const stated = typeof currency === 'string' && currency !== '' ? currency.toUpperCase() : null;
  const kept = before?.currency ?? stated;
  const isOfOther = stated !== null && stated !== kept;
  const others = isOfOther ? { ...before?.others, [stated]: (before?.others?.[stated] ?? 0) + value } : before?.others;
  return {
    count: (before?.count ?? 0) + 1,
    valueMinor: (before?.valueMinor ?? 0) + (isOfOther ? 0 : value),
    currency: kept,
    ...(others && { others }),
    lastAtMs: Math.max(before?.lastAtMs ?? occurredAtMs, occurredAtMs),
  };
}
