/** When a run counts as over. */
import { expect, test } from 'vitest';
import { unquiet } from '../../chaos/quiet.ts';
import { lead, soundEvidence } from './evidence.ts';

test('work under way, due soon or undecided keeps the stack from being quiet', () => {
  const world = soundEvidence();
  const dueIn = (ms: number) => new Date(world.at.getTime() + ms);
  expect(unquiet(world, 5_000)).toEqual([]);
  expect(unquiet({ ...world, leads: [lead({ nextDueAt: dueIn(3_000) })] }, 5_000)).toEqual(['1 leads due']);
  expect(unquiet({ ...world, leads: [lead({ nextDueAt: dueIn(3_000), pausedAt: world.at })] }, 5_000)).toEqual([]);
  expect(unquiet({ ...world, leads: [lead({ nextDueAt: dueIn(60_000) })] }, 5_000)).toEqual([]);
  const sends = world.sends.slice(0, 1).map((send) => ({ ...send, status: 'claimed', recordedAt: world.at }));
  expect(unquiet({ ...world, sends }, 5_000)).toEqual(['1 mails on their way']);
  const bulkRuns = world.bulkRuns.map((run) => ({ ...run, status: 'running' }));
  expect(unquiet({ ...world, bulkRuns }, 5_000)).toEqual(['1 bulk runs under way']);
  const broadcasts = world.broadcasts.map((one) => ({ ...one, status: 'running' }));
  expect(unquiet({ ...world, broadcasts }, 5_000)).toEqual(['1 broadcasts under way']);
  const recipients = [{ broadcastId: 'bcast-1', leadId: 'lead-1', wave: 0, dueAt: dueIn(60_000) }];
  expect(unquiet({ ...world, broadcasts, recipients }, 5_000)).toEqual([]);
  expect(unquiet({ ...world, owedHooks: [{ key: 'hook:asg-0:offered' }] }, 5_000)).toEqual([
    '1 hand-offs that a program is not told of',
  ]);
  const alerts = world.alerts.map((alert) => ({ ...alert, mailId: null }));
  expect(unquiet({ ...world, alerts }, 5_000)).toEqual(['1 alerts that are held']);
  expect(unquiet({ ...world, tracked: [{ id: 'evt-1' }] }, 5_000)).toEqual([
    '1 opens and clicks that are not recorded',
  ]);
});

test("a forwarded lead's time is its own", () => {
  const world = soundEvidence();
  const nextDueAt = new Date(world.at.getTime() + 86_401_000);
  expect(unquiet({ ...world, leads: [lead({ nextDueAt, clockOffsetMs: 86_400_000 })] }, 5_000)).toEqual([
    '1 leads due',
  ]);
});
