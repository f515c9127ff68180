import { expect, test } from 'vitest';
import { eventInWords } from '../../src/domain/event-words.ts';
import { ago, nextAction, type NowFacts, staffInWords, whyNow } from '../../src/domain/why-now.ts';

const NOW = 1_000_000_000;
const FACTS: NowFacts = {
  atMs: NOW,
  event: { what: 'Asked for a demo: “/pricing”', atMs: NOW - 125_000 },
  qualifiedBy: 'demo.requested',
  qualifiedAtMs: NOW - 125_000,
  cause: 'Asked for a demonstration',
  grade: 'A',
  jobTitle: 'owner',
  companySize: 120,
  people: [],
  phone: '+49301234567',
  email: 'a@b.example',
  isDead: false,
  preferredChannel: null,
  recycleCount: 0,
  lastReason: null,
  unknown: ['budget', 'timing'],
};

test('why now is said in words that people use', () => {
  expect(whyNow(FACTS)).toBe('Asked for a demo: “/pricing” 2 minutes ago; grade A, “owner”, 100 to 500 staff');
  const bare = { ...FACTS, event: null, jobTitle: null, companySize: null };
  expect(whyNow({ ...bare, qualifiedBy: 'readiness' })).toBe('Became ready 2 minutes ago by its score; grade A');
  expect(whyNow(bare)).toBe('Became ready 2 minutes ago by ‘Asked for a demonstration’; grade A');
  expect(whyNow({ ...bare, qualifiedBy: null })).toBe('Nothing that it did is known yet; grade A');
  const people = [
    { name: 'Olga', jobTitle: 'owner' },
    { name: null, jobTitle: null },
  ];
  expect(whyNow({ ...FACTS, qualifiedBy: 'account', people })).toMatch(
    /^2 people of its company show interest together: “Olga” \(“owner”\), somebody without a name; grade A/,
  );
});

test('an event is called as the engine or events.yaml calls it', () => {
  const events = [
    { event: 'demo.requested', description: 'Asked for a demonstration.' },
    { event: 'ticket.opened', description: 'Asked for support, e.g. by phone. Properties - ticket.' },
    { event: 'email.clicked', description: 'Recorded by the engine.' },
  ];
  const called = ['demo.requested', 'ticket.opened', 'email.clicked', 'door.opened'].map((one) =>
    eventInWords(one, events),
  );
  expect(called).toEqual([
    'Asked for a demonstration',
    'Asked for support, e.g. by phone',
    'Clicked in an email',
    'Event door.opened',
  ]);
});

test('the next action depends on how they can be reached, and on what is known', () => {
  expect(nextAction(FACTS)).toBe('Call them today. Find out: budget, timing.');
  expect(nextAction({ ...FACTS, phone: null, unknown: [] })).toBe(
    'Write to them today and offer two times for a call. Agree on the next step and its date.',
  );
  expect(nextAction({ ...FACTS, recycleCount: 1, lastReason: 'too-early' })).toBe(
    'Call them today. Ask what has changed since it was sent back as ‘too-early’.',
  );
  // Nobody is told to write to an address that does not exist.
  const dead = { ...FACTS, isDead: true, preferredChannel: 'email', unknown: ['budget'] };
  expect(nextAction(dead)).toBe('Call them today: mail to their address came back. Find out: budget.');
  expect(nextAction({ ...dead, phone: null })).toBe(
    'Mail to their address came back, and there is no phone number: find another way to reach them. Find out: budget.',
  );
});

test.each([
  [59_000, 'just now'],
  [60_000, '1 minute ago'],
  [47 * 3_600_000, '47 hours ago'],
  [49 * 3_600_000, '2 days ago'],
])('%i ms are %s', (ms, words) => expect(ago(ms)).toBe(words));

test.each([
  [3, '1 to 10 staff'],
  [100, '100 to 500 staff'],
  [9_000, '5,000 staff and more'],
])('%i people are %s', (people, words) => expect(staffInWords(people)).toBe(words));
