/** What a lead has ordered, kept in its row as its orders come in: rules can ask about it without reading its history. */
export interface Orders {
  count: number;
  /** Of the orders in `currency`, in its minor units. */
  valueMinor: number;
  /** Of the first order that said one; null: none did. */
  currency: string | null;
  /** The latest, by the orders' own time, epoch milliseconds. */
  lastAtMs: number;
}

/** The event of an order. Its properties `valueMinor` and `currency` say what it was worth. */
export const ORDER_EVENT = 'order.placed';

export function ordersOf({ orders }: { orders: unknown }): Orders | null {
  return typeof orders === 'object' && orders !== null ? (orders as Orders) : null;
}

/** With one more. An order without a currency counts as in that of the others; one in another currency adds no value. */
export function withOrder(
  before: Orders | null,
  properties: Readonly<Record<string, unknown>>,
  occurredAtMs: number,
): Orders {
  const { valueMinor, currency } = properties;
  const value = typeof valueMinor === 'number' && Number.isFinite(valueMinor) ? valueMinor : 0;
  const stated = typeof currency === 'string' && currency !== '' ? currency.toUpperCase() : null;
  const kept = before?.currency ?? stated;
  return {
    count: (before?.count ?? 0) + 1,
    valueMinor: (before?.valueMinor ?? 0) + (stated === null || stated === kept ? value : 0),
    currency: kept,
    lastAtMs: Math.max(before?.lastAtMs ?? occurredAtMs, occurredAtMs),
  };
}
