import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/domain/errors.ts';
import { load, mistakes, SOUND } from './folder.ts';

describe('loadPlaybook', () => {
  it('reads a playbook', () => {
    const playbook = load();
    expect(playbook.cadences.map((one) => one.cadence)).toEqual(['slow', 'thanks', 'welcome']);
    expect(playbook.cadences[2]).toEqual({
      cadence: 'welcome',
      name: 'Welcome',
      purpose: 'nurture',
      enroll: { when: { source: 'ebook' } },
      priority: 0,
      reentry: 'never',
      window: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
      calendar: 'germany',
      whenDone: { move: 'slow' },
      steps: [
        { id: 'hello', kind: 'email', template: 'hello' },
        { id: 'wait-after-hello', kind: 'wait', for: { amount: 2, unit: 'days' } },
        { id: 'again', kind: 'email', template: 'again' },
      ],
    });
    expect(playbook.scoring).toMatchObject({
      halfLifeMs: 30 * 86_400_000,
      ready: { D: null },
      highIntent: [{ event: 'page.viewed' }],
    });
    expect(playbook.routing.teams[0]).toMatchObject({ team: 'field', reps: ['al'] });
    expect(playbook.routing.reps[0]).toMatchObject({ rep: 'al', active: true, manager: false });
    expect(playbook.reasons[0]?.follow).toEqual({
      kind: 'recycle',
      cadence: 'slow',
      coolOff: { amount: 2, unit: 'weeks' },
      score: 'halve',
    });
    expect(playbook.events[1]).toEqual({ event: 'page.viewed', description: 'Viewed', fromSite: true });
    expect(playbook).toMatchObject({ defaultTimeZone: 'Europe/Berlin', wonCadence: 'thanks' });
    expect(playbook.funnel).toHaveLength(5);
  });

  it('reads a playbook without calendars, also when the templates are not known', () => {
    const welcome = (SOUND['cadences/welcome.yaml'] ?? '').replace('calendar: germany\n', '');
    expect(load({ 'calendars.yaml': null, 'cadences/welcome.yaml': welcome }).calendars).toEqual([]);
    expect(
      mistakes({ 'cadences/slow.yaml': 'name: Slow\nsteps:\n  - email: any\n' }, { templates: undefined }),
    ).toEqual([]);
  });

  it('reads every kind of step, and gives an id to those without one', () => {
    const steps = `name: All
steps:
  - email: hello
  - wait: P2D
  - email: hello
  - waitFor: email.clicked
    when: { event.url: { contains: pricing } }
    within: 3 days
    else: end
  - branch:
      - when: { score: { gte: 20 } }
        go: away
  - wait: 1 week
    next: hello
  - id: away
    move: welcome
  - id: end
    exit: finished
`;
    const all = load({ 'cadences/all.yaml': steps }).cadences.find((one) => one.cadence === 'all');
    expect(all?.steps).toEqual([
      { id: 'hello', kind: 'email', template: 'hello' },
      { id: 'wait-after-hello', kind: 'wait', for: { amount: 2, unit: 'days' } },
      { id: 'hello-2', kind: 'email', template: 'hello' },
      {
        id: 'wait-for-email-clicked-after-hello-2',
        kind: 'waitFor',
        event: 'email.clicked',
        when: { 'event.url': { contains: 'pricing' } },
        within: { amount: 3, unit: 'days' },
        then: 'branch-after-wait-for-email-clicked-after-hello-2',
        otherwise: 'end',
      },
      {
        id: 'branch-after-wait-for-email-clicked-after-hello-2',
        kind: 'branch',
        cases: [{ when: { score: { gte: 20 } }, go: 'away' }],
        otherwise: 'wait-after-branch-after-wait-for-email-clicked-after-hello-2',
      },
      {
        id: 'wait-after-branch-after-wait-for-email-clicked-after-hello-2',
        kind: 'wait',
        for: { amount: 1, unit: 'weeks' },
        next: 'hello',
      },
      { id: 'away', kind: 'move', cadence: 'welcome' },
      { id: 'end', kind: 'exit', reason: 'finished' },
    ]);
  });

  it('collects the mistakes of all files, in order', () => {
    const changes = {
      'cadences/slow.yaml': 'name: Slow\nsteps:\n  - wait: 2 dayz\n  - emial: again\n',
      'settings.yaml': 'defaultTimeZone: Europe/Berlyn\n',
      'events.yaml': null,
    };
    expect(mistakes(changes)).toEqual([
      'cadences/slow.yaml:3:11  steps[0].wait: expected a duration such as "2 days" or "P2D", found "2 dayz"',
      'cadences/slow.yaml:4:5  steps[1].emial: unknown kind of step "emial"; did you mean "email"?',
      'events.yaml:1:1  this file is missing',
      'settings.yaml:1:18  defaultTimeZone: expected a time zone such as "Europe/Berlin", found "Europe/Berlyn"',
    ]);
    try {
      load(changes);
    } catch (error) {
      expect(isAppError(error) && error.message.split('\n')[0]).toBe('The playbook has 4 mistakes:');
      expect(isAppError(error) && error.details['mistakes']).toHaveLength(4);
    }
  });
});
