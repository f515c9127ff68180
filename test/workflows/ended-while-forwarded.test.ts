/** A forwarded lead whose process is ended by hand: the one that follows is back at real time, the lead is not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import type { Standing } from '../../src/domain/standing.ts';
import { leadNow } from '../../src/store/clock.ts';
import { STATE_QUERY } from '../../src/workflows/messages.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { untilAnswered } from './life.ts';

const MINUTE = 60_000;
const OPERATOR = { kind: 'key' as const, keyId: 'key-operator', manager: true };

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** Forwards a lead by a day, ends its process, and has another begun by a command, as whoever looks after it would. */
async function endedADayAhead(email: string): Promise<string> {
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  await engine.forward(leadId, '1 day');
  await engine.handle(leadId).terminate('by hand');
  for (const kind of ['pause', 'resume'] as const) {
    const command = {
      kind,
      commandId: newId('command'),
      actor: OPERATOR,
      ...(kind === 'pause' ? { reason: 'a look' } : {}),
    };
    const verdict = await untilAnswered(engine, leadId, command as Parameters<Engine['commands']['execute']>[1]);
    expect(verdict.ok).toBe(true);
  }
  return leadId;
}

test('a new process waits as long as the lead’s own clock says, and the next mail comes on its day', async () => {
  const email = 'ended@forwarded.example';
  const leadId = await endedADayAhead(email);
  const { dueAtMs } = await engine.until(
    async () => {
      const standing = await engine.handle(leadId).query<Standing | null>(STATE_QUERY);
      return { dueAtMs: standing?.next.kind === 'step' ? standing.next.dueAtMs : 0 };
    },
    (state) => state.dueAtMs > Date.now(),
  );
  const lead = await engine.lead(leadId);
  const left = (lead.nextDueAt?.getTime() ?? 0) - leadNow(lead, Date.now());
  expect(left).toBeGreaterThan(0);
  expect(Math.abs(dueAtMs - Date.now() - left)).toBeLessThan(MINUTE);

  await engine.forward(leadId, '1 day');
  await engine.sink.waitFor(email, 2);
  const after = await engine.lead(leadId);
  expect(Math.abs(Number(after.clockOffsetMs - lead.clockOffsetMs) - 24 * 60 * MINUTE)).toBeLessThan(MINUTE);
});

test('is handed over on the lead’s clock, so that the latest offer is the latest', async () => {
  const leadId = await endedADayAhead('offered@forwarded.example');
  await engine.record({ leadId, type: 'demo.requested' });
  await engine.untilStage(leadId, 'assigned');
  const lead = await engine.lead(leadId);
  const offer = await engine.db.assignment.findFirstOrThrow({ where: { leadId } });
  expect(Math.abs(offer.offeredAt.getTime() - leadNow(lead, Date.now()))).toBeLessThan(MINUTE);
  await engine.until(
    () => engine.db.assignment.findUniqueOrThrow({ where: { id: offer.id } }),
    ({ briefDueAt }) => briefDueAt === null,
  );
});
