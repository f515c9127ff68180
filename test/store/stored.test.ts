/**
 * What is stored for good is still read, whichever version wrote it; and its shape does not change without a new version.
 *
 * test/fixtures/stored has a folder for every version that was ever stored. `source` is what the marketer wrote; each `vN` is
 * what the engine of that time stored of it. v0 was stored before definitions said their version.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Cadence } from '../../src/domain/cadence.ts';
import { loadTemplates } from '../../src/email/read-templates.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { STEP_KINDS } from '../../src/steps/kinds.ts';
import { CADENCE, parseCadence, storedCadence } from '../../src/store/stored/cadence.ts';
import { CAMPAIGN, parseCampaign, storedCampaign } from '../../src/store/stored/campaign.ts';
import { parsePlaybook, PLAYBOOK, storedPlaybook } from '../../src/store/stored/playbook.ts';
import { parseTemplate, storedTemplate, TEMPLATE } from '../../src/store/stored/template.ts';
import { read, store, type StoredShape, versionOf } from '../../src/store/stored/versions.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures', 'stored');
const SOURCE = path.join(FIXTURES, 'source');

const templates = await loadTemplates(path.join(SOURCE, 'templates'));
const playbook = loadPlaybook(SOURCE, { templates: new Map(templates.map((one) => [one.key, one])) });

/** What the engine of today stores of the source. */
const STORED_TODAY = {
  cadences: playbook.cadences.map(storedCadence),
  templates: templates.map(storedTemplate),
  playbook: [storedPlaybook(playbook)],
  // As the API writes it.
  campaigns: [
    storedCampaign({
      campaign: 'frost-webinar',
      name: 'Frost nights',
      type: 'webinar',
      channel: 'email',
      productLine: 'vineyard',
      goal: { leads: 120, qualified: 15, won: 3 },
      currency: 'EUR',
      budgetMinor: 400_000,
      starts: '2027-03-10T16:00:00.000Z',
      ends: '2027-03-10T17:00:00.000Z',
      event: '2027-03-10T16:15:00.000Z',
      url: 'https://brookfield.example/frost',
      materials: ['frost-sheet'],
      audience: 'growers',
      utm: [{ source: 'linkedin', medium: 'cpc', campaign: 'fn27' }],
    }),
  ],
};
type Kind = keyof typeof STORED_TODAY;

const SHAPES = { cadences: CADENCE, templates: TEMPLATE, playbook: PLAYBOOK, campaigns: CAMPAIGN } satisfies Record<
  Kind,
  StoredShape<unknown>
>;
const READERS = { cadences: parseCadence, templates: parseTemplate, playbook: parsePlaybook, campaigns: parseCampaign };

const KINDS = Object.keys(SHAPES) as Kind[];

type Stored = Readonly<Record<string, unknown>>;

/** What was added to the source later is not in the fixtures of older versions. */
function keyOf(stored: Stored): unknown {
  return stored['cadence'] ?? stored['key'] ?? stored['campaign'] ?? 'the playbook';
}

function fixture(version: number, file: string): unknown {
  return JSON.parse(readFileSync(path.join(FIXTURES, `v${version}`, file), 'utf8'));
}

/** Versions of which a fixture is there. */
function versionsOf(kind: Kind): number[] {
  return Array.from({ length: versionOf(SHAPES[kind]) + 1 }, (_, version) => version).filter((version) =>
    existsSync(path.join(FIXTURES, `v${version}`, `${kind}.json`)),
  );
}

const HOW =
  'What is stored has changed. Leave the fixtures as they are; add an entry to `upcasts` of its shape (src/store/stored), which makes the ' +
  'new version out of the one before, and write the new version into a folder of test/fixtures/stored.';

describe.each(KINDS)('stored %s', (kind) => {
  it('every stored version is read with its present meaning', () => {
    const versions = versionsOf(kind);
    expect(versions).toContain(versionOf(SHAPES[kind]));
    // Playbook revisions and campaigns have said their version from the first.
    expect(versions.includes(0)).toBe(kind === 'cadences' || kind === 'templates');
    const today = new Map(STORED_TODAY[kind].map((stored) => [keyOf(stored), READERS[kind](stored)]));
    for (const version of versions) {
      for (const stored of fixture(version, `${kind}.json`) as Stored[])
        expect(READERS[kind](stored)).toEqual(today.get(keyOf(stored)));
    }
  });

  it('today’s writer gives the newest fixture', () => {
    const newest = fixture(versionOf(SHAPES[kind]), `${kind}.json`);
    expect(STORED_TODAY[kind], HOW).toEqual(newest);
  });

  it('a change of the shape without a new version is noticed', () => {
    const schema = JSON.parse(
      JSON.stringify(z.toJSONSchema(SHAPES[kind].schema, { unrepresentable: 'any' })),
    ) as unknown;
    expect(schema, HOW).toEqual(fixture(versionOf(SHAPES[kind]), `${kind}.schema.json`));
  });
});

describe('the fixtures', () => {
  it('have a step of every kind', () => {
    const used = new Set(playbook.cadences.flatMap(({ steps }) => steps.map((step) => step.kind)));
    const missing = STEP_KINDS.map(({ kind }) => kind).filter((kind) => !used.has(kind));
    const how =
      'Add a cadence with a step of the kind to test/fixtures/stored/source/cadences, and what is stored of it, as the test before this one shows it, to the newest cadences.json.';
    expect(missing, how).toEqual([]);
  });
});

describe('a definition that cannot be read', () => {
  const [stored] = STORED_TODAY.cadences;

  it('of a newer version of the engine is refused as such, which is worth another try elsewhere', () => {
    const newer = { ...stored, version: versionOf(CADENCE) + 1, mood: 'calm' };
    expect(() => parseCadence(newer)).toThrow(expect.objectContaining({ code: 'STORED_BY_NEWER', retryable: true }));
  });

  it('with a field that its version does not have is not read without it', () => {
    expect(() => parseCadence({ ...stored, mood: 'calm' })).toThrow(/cannot be read: .*mood/);
    expect(() => storedCadence({ ...playbook.cadences[0], mood: 'calm' } as unknown as Cadence)).toThrow(/mood/);
  });

  it.each([null, [], 'text', { version: -1 }, { version: 1.5 }, { version: 'two' }, {}])('%j', (broken) => {
    expect(() => parseCadence(broken)).toThrow(expect.objectContaining({ code: 'PLAYBOOK_INVALID' }));
  });
});

it('one material of a campaign, as version 6 has it, is a list of one', () => {
  const [stored] = fixture(6, 'playbook.json') as Stored[];
  const { campaigns } = parsePlaybook({
    ...stored,
    campaigns: [{ campaign: 'x', material: 'guide' }, { campaign: 'y' }],
  });
  expect(campaigns).toEqual([{ campaign: 'x', materials: ['guide'] }, { campaign: 'y' }]);
});

it('an old shape is brought up to today’s through every version between', () => {
  const shape: StoredShape<{ hours: number; name: string }> = {
    name: 'thing',
    upcasts: [
      (first) => ({ ...first, minutes: Number(first['minutes']) }),
      ({ minutes, ...second }) => ({ ...second, hours: Number(minutes) / 60 }),
    ],
    schema: z.strictObject({ hours: z.number(), name: z.string() }),
  };
  const today = { hours: 2, name: 'x' };
  expect(read(shape, { minutes: '120', name: 'x' })).toEqual(today);
  expect(read(shape, { version: 1, minutes: 120, name: 'x' })).toEqual(today);
  expect(store(shape, today)).toEqual({ version: 2, ...today });
  expect(read(shape, store(shape, today))).toEqual(today);
});
