/** Sends the batches of a plan at their time, and records the answer to each item. */
import type { Answer, ChaosClient } from './client.ts';
import type { Batch, BatchItem } from './plan-batches.ts';
import type { Record } from './record.ts';

/** The id of each lead, by address, once its first submission was answered; empty if it was never answered. */
export type Arrivals = ReadonlyMap<string, PromiseWithResolvers<string>>;

interface Sender {
  client: Pick<ChaosClient, 'ask'>;
  record: Pick<Record, 'add'>;
  startedAt: number;
  arrivals: Arrivals;
}

/** Resolves when every batch was answered. */
export async function sendBatches(batches: readonly Batch[], sender: Sender): Promise<void> {
  await Promise.all(
    batches.map(async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, sender.startedAt + batch.atMs - Date.now())));
      await sendBatch(batch, sender);
    }),
  );
}

/** An item and its lead; undefined when the item names no lead of the plan. */
type Addressed = BatchItem & { leadId: string | undefined };

/** Waits until the first submission of each lead was answered: before that its id is not known. */
async function sendBatch({ items, isTwice }: Batch, { client, record, arrivals }: Sender): Promise<void> {
  const addressed = await Promise.all(
    items.map(async (item): Promise<Addressed> => ({ ...item, leadId: await arrivals.get(item.email)?.promise })),
  );
  const known = addressed.filter(({ leadId }) => leadId !== '');
  if (known.length === 0) return;
  const ask = { method: 'POST', path: '/v1/events', body: { events: known.map(eventOf) } } as const;
  const answers = await Promise.all(isTwice ? [client.ask(ask), client.ask(ask)] : [client.ask(ask)]);
  for (const answer of answers) {
    known.forEach((item, n) => {
      const { email, id, leadId } = item;
      const { status, attempts } = answer;
      record.add({ email, act: 'event', key: id, status, leadId, result: resultOf(answer, n, id), attempts });
    });
  }
}

function eventOf({ id, email, type, by, leadId }: Addressed): { [name: string]: unknown } {
  return { id, type, ...(by === 'id' ? { leadId } : { email }) };
}

/** Matches answers to items by position and by id: the answers are in the order of the items. */
function resultOf({ body }: Answer, n: number, id: string): string | undefined {
  const results = (body['results'] ?? []) as { id: string | null; status: string }[];
  return results[n]?.id === id ? results[n].status : undefined;
}
