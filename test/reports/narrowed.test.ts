/** A report that is narrowed is narrowed in each of its tables: a filter that no lead fits leaves no figure, and one that some fit leaves theirs. */
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportShow } from '../../src/cli/reports.ts';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { newId } from '../../src/domain/ids.ts';
import { type AskWords, readAsk } from '../../src/reports/ask.ts';
import { FILTER_KEYS } from '../../src/reports/dimensions.ts';
import { countBehind, readReport } from '../../src/reports/read.ts';
import { REPORTS, reportNamed } from '../../src/reports/registry.ts';
import { type Asked, figureOf, type Section } from '../../src/reports/report.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { openApi, type Bench } from '../api/support.ts';
import { writeBroadcasts } from '../support/broadcast-mails.ts';

const LEADS = 3_000;
const UNTIL = new Date();
const NOBODY = 'of-nobody';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  const { db } = bench;
  await writeHistory(db, { leads: LEADS, seed: 20_261_127, until: UNTIL });
  const some = await db.lead.findMany({ select: { id: true }, orderBy: { id: 'asc' }, take: 300 });
  const ids = some.map(({ id }) => id);
  await writeBroadcasts(db, ids, { at: UNTIL });
  // What reps did: calls with a need and without one, tasks, and answers to replies.
  const offers = await db.assignment.findMany({ orderBy: { id: 'asc' }, take: 400 });
  const logged = { actor: 'system', kind: 'call', result: 'no-answer', occurredAt: UNTIL };
  await db.repActivity.createMany({
    data: offers.flatMap(({ leadId, needId, repId }) =>
      [needId, null].map((of) => ({ ...logged, id: newId('activity'), leadId, needId: of, repId })),
    ),
  });
  await db.task.createMany({
    data: offers.map(({ leadId, needId, repId }) => ({
      id: newId('task'),
      key: newId('task'),
      leadId,
      needId,
      repId: repId ?? '',
      kind: 'call',
      body: 'Call',
      status: 'done' as const,
      dueAt: UNTIL,
      tellAt: UNTIL,
      closedAt: UNTIL,
      occurredAt: UNTIL,
    })),
  });
  await db.replyAnswer.createMany({
    data: offers.map(({ id, leadId, repId, team, offeredAt }) => ({
      assignmentId: id,
      leadId,
      repId: repId ?? '',
      team,
      repliedAt: offeredAt,
      dueAt: UNTIL,
      answeredAt: UNTIL,
    })),
  });
});
afterAll(() => bench.close());

function ask(report: string, words: AskWords): Asked {
  const published = bench.deps.store.rules.current().playbook;
  const segments = [...published.segments, { segment: NOBODY, when: { source: 'nowhere-at-all' } }];
  return readAsk(
    reportNamed(report),
    { since: '2020-01-01', ...words },
    { scope: { kind: 'all' }, playbook: { ...published, segments }, realNowMs: Date.now() },
  );
}

const read = (report: string, words: AskWords = {}): Promise<Section[]> =>
  readReport(bench.db, reportNamed(report), ask(report, words));

/** Figures above nothing, each with where it stands. */
function figuresOf(sections: readonly Section[]): string[] {
  return sections.flatMap(({ key, columns, rows, total }) =>
    [...rows, ...(total === undefined ? [] : [total])].flatMap(({ cells }) =>
      columns.flatMap((column) => {
        const value = cells[column.key];
        const isFigure = typeof value === 'number' && value !== 0;
        return isFigure ? [`${key}: ${String(Object.values(cells)[0])}, ${column.key} ${value}`] : [];
      }),
    ),
  );
}

describe.each(REPORTS.map(({ key }) => key))('report %s', (report) => {
  test('has no figure in any of its tables where a filter fits no lead', async () => {
    const all = await read(report);
    const withoutFigures = all.filter((one) => figuresOf([one]).length === 0).map(({ key }) => key);
    // Which cannot fail below. Nobody had counted the segments of a day, and no campaign has a cost in the period.
    expect(withoutFigures.filter((key) => !['segmentsOverTime', 'records', 'costs'].includes(key))).toEqual([]);
    for (const key of FILTER_KEYS)
      expect(figuresOf(await read(report, { [key]: 'nonsense' })), `${report}?${key}=nonsense`).toEqual([]);
    expect(figuresOf(await read(report, { segment: NOBODY })), `${report}?segment=${NOBODY}`).toEqual([]);
  });
});

const sumOf = (sections: readonly Section[], key: string, column: string): number =>
  (sections.find((one) => one.key === key)?.rows ?? []).reduce((sum, { cells }) => sum + Number(cells[column] ?? 0), 0);

async function countOf(sql: string): Promise<number> {
  const [{ count } = { count: 0 }] = await bench.db.$queryRawUnsafe<{ count: number }[]>(sql);
  expect(count).toBeGreaterThan(5);
  return count;
}

const OF_SEARCH = `need_id IN (SELECT n.id FROM needs n JOIN touches t ON t.id = n.touch_id WHERE t.source = 'search')`;

test('the report on scoring tells of one source how its leads score, and by which rule what sales sends back', async () => {
  const narrowed = await read('scoring', { source: 'search' });
  expect(sumOf(narrowed, 'scores', 'leads')).toBe(
    await countOf(`SELECT count(DISTINCT n.lead_id)::int AS count FROM needs n JOIN touches t ON t.id = n.touch_id
      WHERE t.source = 'search'`),
  );
  const sentBack = `SELECT count(*)::int AS count FROM assignments WHERE status = 'rejected' AND ${OF_SEARCH}`;
  expect(sumOf(narrowed, 'bands', 'rejected')).toBe(await countOf(sentBack));
  const [all, of] = [await read('scoring'), narrowed].map((one) => sumOf(one, 'rules', 'rejected'));
  expect(of).toBeGreaterThan(0);
  expect(of).toBeLessThan(all ?? 0);
  const asked = ask('scoring', { source: 'search' });
  for (const key of ['scores', 'bands', 'rules']) {
    const section = narrowed.find((one) => one.key === key);
    const column = section?.columns.find(({ hasLeads }) => hasLeads);
    const row = section?.rows.find(({ cells }) => Number(cells[column?.key ?? ''] ?? 0) > 0);
    if (column === undefined || row === undefined) throw new Error(`no figure in ${key}`);
    const behind = await countBehind(bench.db, reportNamed('scoring'), asked, {
      figure: figureOf(row, column),
      group: undefined,
    });
    expect(behind?.counted, key).toBe(row.cells[column.key]);
  }
});

test('a hand-off is of the rep who got it, in the report on scoring as in that of the reps', async () => {
  const { name, id } = await bench.db.rep.findFirstOrThrow({
    where: { manager: false },
    orderBy: { key: 'asc' },
  });
  const decided = await countOf(`SELECT count(*)::int AS count FROM assignments
    WHERE status IN ('accepted', 'rejected') AND rep_id = '${id}'`);
  expect(sumOf(await read('scoring', { rep: name }), 'bands', 'handOffs')).toBe(decided);
});

test('the report on reps tells of one source what they made of its leads', async () => {
  const sections = await read('reps', { source: 'search' });
  const offers = await countOf(`SELECT count(*)::int AS count FROM assignments WHERE ${OF_SEARCH}`);
  expect(sumOf(sections, 'reps', 'handed')).toBe(offers);
  const tasks = await countOf(`SELECT count(*)::int AS count FROM tasks WHERE status = 'done' AND ${OF_SEARCH}`);
  expect(sections[0]?.total?.cells['tasks']).toBe(tasks);
  for (const figure of ['answer', 'activities', 'tasks', 'handed']) {
    const [all, of] = await Promise.all(
      [{}, { source: 'search' }].map((words) =>
        countBehind(bench.db, reportNamed('reps'), ask('reps', words), { figure, group: undefined }),
      ),
    );
    expect(of?.counted, figure).toBeGreaterThan(0);
    expect(of?.counted, figure).toBeLessThan(all?.counted ?? 0);
  }
});

test('the segments of the base are counted among the leads that are asked for', async () => {
  const [all, search] = [await read('base'), await read('base', { source: 'search' })];
  expect(sumOf(search, 'segments', 'leads')).toBeGreaterThan(0);
  expect(sumOf(search, 'segments', 'leads')).toBeLessThan(sumOf(all, 'segments', 'leads'));
});

test('the command line says that none of the newest leads has a value, as the page does', async () => {
  const config = loadConfig({ DATABASE_URL: bench.engine.database.url });
  const said = async (...only: string[]): Promise<string> => {
    const err = new PassThrough({ encoding: 'utf8' });
    await reportShow(config, 'leads-in', { only }, err);
    return String(err.read() ?? '');
  };
  const told = await said('source=nonsense', 'country=DE');
  expect(told).toMatch(/^None of the newest 2,000 leads has the source ‘nonsense’\. There are: .*\bsearch\b.*\.\n$/);
  expect(await said('source=search')).toBe('');
});

test('a report of everybody who is known has no first day in the terminal, unless one is asked for', async () => {
  const config = loadConfig({ DATABASE_URL: bench.engine.database.url });
  const firstLine = async (words: AskWords): Promise<string> =>
    (await reportShow(config, 'base', words)).text.split('\n')[0] ?? '';
  expect(await firstLine({})).toMatch(/buys again\? As of \d{4}-\d{2}-\d{2}, \S+: everybody who came in until then\.$/);
  expect(await firstLine({ since: '2024-01-01' })).toMatch(/ 2024-01-01 to \d{4}-\d{2}-\d{2}, \S+$/);
});
