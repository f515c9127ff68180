/** The JSON Schema of cadences and `nurture validate` say the same of a value: an editor marks what would be refused, and nothing else. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DOCUMENTED } from '../steps/documented.ts';
import { mistakes } from './folder.ts';

const FILE = path.join(import.meta.dirname, '../../docs/schema/cadence.schema.json');
const TEXT = readFileSync(FILE, 'utf8');
const SCHEMA = z.fromJSONSchema(JSON.parse(TEXT) as z.core.JSONSchema.JSONSchema);

const editorTakes = (yaml: string): boolean => SCHEMA.safeParse(parse(yaml)).success;
const validateTakes = (yaml: string): boolean => mistakes({ 'cadences/slow.yaml': yaml }).length === 0;

const withKey = (line: string): string => `name: Slow\n${line}\nsteps:\n  - email: again\n`;
const withStep = (step: string): string =>
  `name: Slow\nsteps:\n  - ${step}\n  - id: it\n    email: again\n  - id: end\n    exit: over\n`;
const withWait = (wait: string): string => withStep(`{ id: pause, wait: ${wait} }`);

const RIGHT = [
  ...['2 days', '3 Business Days', '30 minutes', '1.5 hours', '1 week', 'P2D', 'P1W2D', 'PT1H30M', '4h', '1 w'].map(
    withWait,
  ),
  ...['until tuesday 09:00', '"until mon-fri 14:30"', 'until 8:00', '"Until Tuesday, Thursday 09:00"'].map(withWait),
  ...['{ for: 2 days, at: "09:00" }', '{ until: "mon 09:00" }'].map(withWait),
  withWait('{ until: { campaign: starts, offset: -1 day, at: "10:00" }, ifPassed: continue, skipTo: it }'),
  withWait('{ until: { attribute: contractEnds, offset: "+2 hours" }, ifMissing: exit }'),
  ...['mon-fri', 'sat', '[tue, thu]', 'daily', 'fri-mon', '"mon, wed-fri"'].map((days) =>
    withKey(`window: { days: ${days}, from: "09:00", to: "17:00" }`),
  ),
  withKey('window: [{ days: mon, from: "22:00", to: "2:00" }, { days: sat, from: "00:00", to: "24:00" }]'),
  withKey('staleAfter: 12 hours'),
  withKey('spread: 0 minutes'),
  withKey('reentry: { after: 1 week }'),
  withKey('whenDone: dormant'),
  withKey('whenDone: { move: welcome }'),
  withKey('enroll: { when: { source: ebook } }'),
  withStep('{ waitFor: page.viewed, within: 2 days }'),
  withStep('{ waitFor: { event: page.viewed, where: { total: { gte: 100 } } }, within: P2D }'),
  withStep('{ waitFor: { attribute: attributes.budget, is: { gte: 5 } }, within: 2 days }'),
  withStep('{ branch: [{ when: { source: ebook }, go: it }, { else: [{ email: hello }] }] }'),
  withStep(
    '{ split: [{ arm: a, weight: 50%, go: it }, { arm: b, weight: 0.5, steps: [{ email: hello }] }], holdout: 10% }',
  ),
  withStep('{ set: { language: de, attributes.size: 3, attributes.gone: null } }'),
  withStep('{ webhook: "https://sms.example/send", send: [phone, attributes.size], text: Hello }'),
];

const WRONG = [
  ...['soon', '2 dayz', '1.5 days', '-1 day', '0 days', '2', 'P1M', 'P1DT12H', 'P', '""'].map(withWait),
  ...['until tuseday 09:00', 'until tuesday', 'until 25:00', 'until tuesday 9'].map(withWait),
  ...['{ for: 2 dayz }', '{ for: 2 days, at: "9" }', '{ for: 2 days, until: "mon 09:00" }'].map(withWait),
  withWait('{ until: { campaign: begins } }'),
  withWait('{ until: { campaign: starts, offset: soon } }'),
  withWait('{ until: { campaign: starts, ofset: -1 day } }'),
  withWait('{ until: { attribute: "" } }'),
  ...['mon-fry', 'weekdays', '[]', '[mon, someday]'].map((days) =>
    withKey(`window: { days: ${days}, from: "09:00", to: "17:00" }`),
  ),
  withKey('window: { days: mon-fri, from: "9", to: "17:00" }'),
  withKey('window: { days: mon-fri, from: "09:00" }'),
  withKey('window: { days: mon-fri, from: "09:00", to: "24:30" }'),
  withKey('window: mon-fri'),
  withKey('staleAfter: 0 hours'),
  withKey('staleAfter: later'),
  withKey('spread: half an hour'),
  withKey('reentry: { after: some time }'),
  withKey('whenDone: sleep'),
  withKey('enroll: { wen: { source: ebook } }'),
  withStep('{ waitFor: page.viewed, within: 2 dais }'),
  withStep('{ waitFor: { evnt: page.viewed }, within: 2 days }'),
  withStep('{ branch: [{ wen: { source: ebook }, go: it }] }'),
  withStep('{ branch: [{ when: { source: ebook }, goo: it }] }'),
  withStep('{ split: [{ arm: a, weight: none, go: it }, { arm: b, go: end }] }'),
  withStep('{ split: [{ arm: a, weight: 0, go: it }, { arm: b, go: end }] }'),
  withStep('{ split: [{ arm: a, go: it }, { arm: b, go: end }], holdout: 100% }'),
  withStep('{ set: { favourite: red } }'),
  withStep('{ set: {} }'),
  withStep('{ webhook: sms.example }'),
  withStep('{ webhook: "https://sms.example/{{ lead.phone }}" }'),
  withStep('{ webhook: "https://sms.example/send", send: [fone] }'),
  withStep('{ task: "" }'),
  withStep('{ task: Call, to: al }'),
  withStep('{ task: Call, due: tomorrow }'),
];

describe('what validate takes, an editor takes', () => {
  it.each(RIGHT)('%s', (yaml) => {
    expect({ validate: validateTakes(yaml), editor: editorTakes(yaml) }).toEqual({ validate: true, editor: true });
  });
});

describe('what validate refuses by its form, an editor refuses', () => {
  it.each(WRONG)('%s', (yaml) => {
    expect({ validate: validateTakes(yaml), editor: editorTakes(yaml) }).toEqual({ validate: false, editor: false });
  });
});

it('every example of the docs has no mistake for an editor', () => {
  expect(DOCUMENTED.length).toBeGreaterThan(5);
  for (const { cadence } of DOCUMENTED) expect([cadence, editorTakes(named(cadence))]).toEqual([cadence, true]);
});

/** Parts of a cadence are shown without a name. */
const named = (cadence: string): string => (/^name:/m.test(cadence) ? cadence : `name: Of the docs\n${cadence}`);

it('every example that the schema shows an editor is one that it takes', () => {
  let shown = 0;
  const visit = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return;
    if ('pattern' in at && 'examples' in at && Array.isArray(at.examples)) {
      shown += at.examples.length;
      for (const example of at.examples) expect(String(example)).toMatch(new RegExp(String(at.pattern), 'u'));
    }
    for (const inner of Object.values(at)) visit(inner);
  };
  visit(JSON.parse(TEXT));
  expect(shown).toBeGreaterThan(20);
});

it('windows, durations and dates are described, so that an editor can complete them', () => {
  expect(TEXT.match(/"patternErrorMessage"/g)?.length).toBeGreaterThan(20);
});
