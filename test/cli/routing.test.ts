/** `routing test` with files of made-up leads, and what `routing explain` says of a file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishFolders } from '../../src/cli/publish.ts';
import { routingExplain, routingTest } from '../../src/cli/routing.ts';
import { type Config, loadConfig } from '../../src/runtime/config.ts';
import { playbookWith } from '../crash/playbook.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Team East opens nowhere near now: what comes to it is held. */
const ROUTING = (opensOn: string): string => `
rules:
  - { rule: south, when: { country: IT, productLine: vineyard }, team: south }
  - { rule: key-accounts, when: { companySize: { gte: 500 } }, team: east }
  - { rule: the-rest, team: north }
teams:
  north:
    name: North
    reps: [ada]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
  south:
    name: South
    reps: [dino]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }
    timeZone: UTC
  east:
    name: East
    reps: [kira]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: ${opensOn}, from: "09:00", to: "10:00" }
    timeZone: Asia/Tokyo
    outsideHours: hold
reps:
  ada: { name: Ada, email: ada@sales.example }
  dino: { name: Dino, email: dino@sales.example }
  kira: { name: Kira, email: kira@sales.example }
  boss: { name: Boss, email: boss@sales.example, manager: true }
`;

const SETTINGS = `
defaultTimeZone: Europe/Berlin
productLines: [vineyard, greenhouse, drip-lines]
needTypes: [controller, frost warning]
`;

let database: TestDatabase;
let folder: { dir: string; remove(): Promise<void> };
let leads: string;
let config: Config;
beforeAll(async () => {
  database = await createTestDatabase();
  leads = await mkdtemp(path.join(tmpdir(), 'nurture-leads-'));
  // A weekday three days ahead is that of today in no zone.
  const closed = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString('en-US', {
    weekday: 'short',
    timeZone: 'UTC',
  });
  folder = await playbookWith({}, { 'routing.yaml': ROUTING(closed.toLowerCase()) });
  config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    PLAYBOOK_DIR: folder.dir,
    TEMPLATES_DIR: path.join(import.meta.dirname, '..', 'fixtures', 'templates'),
  });
  await publishFolders(config, { author: 'test' });
  await writeFile(path.join(folder.dir, 'settings.yaml'), SETTINGS.trimStart());
});
afterAll(async () => {
  await folder?.remove();
  await rm(leads, { recursive: true, force: true });
  await database?.drop();
});

async function fileWith(name: string, text: string): Promise<string> {
  const file = path.join(leads, name);
  await writeFile(file, text);
  return file;
}

test('a country by its name is the code that the rules ask for, and a file may be JSON', async () => {
  const yaml = await fileWith('named.yaml', 'country: Italien\nproductLine: Vineyard\n');
  expect((await routingTest(config, yaml)).data).toMatchObject({ rule: 'south', rep: 'dino' });
  const json = await fileWith('named.json', '{\n\t"country": "Italy",\n\t"productLine": "vineyard"\n}\n');
  expect((await routingTest(config, json)).data).toMatchObject({ rule: 'south', rep: 'dino' });
});

test('a word that the playbook does not know is refused with what was meant, at its place in the file given', async () => {
  const file = await fileWith(
    'wrong.yaml',
    'country: Itly\nproductLine: vinyard\nneed: frost\ncompanySize: big\nmaturity: redy\nteam: south\n',
  );
  const refused: unknown = await routingTest(config, file).catch((error: unknown) => error);
  const { message } = refused as Error;
  expect(message.split('\n')).toEqual([
    `${file} has 6 mistakes:`,
    `${file}:1:10  country: there is no country "Itly"; write its name, such as Germany, or its code, such as DE`,
    `${file}:2:14  productLine: unknown product line "vinyard"; did you mean "vineyard"?`,
    `${file}:3:7  need: unknown need type "frost"; expected one of: controller, frost warning`,
    `${file}:4:14  companySize: expected a number`,
    `${file}:5:11  maturity: unknown value "redy"; did you mean "ready"?`,
    expect.stringMatching(/6:1 {2}team: no condition can ask for "team"/) as string,
  ]);
});

test('until when it waits is said in the zone of the team', async () => {
  const file = await fileWith('large.yaml', 'companySize: 800\n');
  const { data, text } = await routingTest(config, file);
  expect(data).toMatchObject({ rule: 'key-accounts', rep: null });
  expect(text).toMatch(/Nobody gets it now: it waits until \w{3} \d+ \w{3}( \d{4})? 09:00 Asia\/Tokyo\./);
});

test('asked about a file, `routing explain` names the command that reads one', async () => {
  await expect(routingExplain(config, 'lead.yaml')).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    message: expect.stringContaining('npx nurture routing test lead.yaml') as string,
  });
});
