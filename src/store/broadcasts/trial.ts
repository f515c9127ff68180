import { REACTIONS } from '../../domain/mail-reactions.ts';
import { nameInSentence, readNames } from '../lists/names.ts';
import type { TrialResult } from '../../domain/broadcast-trial.ts';
import { AppError } from '../../domain/errors.ts';
import { audit } from '../audit.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { type Broadcast, lockBroadcast, typed } from './broadcasts.ts';

/** A person's, as it stands in `sends.reactions`. */
const REACTION = { clicks: REACTIONS.clicked, replies: REACTIONS.replied } as const;

/** Over messages `sends` that left: whether it can be known that a person reacted, and whether one did. */
export const isMeasured = (by: keyof typeof REACTION): Prisma.Sql =>
  by === 'replies' ? Prisma.sql`TRUE` : Prisma.sql`untracked IS DISTINCT FROM 'all'`;
export const hasReacted = (by: keyof typeof REACTION): Prisma.Sql =>
  Prisma.sql`reactions & ${REACTION[by]}::smallint <> 0`;

/** By variant, in their order: what was sent, of how many of these messages it can be known whether a person reacted, and on how many one did. */
export async function trialResults(
  tx: Tx | Db,
  { id, variants }: Pick<Broadcast, 'id' | 'variants'>,
  by: keyof typeof REACTION,
): Promise<TrialResult[]> {
  const rows = await tx.$queryRaw<TrialResult[]>`
    SELECT variant, count(*)::int AS sent, (count(*) FILTER (WHERE ${isMeasured(by)}))::int AS measured,
      (count(*) FILTER (WHERE ${hasReacted(by)}))::int AS reacted
    FROM sends WHERE broadcast_id = ${id} AND status = 'sent' GROUP BY variant`;
  return variants.map(
    ({ key }) => rows.find(({ variant }) => variant === key) ?? { variant: key, sent: 0, measured: 0, reacted: 0 },
  );
}

/** Says which variant the rest gets. @throws AppError CONFLICT when that is decided, or there is nothing to decide */
export async function chooseWinner(db: Db, id: string, variant: string, by: string): Promise<Broadcast> {
  return db.$transaction(async (tx) => {
    const before = await lockBroadcast(tx, id);
    const { trial, winner, status, variants } = before;
    if (trial === null) throw new AppError('CONFLICT', 'This broadcast has one variant only.');
    if (status !== 'running' && status !== 'paused')
      throw new AppError('CONFLICT', `This broadcast is ${status}: there is nothing to decide.`);
    if (winner !== null && winner !== variant)
      throw new AppError('CONFLICT', `It is decided already: the rest gets ${winner}.`);
    if (!variants.some(({ key }) => key === variant))
      throw new AppError('CONFLICT', `There is no variant ${variant}: ${variants.map(({ key }) => key).join(', ')}.`);
    const who = nameInSentence(by, await readNames(tx, [by]));
    const row = await tx.broadcast.update({
      where: { id },
      data: { winner: variant, winnerBecause: `${who} chose it`, nextAt: null },
    });
    await audit(
      tx,
      { leadId: null, actor: by, at: new Date() },
      { action: 'broadcast.changed', data: { broadcastId: id, to: `winner ${variant}` } },
    );
    return typed(row);
  });
}
