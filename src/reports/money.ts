/** Money of several currencies as one, by the rates of settings.yaml. */
import { decimalsOf, minorUnitsSql } from '../domain/currency.ts';
import type { Playbook } from '../domain/playbook.ts';
import { Prisma } from '../store/generated/client.ts';

/** The currency of reports without a setting. */
const DEFAULT_CURRENCY = 'EUR';

/** Of a cost `cc` of the campaign `cm`. */
export const COST_CURRENCY = 'coalesce(cc.currency, cm.currency)';

/** ISO 4217: the currency in which reports count money. */
export function currencyOf({ money }: Pick<Playbook, 'money'>): string {
  return money?.currency ?? DEFAULT_CURRENCY;
}

/** What `Orders` keeps of a lead `l`: its minor units and their currency, and those of other currencies. */
const OWN_ORDERS = ["(l.orders->>'valueMinor')::numeric", "(l.orders->>'currency')"] as const;
const HAS_OTHERS = Prisma.sql`(l.orders->'others' IS NOT NULL)`;
const OTHERS = Prisma.sql`jsonb_each_text(l.orders->'others') AS other(code, minor)`;
const OTHER_ORDERS = ['other.minor::numeric', 'other.code'] as const;

/** What is said of values that have no rate; empty: each has one. */
export function unratedNotes(unrated: number, playbook: Pick<Playbook, 'money'>): string[] {
  if (unrated === 0) return [];
  return [
    `The value of ${unrated} is in a currency without a rate to ${currencyOf(playbook)}, and is left out: settings.yaml, money.rates.`,
  ];
}

/**
 * An amount in minor units of the currency of reports, rounded half away from zero; NULL for a currency without a rate.
 * @param minor Column with minor units of the currency in the other column.
 */
export function moneySql(minor: string, currency: string, { money }: Pick<Playbook, 'money'>): Prisma.Sql {
  const own = money?.currency ?? DEFAULT_CURRENCY;
  const rates = Object.entries(money?.rates ?? {}).filter(([code]) => code !== own);
  const rate = Prisma.join(
    [
      Prisma.sql`CASE ${Prisma.raw(currency)} WHEN ${own} THEN 1::numeric`,
      ...rates.map(([code, value]) => Prisma.sql`WHEN ${code} THEN ${value}::numeric`),
      Prisma.sql`END`,
    ],
    ' ',
  );
  const scale = 10 ** decimalsOf(own);
  return Prisma.sql`round(${Prisma.raw(minor)} * ${rate} * ${scale}::numeric / ${Prisma.raw(minorUnitsSql(currency))})::bigint`;
}

/** In the currency of reports, of a lead `l` and its current need `n`: what the need is worth, or what was ordered. */
export function amountSql(of: 'value' | 'orders', playbook: Pick<Playbook, 'money'>): Prisma.Sql {
  return of === 'value'
    ? moneySql('n.value_minor', 'n.currency', playbook)
    : Prisma.sql`(coalesce(${moneySql(...OWN_ORDERS, playbook)}, 0) + CASE WHEN ${HAS_OTHERS}
        THEN (SELECT coalesce(sum(${moneySql(...OTHER_ORDERS, playbook)}), 0) FROM ${OTHERS}) ELSE 0 END)`;
}

/** Whether a lead `l` has orders in a currency without a rate: they are in no amount. */
export function hasUnratedOrdersSql(playbook: Pick<Playbook, 'money'>): Prisma.Sql {
  const [own, other] = [moneySql(...OWN_ORDERS, playbook), moneySql(...OTHER_ORDERS, playbook)];
  return Prisma.sql`((${Prisma.raw(OWN_ORDERS[0])} <> 0 AND ${own} IS NULL)
    OR (${HAS_OTHERS} AND EXISTS (SELECT FROM ${OTHERS} WHERE ${Prisma.raw(OTHER_ORDERS[0])} <> 0 AND ${other} IS NULL)))`;
}

/** What came of money: value less cost, as a share of the cost; null where nothing was spent. Both in the same minor units. */
export function roiOf(value: number, cost: number): number | null {
  return cost === 0 ? null : (value - cost) / cost;
}
