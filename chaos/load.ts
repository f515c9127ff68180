/** The load of the leads: each lead does its acts one after the other, at their time. Batches have events of several leads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Arrivals, sendBatches } from './batches.ts';
import type { ChaosClient } from './client.ts';
import type { Act, Life, Plan } from './plan.ts';
import type { Record } from './record.ts';

const CONSENT = { text: 'Yes, send me mail', source: 'chaos' };

/** Histories tell times in whole seconds: a run that begins later than this began after the deploy for certain. */
const SURELY_AFTER_MS = 3_000;

/** Resolves when every lead has done its acts. Late leads begin a moment after `over` resolves. */
export async function live(
  plan: Plan,
  client: ChaosClient,
  record: Record,
  startedAt: number,
  over: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const arrivals: Arrivals = new Map(plan.lives.map(({ email }) => [email, Promise.withResolvers<string>()]));
  await Promise.all([
    ...plan.lives.map(async (life) => {
      if (life.isLate) await over.then(() => sleep(SURELY_AFTER_MS));
      await liveOne(life, client, record, startedAt, arrivals);
    }),
    sendBatches(plan.batches, { client, record, startedAt, arrivals }),
  ]);
}

async function liveOne(
  life: Life,
  client: ChaosClient,
  record: Record,
  startedAt: number,
  arrivals: Arrivals,
): Promise<void> {
  let leadId = '';
  for (const { atMs, act } of life.acts) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + atMs - Date.now())));
    const { status, body, attempts } = await client.ask(requestFor(act, life, leadId));
    if (act.kind === 'submit' && status > 0 && status < 300) leadId = String(body['id']);
    arrivals.get(life.email)?.resolve(leadId);
    record.add({ email: life.email, act: act.kind, key: keyOf(act), status, leadId, result: resultOf(body), attempts });
    if (leadId === '') return;
  }
}

function requestFor(act: Act, { email, source, reach }: Life, leadId: string): Parameters<ChaosClient['ask']>[0] {
  const path = `/v1/leads/${leadId}`;
  switch (act.kind) {
    case 'submit': {
      const body = { email, source, campaign: act.campaign, firstName: 'Chaos', consent: CONSENT, ...reach };
      return { method: 'POST', path: '/v1/leads', key: act.key, body };
    }
    case 'event':
      return { method: 'POST', path: '/v1/events', body: { id: act.id, leadId, type: act.type } };
    case 'pause':
      return { method: 'POST', path: `${path}/pause`, key: act.key, body: {} };
    case 'resume':
      return { method: 'POST', path: `${path}/resume`, key: act.key };
    case 'unsubscribe':
      return { method: 'POST', path: `${path}/unsubscribe` };
    case 'forward':
      // Must not be repeated: the time would pass twice.
      return {
        method: 'POST',
        path: `${path}/fast-forward`,
        body: { duration: act.duration },
        once: true,
        timeoutMs: 130_000,
      };
  }
}

function keyOf(act: Act): string {
  return 'key' in act ? act.key : 'id' in act ? act.id : act.kind;
}

/** The status of an event, or the code of a problem. */
function resultOf(body: { [name: string]: unknown }): string | undefined {
  const [first] = (body['results'] ?? []) as { status: string }[];
  return first?.status ?? (typeof body['code'] === 'string' ? body['code'] : undefined);
}
