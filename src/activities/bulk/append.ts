import { finishedLeads, type Resting } from '../../store/bulk/finished.ts';
import { addTrigger } from '../../store/events/triggers.ts';
import { lockLeads } from '../../store/lock.ts';
import { announce } from '../../store/outbox.ts';
import { param, type Piece, type PieceWork } from './piece.ts';

/** Tells the next leads that finished the cadence of the steps that were appended to it. Their processes put them there. */
export async function appendPiece({ tx, run, limit, nowMs }: PieceWork): Promise<Piece | null> {
  const cadence = param(run, 'cadence');
  const revisionId = param(run, 'to');
  const starts = run.params['starts'] as Readonly<Record<string, string>>;
  const found = await finishedLeads(tx, Object.keys(starts), param(run, 'resting') as Resting, {
    after: run.after,
    limit,
  });
  const after = found.at(-1)?.leadId;
  if (after === undefined) return null;
  const finished = new Map(found.map((one) => [one.leadId, starts[one.revisionId] ?? '']));
  const leads = await lockLeads(tx, [...finished.keys()]);
  for (const lead of leads)
    await addTrigger(tx, lead, nowMs, {
      cadence,
      does: 'append',
      key: null,
      step: finished.get(lead.id) ?? '',
      revisionId,
    });
  await announce(
    tx,
    leads.map(({ id: leadId }) => ({ leadId, reason: 'triggered' as const, refs: { cadence } })),
  );
  return { became: leads.map(() => 'appended'), after, rung: leads.length };
}
