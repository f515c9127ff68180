/** Simulates the reps: they read their offers and decide as the seed says. At the end no offer is left undecided. */
import type { ChaosClient } from './client.ts';
import { decisionOn } from './plan.ts';
import type { Record } from './record.ts';

interface Offer {
  id: string;
  status: string;
  lead: { id: string };
  need: { recycleCount: number };
}

const LOOK_EVERY_MS = 2_000;

export interface Reps {
  /** From now on every offer is decided; none is left to expire. */
  hurry(): void;
  stop(): Promise<void>;
}

export function startReps(options: { seed: number; client: ChaosClient; record: Record }): Reps {
  const { seed, client, record } = options;
  const decided = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let hurried = false;

  /** The lead's address, by which the seed knows it. It is read once for each offer. */
  async function decide(offer: Offer): Promise<void> {
    const lead = await client.ask({ method: 'GET', path: `/v1/leads/${offer.lead.id}` });
    const email = textOf(lead.body['email']);
    const planned = decisionOn(seed, email, offer.need.recycleCount);
    if (planned.kind === 'let-pass' && !hurried) return;
    decided.add(offer.id);
    const decision = planned.kind === 'let-pass' ? ({ kind: 'accept', outcome: null } as const) : planned;
    const body = decision.kind === 'reject' ? { reason: decision.reason } : undefined;
    const key = `${decision.kind}-${offer.id}`;
    // Sent to both APIs at the same time, like a double click: the same key must get one verdict.
    const path = `/v1/assignments/${offer.id}/${decision.kind}`;
    const ask = { method: 'POST', path, key, ...(body === undefined ? {} : { body }) } as const;
    const answers = await Promise.all([client.ask(ask), client.ask(ask)]);
    for (const { status, body: answer, attempts } of answers) {
      record.add({
        email,
        act: decision.kind,
        key,
        status,
        leadId: offer.lead.id,
        assignmentId: offer.id,
        result: codeOf(answer),
        attempts,
      });
    }
    if (decision.kind !== 'accept' || decision.outcome === null || answers[0].status !== 200) return;
    const result = await client.ask({
      method: 'POST',
      path: `/v1/leads/${offer.lead.id}/outcome`,
      key: `outcome-${offer.id}`,
      body: { result: decision.outcome },
    });
    record.add({
      email,
      act: 'outcome',
      key: `outcome-${offer.id}`,
      status: result.status,
      leadId: offer.lead.id,
      result: codeOf(result.body),
      attempts: result.attempts,
    });
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const page = await client.ask({ method: 'GET', path: '/v1/assignments?status=offered&limit=200', once: true });
      for (const offer of ((page.body['items'] ?? []) as Offer[]).filter(({ id }) => !decided.has(id))) {
        const work = decide(offer).finally(() => underWay.delete(work));
        underWay.add(work);
      }
      await Promise.all(underWay);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  const looping = loop();
  return {
    hurry() {
      hurried = true;
    },
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}

function codeOf(body: { [name: string]: unknown }): string | undefined {
  return textOf(body['code']) || undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
