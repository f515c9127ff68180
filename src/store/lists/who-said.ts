import type { Tx } from '../db.ts';
import { type Named, nameInSentence, readNames } from './names.ts';

/** Who said last what stands in a field of the profile. */
export interface Said {
  field: string;
  /** Handle of the actor: lead, system, or the id of a person or key. */
  actor: string;
  at: Date;
}

/** By field; a field that was never changed was said when the lead came in, which is the entry ''. */
export async function readWhoSaid(
  tx: Tx,
  leadId: string,
): Promise<{ said: Map<string, Said>; people: Map<string, Named> }> {
  const rows = await tx.$queryRaw<Said[]>`
    SELECT DISTINCT ON (field) field, actor, occurred_at AS at FROM (
      SELECT jsonb_array_elements_text(data->'fields') AS field, actor, occurred_at, id FROM audit
      WHERE lead_id = ${leadId} AND action = 'lead.updated'
      UNION ALL SELECT '', actor, occurred_at, id FROM audit WHERE lead_id = ${leadId} AND action = 'lead.created') said
    ORDER BY field, occurred_at DESC, id DESC`;
  const people = await readNames(
    tx,
    rows.map(({ actor }) => actor),
  );
  return { said: new Map(rows.map((row) => [row.field, row])), people };
}

/** "confirmed by Dino", "stated by the lead", "stated by API key ‘shop’". A person of ours has asked; what the lead stated was not checked. */
export function saidByInWords(actor: string, people: ReadonlyMap<string, Named>): string {
  if (actor === 'lead') return 'stated by the lead';
  if (actor === 'system') return 'found by the engine';
  const named = people.get(actor);
  const who = nameInSentence(actor, people);
  return named?.kind === 'key' ? `stated by ${who}` : `confirmed by ${who}`;
}
