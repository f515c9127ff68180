import { describe, expect, it } from 'vitest';
import { gradeOf, isReady } from '../../src/domain/engagement.ts';
import { chooseCadence, NO_PAST } from '../../src/domain/enrollment.ts';
import { entryStep, reach } from '../../src/steps/next-step.ts';
import { matchRule } from '../../src/domain/route.ts';
import { readFolders } from '../../src/playbook/read-folders.ts';
import { templatesOf } from '../../src/playbook/revision.ts';
import { timetableIn } from '../support/timetable.ts';

const { templates, playbook } = await readFolders({ playbookDir: 'playbook', templatesDir: 'templates' });
const keys = [...templates.keys()];

describe('the sample playbook', () => {
  it('has its cadences', () => {
    expect(playbook.cadences.map((one) => one.cadence)).toEqual([
      'ebook-resources',
      'keep-customer',
      'material',
      'post-sale',
      'recycled',
      'stay-in-touch',
      'trade-show-offer',
      'webinar-invitation',
      'webinar-reminder',
      'win-back',
    ]);
  });

  it('enrolls by source', () => {
    const choose = (source: string): string | undefined =>
      chooseCadence(playbook.cadences, { source }, NO_PAST).cadence?.cadence;
    expect(choose('ebook')).toBe('ebook-resources');
    expect(choose('trade-show')).toBe('trade-show-offer');
    expect(choose('advert')).toBe(undefined);
  });

  it('uses every template for leads once or more', () => {
    const answers = [...playbook.cadences, ...playbook.forms].flatMap(({ answer = [] }) => answer);
    const newsletters = (playbook.newsletters ?? []).map(({ template }) => template);
    const used = new Set([
      ...newsletters,
      ...playbook.cadences.flatMap(templatesOf),
      ...answers.map(({ template }) => template),
    ]);
    expect(keys.filter((key) => !used.has(key) && !key.startsWith('rep-'))).toEqual([]);
  });

  it('offers an ebook reader something once, among resources, and a trade-show visitor at once', () => {
    const kinds = (cadence: string): (string | undefined)[] =>
      playbook.cadences
        .flatMap((one) => (one.cadence === cadence ? templatesOf(one) : []))
        .map((key) => templates.get(key)?.kind);
    const ofReader = kinds('ebook-resources');
    expect(ofReader.filter((kind) => kind === 'offer')).toHaveLength(1);
    expect(ofReader.filter((kind) => kind === 'resource').length).toBeGreaterThan(2);
    expect(kinds('trade-show-offer')).toContain('offer');
  });

  it('answers with the guide at once, and sends the checklist two days later', () => {
    const ebook = playbook.cadences[0];
    if (!ebook) throw new Error('no cadence');
    const tuesday = Date.UTC(2026, 11, 1, 9);
    expect(ebook.answer).toEqual([{ template: 'ebook-welcome' }]);
    expect(reach(ebook, entryStep(ebook), tuesday, timetableIn('Europe/Berlin', ebook))).toEqual({
      stepId: 'checklist',
      dueAtMs: tuesday + 2 * 86_400_000,
    });
  });

  it('makes a lead of grade B ready by three clicks and a look at the prices, not by less', () => {
    const { grade } = gradeOf(playbook.scoring, { industry: 'horticulture' });
    expect(grade).toBe('B');
    const points = (rule: string): number =>
      Number(playbook.scoring.engagement.find((one) => one.rule === rule)?.points);
    const [click, prices] = [points('clicked'), points('looked-at-prices')];
    expect(isReady(playbook.scoring, grade, 3 * click + prices)).toBe(true);
    expect(isReady(playbook.scoring, grade, 3 * click)).toBe(false);
    expect(isReady(playbook.scoring, grade, 2 * click + prices)).toBe(false);
    expect(gradeOf(playbook.scoring, {}).grade).toBe('C');
  });

  it('routes by product line, value and country', () => {
    const route = (facts: object): string => matchRule(playbook.routing, facts).rule;
    expect(route({ country: 'US' })).toBe('americas');
    expect(route({ country: 'DE', productLine: 'vineyard', valueMinor: 3_000_000 })).toBe('large-vineyards');
    expect(route({ country: 'CL', productLine: 'vineyard' })).toBe('vineyards-overseas');
    expect(route({ country: 'DE', productLine: 'greenhouse' })).toBe('everyone-else');
    expect(route({})).toBe('everyone-else');
  });

  it('lets no browser say what only the engine or a server can know', () => {
    const fromSite = playbook.events.filter((one) => one.fromSite).map((one) => one.event);
    for (const event of ['email.opened', 'email.clicked', 'order.placed', 'webinar.attended', 'reply.received']) {
      expect(fromSite).not.toContain(event);
    }
    expect(fromSite).toContain('form.submitted');
  });
});
