import { describe, expect, it } from 'vitest';
import { qualification, type QualificationState } from '../../src/domain/qualification.ts';
import { STAGES } from '../../src/domain/stage.ts';

const NOW = Date.UTC(2026, 11, 1, 9);
const nothing: QualificationState = {
  stage: 'nurturing',
  armed: true,
  armedAtMs: null,
  coolOffUntilMs: null,
  lastEngagedAtMs: null,
  lastHighIntentAtMs: null,
  ready: false,
};
const below = { readyBecause: 'score 32 of 45 needed for grade B' };
const ready = { ready: true, readyBecause: 'score 50 of 45 needed for grade B' };
const sentBack = { armedAtMs: NOW - 1000, lastEngagedAtMs: NOW - 2000, lastHighIntentAtMs: NOW - 2000 };
const cooling = { coolOffUntilMs: NOW + 60_000 };

describe('qualification', () => {
  it.each<[string, Partial<QualificationState>, boolean, string]>([
    ['not ready', below, false, 'score 32 of 45 needed for grade B'],
    ['not ready, without words', {}, false, 'grade and score are below the threshold'],
    ['ready', ready, true, 'score 50 of 45 needed for grade B'],
    ['ready and dormant', { ...ready, stage: 'dormant' }, true, 'score 50 of 45 needed for grade B'],
    ['not armed', { ...ready, armed: false }, false, 'it has qualified already and was not sent back since'],
    ['high intent', { lastHighIntentAtMs: NOW }, true, 'it showed high intent, which qualifies at once'],
    [
      'high intent, not armed',
      { lastHighIntentAtMs: NOW, armed: false },
      false,
      'it has qualified already and was not sent back since',
    ],
    ['sent back and ready', { ...ready, ...sentBack }, false, 'no new engagement since it was sent back'],
    [
      'sent back, never engaged',
      { ...ready, ...sentBack, lastEngagedAtMs: null },
      false,
      'no new engagement since it was sent back',
    ],
    [
      'sent back, engaged at that instant',
      { ...ready, ...sentBack, lastEngagedAtMs: NOW - 1000 },
      false,
      'no new engagement since it was sent back',
    ],
    [
      'sent back and engaged since',
      { ...ready, ...sentBack, lastEngagedAtMs: NOW },
      true,
      'score 50 of 45 needed for grade B',
    ],
    [
      'engaged, but cooling off',
      { ...ready, ...sentBack, ...cooling, lastEngagedAtMs: NOW },
      false,
      'cooling off until Tue 1 Dec 09:01 UTC',
    ],
    [
      'cool-off just over',
      { ...ready, ...sentBack, coolOffUntilMs: NOW, lastEngagedAtMs: NOW },
      true,
      'score 50 of 45 needed for grade B',
    ],
    [
      'high intent overrides cool-off',
      { ...sentBack, ...cooling, lastHighIntentAtMs: NOW },
      true,
      'it showed high intent, which qualifies at once',
    ],
    [
      'high intent of before does not count',
      { ...sentBack, ...cooling },
      false,
      'cooling off until Tue 1 Dec 09:01 UTC',
    ],
    [
      'sent back, not ready',
      { ...below, ...sentBack, lastEngagedAtMs: NOW },
      false,
      'score 32 of 45 needed for grade B',
    ],
  ])('%s', (_, state, qualifies, because) => {
    const answer = qualification({ ...nothing, ...state }, 'email.clicked', NOW);
    expect(answer).toEqual({ qualifies, by: qualifies ? 'email.clicked' : null, because });
  });

  it('happens in the nurture pool only', () => {
    const pool = STAGES.filter((stage) => qualification({ ...nothing, ...ready, stage }, null, NOW).qualifies);
    expect(pool).toEqual(['new', 'nurturing', 'dormant']);
    expect(qualification({ ...nothing, ...ready, stage: 'accepted' }, null, NOW).because).toContain('accepted');
  });

  it('names the trigger or the reason', () => {
    expect(qualification({ ...nothing, ...ready }, null, NOW).by).toBe('readiness');
    expect(qualification({ ...nothing, lastHighIntentAtMs: 5 }, null, NOW).by).toBe('high intent');
  });
});
