/** The judge of a restore is judged: what was lost and is not listed is seen. */
import { expect, test } from 'vitest';
import type { Evidence, Rows } from '../../chaos/check/evidence.ts';
import { type Loss, RESTORED, SEEN_TO, whatWasAnswered } from '../../chaos/check/restored.ts';
import { withoutFaults } from '../../chaos/restore.ts';
import { planOf } from '../../chaos/plan.ts';
import { lead, soundEvidence } from './evidence.ts';

const RESTORED_REASON = 'RESTORED: the database is older than the process';

/** One lead was sent a second mail after the backup and is held; another came in after it, and is listed. */
function soundLoss(): { world: Evidence; loss: Loss } {
  const world = soundEvidence();
  const at = world.at.getTime();
  const held = lead({ heldAt: world.at, heldReason: RESTORED_REASON });
  const [send] = world.sends;
  if (send === undefined) throw new Error('there is none');
  const lost: Rows = {
    ...world,
    leads: [...world.leads, lead({ id: 'lead-2', email: 'lead-2@chaos.example' })],
    sends: [...world.sends, { ...send, id: 'send-2', key: 'lead-1:enr-1:1:two', stepId: 'two' }],
  };
  const restored: Rows = { ...world, leads: [held] };
  const loss: Loss = {
    backupAt: at - 30_000,
    restoredAt: at - 10_000,
    backup: world,
    lost,
    restored,
    attention: [
      { kind: 'held', leadId: 'lead-1', ref: null, reason: RESTORED_REASON },
      { kind: 'finding', leadId: 'lead-2', ref: 'unknown-lead', reason: 'A process runs …' },
    ],
  };
  const mails = [
    ...world.mails,
    { at: at - 20_000, to: 'lead-0@chaos.example', sendId: 'send-2', fate: 'taken' as const, answer: '250' },
  ];
  return { world: whatWasAnswered({ ...world, leads: [held], mails }, loss), loss };
}

function broken(world: Evidence, loss: Loss): string[] {
  return RESTORED(loss)
    .filter(({ check }) => check(world).offenders.length > 0)
    .map(({ holds }) => holds);
}

test('a restore after which everything is listed breaks no invariant', () => {
  const { world, loss } = soundLoss();
  expect(broken(world, loss)).toEqual([]);
});

const SPOILT: readonly [
  string,
  RegExp,
  (given: { world: Evidence; loss: Loss }) => { world?: Evidence; loss?: Loss },
][] = [
  [
    'a lead that went on and is not held',
    /went on after the backup is listed/,
    ({ loss }) => ({ loss: { ...loss, attention: loss.attention.slice(1) } }),
  ],
  [
    'a lead that is gone without a word',
    /went on after the backup is listed/,
    ({ loss }) => ({ loss: { ...loss, attention: loss.attention.slice(0, 1) } }),
  ],
  [
    'a lead that is held for nothing',
    /did nothing after the backup/,
    ({ loss }) => ({ loss: { ...loss, lost: loss.backup } }),
  ],
  [
    'a mail to a lead that is held',
    /sent nothing until it is resumed/,
    ({ world, loss }) => ({
      world: { ...world, mails: world.mails.map((mail) => ({ ...mail, at: loss.restoredAt + 1 })) },
    }),
  ],
  [
    'a mail that was sent before and again',
    /taken twice/,
    ({ world }) => ({ world: { ...world, mails: [...world.mails, ...world.mails] } }),
  ],
];

test.each(SPOILT)('%s is seen', (_what, sentence, spoil) => {
  const given = soundLoss();
  const { world, loss } = { ...given, ...spoil(given) };
  expect(broken(world, loss)).toContainEqual(expect.stringMatching(sentence));
});

test('held and unknown leads are reported until a person has dealt with them', () => {
  const { world } = soundLoss();
  const offenders = (one: Evidence) => SEEN_TO.flatMap(({ check }) => check(one).offenders);
  expect(offenders(world)).toEqual(['lead-1: held']);
  const leads = [lead()];
  expect(offenders({ ...world, leads })).toEqual([]);
  const findings = [{ leadId: 'lead-2', kind: 'unknown-lead', count: 1, resolved: false }];
  expect(offenders({ ...world, leads, findings })).toEqual(['lead-2: unknown']);
});

test('answers between the backup and the restore promise nothing', () => {
  const { world, loss } = soundLoss();
  const [answer] = world.answers;
  if (answer === undefined) throw new Error('there is none');
  const at = (ms: number) => ({ ...answer, at: ms, act: 'event' as const });
  const { answers } = whatWasAnswered({ ...world, answers: [at(loss.backupAt + 1), at(loss.restoredAt + 1)] }, loss);
  expect(answers.map((one) => one.at)).toEqual([loss.restoredAt + 1]);
});

test('an open answered in between may be there or not; one of a mail that is not known is not recorded', () => {
  const { world, loss } = soundLoss();
  const open = world.answers.find(({ act }) => act === 'open');
  if (open === undefined) throw new Error('there is none');
  const known = { ...world, sends: world.sends.filter(({ id }) => id === 'send-1') };
  const fetched = (at: number, sendId: string) => {
    const { answers } = whatWasAnswered({ ...known, answers: [{ ...open, at, sendId }] }, loss);
    return answers.map(({ status }) => status);
  };
  expect(fetched(loss.backupAt - 1, 'send-1')).toEqual([200]);
  expect(fetched(loss.backupAt + 1, 'send-1')).toEqual([0]);
  expect(fetched(loss.restoredAt + 1, 'send-1')).toEqual([200]);
  expect(fetched(loss.restoredAt + 1, 'send-2')).toEqual([]);
});

test('nothing is resumed before a person does', () => {
  const { faults, lives } = withoutFaults(planOf({ seed: 3, leads: 40, durationMs: 60_000 }));
  expect(faults).toEqual([]);
  expect(lives.flatMap(({ acts }) => acts).filter(({ act }) => act.kind === 'pause' || act.kind === 'resume')).toEqual(
    [],
  );
});
