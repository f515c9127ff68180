import type { Cadence } from '../../domain/cadence.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { storedCadence } from '../stored/cadence.ts';

/** A cadence with the hash of its definition and its templates, and the templates it uses (key to hash). */
export interface CadenceToPublish {
  cadence: Cadence;
  hash: string;
  templates: Readonly<Record<string, string>>;
}

/**
 * Id of the cadence revision with this content, made if it is new. A file that goes back to an earlier content goes back to that
 * revision. `amends`: number of the revision that a new one has the steps of, if it is made for the leads of that revision alone.
 */
export async function publishCadence(
  tx: Tx,
  { cadence, hash, templates }: CadenceToPublish,
  amends: number | null = null,
): Promise<string> {
  const key = cadence.cadence;
  const known = await tx.cadenceRevision.findUnique({
    where: { cadence_hash: { cadence: key, hash } },
    select: { id: true, amends: true },
  });
  if (known !== null) {
    // It was made for leads on the way, and is now what everybody gets.
    if (amends === null && known.amends !== null)
      await tx.cadenceRevision.update({ where: { id: known.id }, data: { amends: null } });
    return known.id;
  }
  const { _max: latest } = await tx.cadenceRevision.aggregate({ where: { cadence: key }, _max: { number: true } });
  const made = await tx.cadenceRevision.create({
    data: {
      id: newId('revision'),
      cadence: key,
      number: (latest.number ?? 0) + 1,
      hash,
      definition: storedCadence(cadence),
      templates: { ...templates },
      amends,
    },
    select: { id: true },
  });
  return made.id;
}
