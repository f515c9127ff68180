/** Simulates the reps: they read their offers and decide as the seed says. At the end no offer is left undecided. */
import type { ChaosClient } from './client.ts';
import { type ChaosConsole, hidden, statusOf } from './console.ts';
import { decisionOn, isAtDesk, type RepDecision } from './plan.ts';
import type { Record } from './record.ts';

interface Offer {
  id: string;
  status: string;
  rep: { key: string };
  lead: { id: string };
  need: { recycleCount: number };
}

const LOOK_EVERY_MS = 2_000;

export interface Reps {
  /** From now on every offer is decided; none is left to expire. */
  hurry(): void;
  stop(): Promise<void>;
}

export function startReps(options: {
  seed: number;
  client: ChaosClient;
  record: Record;
  /** Without it all is decided by the API. */
  desk?: ChaosConsole;
}): Reps {
  const { seed, client, record, desk } = options;
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
    const given = { offer, email, decision };
    if (desk !== undefined && isAtDesk(seed, email, offer.need.recycleCount)) await decideAtDesk(given, desk, record);
    else await decideByApi(given, client, record);
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

interface Given {
  offer: Offer;
  email: string;
  decision: Exclude<RepDecision, { kind: 'let-pass' }>;
}

async function decideByApi({ offer, email, decision }: Given, client: ChaosClient, record: Record): Promise<void> {
  const body = decision.kind === 'reject' ? { reason: decision.reason } : undefined;
  const key = `${decision.kind}-${offer.id}`;
  // Sent to both APIs at the same time, like a double click: the same key must get one verdict.
  const path = `/v1/assignments/${offer.id}/${decision.kind}`;
  const ask = { method: 'POST', path, key, ...(body === undefined ? {} : { body }) } as const;
  const answers = await Promise.all([client.ask(ask), client.ask(ask)]);
  const about = { email, leadId: offer.lead.id };
  for (const { status, body: answer, attempts } of answers)
    record.add({ ...about, act: decision.kind, key, status, assignmentId: offer.id, result: codeOf(answer), attempts });
  if (decision.kind !== 'accept' || decision.outcome === null || answers[0].status !== 200) return;
  const once = `outcome-${offer.id}`;
  const result = await client.ask({
    method: 'POST',
    path: `/v1/leads/${offer.lead.id}/outcome`,
    key: once,
    body: { result: decision.outcome },
  });
  const { status, attempts } = result;
  record.add({ ...about, act: 'outcome', key: once, status, result: codeOf(result.body), attempts });
}

/** The same on the page of the lead, as the rep: the button is pressed twice. */
async function decideAtDesk({ offer, email, decision }: Given, desk: ChaosConsole, record: Record): Promise<void> {
  const path = `/console/leads/${offer.lead.id}`;
  const page = await desk.page(offer.rep.key, path);
  // Meanwhile it may have been handed over.
  if (page.status !== 200 || hidden(page.text, 'assignment') !== offer.id) return;
  const about = { email, leadId: offer.lead.id };
  const form = [
    ['csrf', hidden(page.text, 'csrf')],
    ['once', hidden(page.text, 'once')],
    ['assignment', offer.id],
  ] as const;
  const key = `desk-${decision.kind}-${offer.id}`;
  const more = decision.kind === 'reject' ? ([['reason', decision.reason]] as const) : [];
  const answers = await desk.pressTwice(offer.rep.key, `${path}/${decision.kind}`, [...form, ...more]);
  for (const answer of answers) {
    const { attempts } = answer;
    record.add({ ...about, act: decision.kind, key, status: statusOf(answer), assignmentId: offer.id, attempts });
  }
  if (decision.kind !== 'accept' || decision.outcome === null || statusOf(answers[0]) !== 200) return;
  const outcome = [...form, ['result', decision.outcome]] as const;
  for (const answer of await desk.pressTwice(offer.rep.key, `${path}/outcome`, outcome)) {
    const status = statusOf(answer);
    record.add({ ...about, act: 'outcome', key: `desk-outcome-${offer.id}`, status, attempts: answer.attempts });
  }
}

function codeOf(body: { [name: string]: unknown }): string | undefined {
  return textOf(body['code']) || undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
