/** The region that a lead states about itself: its attribute `region`, else `state`. Null: none, or no text. */
export function statedRegion(attributes: unknown): string | null {
  const { region, state } = (attributes ?? {}) as Record<string, unknown>;
  const stated = region ?? state;
  return typeof stated === 'string' ? stated : null;
}

/** The same without the country before it: "CA" for "US-CA" of a lead from US. */
export function regionOf({ attributes, country }: { attributes: unknown; country: string | null }): string | null {
  const stated = statedRegion(attributes);
  const before = country === null ? null : `${country}-`;
  return before !== null && stated?.startsWith(before) === true ? stated.slice(before.length) : stated;
}

const STATED = `CASE jsonb_typeof(coalesce(nullif(l.attributes->'region', 'null'), l.attributes->'state'))
  WHEN 'string' THEN coalesce(l.attributes->>'region', l.attributes->>'state') END`;

/** `regionOf` of the lead `l`. */
export const REGION_SQL = `CASE WHEN starts_with(${STATED}, l.country || '-') THEN substr(${STATED}, length(l.country) + 2) ELSE ${STATED} END`;
