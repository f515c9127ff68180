/**
 * Planning backwards from a target: how many leads each layer of the funnel needs, by when they have to come in, and what they cost. Pure
 * arithmetic over what was measured, with whatever somebody assumes in its place.
 */

/** The layers before the last one, in their order; the last are customers. */
export const TARGET_LAYERS = ['came', 'qualified', 'handed', 'accepted', 'opportunity', 'won'] as const;
export type TargetLayer = (typeof TARGET_LAYERS)[number];

/** What a past period showed, or somebody assumes. */
export interface Measured {
  /** Share, 0 to 1, of the needs of the layer before that come to a layer; null: too few to tell. */
  rates: Readonly<Record<Exclude<TargetLayer, 'came'>, number | null>>;
  /** Median days from coming in to a layer; null: nobody came to it. */
  days: Readonly<Record<Exclude<TargetLayer, 'came'>, number | null>>;
  /** What a won need is worth on average, in minor units; null: none was won. */
  valueMinor: number | null;
  /** What it was measured as, in a plan that was saved; absent in plans of older versions. */
  measuredValueMinor?: number | null;
  /** By activity (the campaign's type, or where it is of none the source). */
  activities: readonly ActivityMeasured[];
  /** Share of the won needs by product line. `won`: how many; absent in plans of older versions. */
  productLines: readonly { productLine: string | null; share: number; won?: number }[];
  /** How many needs came to each layer: what the rates are made of. Absent in plans of older versions. */
  needs?: Readonly<Record<TargetLayer, number>>;
  /** How many open needs stand at each layer now, without those at rest. Absent in plans of older versions. */
  open?: Readonly<Record<Exclude<TargetLayer, 'won'>, number>>;
}

export interface ActivityMeasured {
  activity: string | null;
  leads: number;
  won: number;
  /** In minor units; null: nothing is known of what it cost. */
  costMinor: number | null;
  /** What somebody assumes in the place of what was measured. */
  assumed?: ActivityAssumed;
}

export interface ActivityAssumed {
  /** Of all leads, 0 to 1. */
  share?: number;
  /** Of a lead, in minor units. */
  costMinor?: number;
}

/** A goal in customers, or in money of won needs in minor units. */
export type Goal = { customers: number } | { moneyMinor: number };

export interface TargetPlan {
  customers: number;
  layers: readonly {
    layer: TargetLayer;
    needed: number;
    /** By when (YYYY-MM-DD): so that half of them are won in time. */ by: string | null;
  }[];
  activities: readonly { activity: string | null; leads: number; won: number; costMinor: number | null }[];
  productLines: readonly { productLine: string | null; leads: number; customers: number }[];
  /** What the leads cost, of the activities whose cost is known. */
  costMinor: number;
  /** The first day (YYYY-MM-DD) whose customers count; absent in plans of older versions. */
  from?: string;
  /** Whose leads it was measured by, and is to be held against; absent: all leads. */
  of?: { repId: string; teams: readonly string[] };
}

const DAY_MS = 86_400_000;

/**
 * @param until The day (YYYY-MM-DD) by which the goal is to be reached.
 * @returns what is needed, or which figure is missing
 */
export function planTarget(goal: Goal, until: string, measured: Measured): TargetPlan | { missing: string } {
  const { rates, valueMinor } = measured;
  if ('moneyMinor' in goal && (valueMinor === null || valueMinor <= 0)) return { missing: 'what a won need is worth' };
  const customers = 'customers' in goal ? goal.customers : Math.ceil(goal.moneyMinor / (valueMinor ?? 1));
  const needed = new Map<TargetLayer, number>([['won', customers]]);
  for (let i = TARGET_LAYERS.length - 1; i > 0; i -= 1) {
    const layer = TARGET_LAYERS[i] as Exclude<TargetLayer, 'came'>;
    const rate = rates[layer];
    if (rate === null || rate <= 0) return { missing: `the share that comes to ‘${layer}’` };
    needed.set(TARGET_LAYERS[i - 1] ?? 'came', (needed.get(layer) ?? 0) / rate);
  }
  const leads = Math.ceil(round(needed.get('came') ?? 0));
  const activities = shared(leads, customers, measured.activities);
  const ofLines = parted(
    leads,
    measured.productLines.map(({ share }) => share),
  );
  return {
    customers,
    layers: TARGET_LAYERS.map((layer) => ({
      layer,
      needed: Math.ceil(round(needed.get(layer) ?? 0)),
      by: dayBefore(until, layer, measured.days),
    })),
    activities,
    productLines: measured.productLines.map(({ productLine, share }, i) => ({
      productLine,
      leads: ofLines[i] ?? 0,
      customers: Math.round(customers * share * 10) / 10,
    })),
    costMinor: activities.reduce((sum, { costMinor }) => sum + (costMinor ?? 0), 0),
  };
}

/** How many customers the open needs are expected to become, each by the shares that are before it. Null: a share is not known. */
export function expectedOf({ open, rates }: Pick<Measured, 'open' | 'rates'>): number | null {
  if (open === undefined) return null;
  let [share, sum]: [number, number] = [1, 0];
  for (let i = TARGET_LAYERS.length - 1; i > 0; i -= 1) {
    const rate = rates[TARGET_LAYERS[i] as Exclude<TargetLayer, 'came'>];
    if (rate === null) return null;
    share *= rate;
    sum += open[TARGET_LAYERS[i - 1] as Exclude<TargetLayer, 'won'>] * share;
  }
  return sum;
}

/** The first end (YYYY-MM-DD) by which half of the leads that come in today and are won at all are won; null: nobody was won yet. */
export function earliestEnd(today: string, { won }: Measured['days']): string | null {
  return won === null ? null : moved(today, Math.round(won));
}

/** The first of the days that end with `by`, as long as the days in which customers count. */
export function beginOfLayer(by: string, from: string, until: string): string {
  return moved(by, -Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS));
}

/** The days (YYYY-MM-DD, both included) in which a plan asks for the needs of each layer. Customers have those of the plan itself. */
export function daysOfLayers(
  { layers, from }: Pick<TargetPlan, 'layers' | 'from'>,
  saved: { from: string; until: string },
): { layer: TargetLayer; since: string; until: string }[] {
  const first = from ?? saved.from;
  return layers.map(({ layer, by }) =>
    by === null || layer === 'won'
      ? { layer, since: first, until: saved.until }
      : { layer, since: beginOfLayer(by, first, saved.until), until: by },
  );
}

function moved(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The days to a layer are counted back from the end: who comes in later than that is won too late, half of the time. */
function dayBefore(until: string, layer: TargetLayer, days: Measured['days']): string | null {
  const toWin = days.won;
  const toLayer = layer === 'came' ? 0 : longestSoFar(layer, days);
  if (toWin === null || toLayer === null) return null;
  return moved(until, -Math.max(0, Math.round(toWin - toLayer)));
}

/** The median of few can be below that of the layer before: nobody comes to a layer before the one before it. */
function longestSoFar(layer: Exclude<TargetLayer, 'came'>, days: Measured['days']): number | null {
  const before = TARGET_LAYERS.slice(1, TARGET_LAYERS.indexOf(layer) + 1) as Exclude<TargetLayer, 'came'>[];
  const known = before.flatMap((one) => days[one] ?? []);
  return days[layer] === null ? null : Math.max(...known);
}

/** Each activity brings its part of the leads as it did, or as is assumed; what one cost then, one costs again. */
function shared(leads: number, customers: number, activities: readonly ActivityMeasured[]): TargetPlan['activities'] {
  const shares = mixOf(activities);
  const all = activities.reduce((sum, one) => sum + one.leads, 0);
  if (all === 0) return [];
  // Its leads become customers as they did: who brings twice the part has twice the customers, of all that there are.
  const wins = activities.map((one, i) => (one.leads === 0 ? 0 : (one.won * (shares[i] ?? 0) * all) / one.leads));
  const won = wins.reduce((sum, one) => sum + one, 0);
  const parts = parted(leads, shares);
  return activities.map((one, i) => {
    const part = parts[i] ?? 0;
    const cost = costOfLead(one);
    return {
      activity: one.activity,
      leads: part,
      won: won === 0 ? 0 : Math.round((customers * (wins[i] ?? 0) * 10) / won) / 10,
      costMinor: cost === null ? null : Math.round(cost * part),
    };
  });
}

/** What a lead of an activity costs, in minor units; null: nothing is known of it. */
export function costOfLead({ assumed, costMinor, leads }: ActivityMeasured): number | null {
  if (assumed?.costMinor !== undefined) return assumed.costMinor;
  return costMinor === null || leads === 0 ? null : costMinor / leads;
}

/** The share of each activity, 0 to 1: those that are assumed, and what is left in the parts in which the others brought leads. */
export function mixOf(activities: readonly ActivityMeasured[]): number[] {
  const given = activities.reduce((sum, { assumed }) => sum + (assumed?.share ?? 0), 0);
  const others = activities.reduce((sum, { assumed, leads }) => sum + (assumed?.share === undefined ? leads : 0), 0);
  // With nobody to bring what is left, those that are assumed bring it all.
  const whole = others === 0 ? given : 1;
  return activities.map(({ assumed, leads }) => {
    if (assumed?.share !== undefined) return whole === 0 ? 0 : assumed.share / whole;
    return others === 0 ? 0 : (Math.max(0, 1 - given) * leads) / others;
  });
}

/** Whole parts of a whole number that sum to it, where the shares sum to 1: the largest remainders are rounded up. */
function parted(all: number, shares: readonly number[]): number[] {
  const exact = shares.map((share) => round(all * share));
  const parts = exact.map(Math.floor);
  const missing = Math.round(exact.reduce((sum, one) => sum + one, 0)) - parts.reduce((sum, one) => sum + one, 0);
  const byRemainder = exact
    .map((one, i) => ({ i, remainder: one - Math.floor(one) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, Math.max(0, missing))) parts[i] = (parts[i] ?? 0) + 1;
  return parts;
}

/** A count such as 100.00000000000001 is 100. */
function round(count: number): number {
  return Math.round(count * 1e6) / 1e6;
}
