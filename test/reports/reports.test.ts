import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReportDigests } from '../../src/api/report-digests.ts';
import { createSegmentWatch } from '../../src/api/segment-watch.ts';
import { subscriptionsList } from '../../src/cli/report-mails.ts';
import { digestPeriod } from '../../src/domain/digest.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Stage } from '../../src/domain/stage.ts';
import { firstDayOf } from '../../src/reports/period-choices.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { claimReportMail } from '../../src/store/report-digests.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({
    change: (deps) => {
      const { rules } = deps.store;
      const current = () => {
        const published = rules.current();
        return { ...published, playbook: { ...published.playbook, defaultTimeZone: 'Europe/Berlin' } };
      };
      return { ...deps, store: { ...deps.store, rules: { ...rules, current } } };
    },
  });
  for (const life of LIVES) await write(life);
});
afterAll(() => bench.close());

interface Life {
  source: string | null;
  /** Of the first touch, in Berlin. */
  came: string;
  /** The stages it came to, each with hours since it came. */
  stages: readonly (readonly [Stage, number])[];
  value?: readonly [minor: number, currency: string];
  recycled?: number;
}

const LIVES: readonly Life[] = [
  // A quarter past midnight on Monday in Berlin is still Sunday in UTC.
  {
    source: 'web',
    came: '2026-03-02T00:15:00+01:00',
    stages: [
      ['nurturing', 0],
      ['qualified', 48],
      ['assigned', 49],
      ['accepted', 51],
      ['opportunity', 60],
      ['customer', 100],
    ],
    value: [500_000, 'EUR'],
  },
  {
    source: 'web',
    came: '2026-03-04T12:00:00+01:00',
    stages: [
      ['nurturing', 0],
      ['qualified', 10],
      ['assigned', 11],
      ['accepted', 21],
      ['nurturing', 30],
    ],
    recycled: 1,
  },
  // The clocks of Berlin go forward on 29 March.
  {
    source: 'expo',
    came: '2026-03-29T23:30:00+02:00',
    stages: [
      ['assigned', 0],
      ['accepted', 4],
      ['no-need', 50],
    ],
    value: [100_000, 'USD'],
  },
  { source: 'expo', came: '2026-03-30T00:30:00+02:00', stages: [['nurturing', 0]] },
  {
    source: null,
    came: '2026-04-20T09:00:00+02:00',
    stages: [
      ['nurturing', 1],
      ['disqualified', 2],
    ],
  },
];

async function write({ source, came, stages, value, recycled = 0 }: Life): Promise<void> {
  const { db } = bench;
  const [leadId, needId] = [newId('lead'), newId('need')];
  const openedAt = new Date(came);
  const at = (hours: number) => new Date(openedAt.getTime() + hours * 3_600_000);
  const last = stages.at(-1);
  const stage = last?.[0] ?? 'new';
  const isClosed = stage === 'customer' || stage === 'no-need' || stage === 'disqualified';
  await db.lead.create({
    data: { id: leadId, email: `${leadId}@reports.example`, stage, source, scoreAt: openedAt, needId },
  });
  await db.need.create({
    data: {
      id: needId,
      leadId,
      stage,
      openedAt,
      recycleCount: recycled,
      closedAt: isClosed ? at(last?.[1] ?? 0) : null,
      ...(value && { valueMinor: BigInt(value[0]), currency: value[1] }),
    },
  });
  await db.touch.create({
    data: { id: newId('touch'), leadId, needId, isFirst: true, source, how: 'form', occurredAt: openedAt },
  });
  const changes = [['new', 0] as const, ...stages];
  await db.stageChange.createMany({
    data: changes.map(([toStage, hours], i) => ({
      leadId,
      needId,
      toStage,
      fromStage: changes[i - 1]?.[0] ?? null,
      because: 'test',
      actor: 'system',
      occurredAt: at(hours),
    })),
  });
}

interface Answer {
  since: string;
  sections: {
    columns: { key: string }[];
    key: string;
    rows: { cells: Record<string, unknown>; group?: string | null; figure?: string }[];
    total: { cells: Record<string, unknown> } | null;
    notes: string[];
  }[];
}

async function read(path: string): Promise<Answer> {
  const { status, body } = await bench.call('GET', `/v1/reports/${path}`, { key: bench.keys.marketer });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as Answer;
}
const PERIOD = 'since=2026-03-01&until=2026-04-30';

describe('leads in', () => {
  test('counts by week of the organization’s zone, over a change of the clocks, without a gap', async () => {
    const { sections } = await read(`leads-in?${PERIOD}&by=week`);
    expect(sections[0]?.rows.map(({ cells }) => [cells['group'], cells['needs']])).toEqual([
      ['2026-02-23', 0],
      ['2026-03-02', 2],
      ['2026-03-09', 0],
      ['2026-03-16', 0],
      ['2026-03-23', 1],
      ['2026-03-30', 1],
      ['2026-04-06', 0],
      ['2026-04-13', 0],
      ['2026-04-20', 1],
      ['2026-04-27', 0],
    ]);
    expect(sections[0]?.total?.cells).toMatchObject({ needs: 5, spam: 1, value: 500_000 });
    expect(sections[0]?.notes).toEqual([
      expect.stringContaining('The value of 1 is in a currency without a rate to EUR'),
    ]);
  });

  test('counts who is not known of as such, and lists the leads behind each figure', async () => {
    const { sections } = await read(`leads-in?${PERIOD}&by=source`);
    expect(sections[0]?.rows.map(({ group, cells }) => [group, cells['needs']])).toEqual([
      ['expo', 2],
      ['web', 2],
      [null, 1],
    ]);
    const behind = await bench.call('GET', `/v1/reports/leads-in/leads?${PERIOD}&by=source&figure=needs&group=web`, {
      key: bench.keys.marketer,
    });
    expect(behind.body).toMatchObject({ items: [{ source: 'web' }, { source: 'web' }], nextCursor: null });
    const unknown = await bench.call(
      'GET',
      `/v1/reports/leads-in/leads?${PERIOD}&by=source&figure=needs&unknown=true`,
      { key: bench.keys.marketer },
    );
    expect(unknown.body).toMatchObject({ items: [{ stage: 'disqualified' }] });
  });
});

describe('the funnel', () => {
  test('counts who came to each layer, and how long the steps took', async () => {
    const { sections } = await read(`funnel?${PERIOD}`);
    const layers = sections
      .find(({ key }) => key === 'layers')
      ?.rows.map(({ cells }) => [cells['layer'], cells['leads'], cells['median']]);
    expect(layers).toEqual([
      ['Came in', 5, null],
      ['Qualified', 3, 10 * 3_600],
      ['Handed over', 3, 3_600],
      ['Accepted', 3, 4 * 3_600],
      ['Opportunity', 1, 9 * 3_600],
      ['Customer', 1, 40 * 3_600],
    ]);
    const narrowed = await read(`funnel?${PERIOD}&source=expo`);
    expect(narrowed.sections.find(({ key }) => key === 'layers')?.rows.map(({ cells }) => cells['leads'])).toEqual([
      2, 1, 1, 1, 0, 0,
    ]);
  });
});

describe('reps and teams', () => {
  test('a lead that a manager moves away was not rejected by its rep, who decided nothing', async () => {
    const need = await bench.db.need.findFirstOrThrow();
    const rep = await bench.db.rep.findFirstOrThrow({ where: { manager: false } });
    const [offeredAt, decidedAt] = [new Date('2026-03-10T09:00:00Z'), new Date('2026-03-10T09:01:00Z')];
    const given = (
      status: 'offered' | 'accepted' | 'rerouted' | 'rejected' | 'expired',
      decidedBy: string,
      more: { offerDecidedAt?: Date; dueAt?: Date; reason?: string } = {},
    ) => ({
      id: newId('assignment'),
      leadId: need.leadId,
      needId: need.id,
      repId: rep.id,
      team: 'europe',
      rule: 'test',
      status,
      decidedBy,
      offeredAt,
      decidedAt,
      ...more,
    });
    const decided = { offerDecidedAt: decidedAt };
    const handedOver = { ...given('rejected', rep.id), decidedAt: new Date('2026-03-20T09:00:00Z') };
    await bench.db.assignment.createMany({
      data: [
        given('rerouted', 'usr-1'),
        given('rerouted', rep.id, decided),
        given('rejected', rep.id, decided),
        // Accepted, and moved away later: the decision stays.
        given('rerouted', 'usr-1', decided),
        // An opportunity that was handed over, and sent back ten days later; and one that was taken back.
        handedOver,
        given('expired', 'usr-1', { reason: 'no-activity' }),
        // Moved away when its time to decide was over: the rep let it pass.
        given('rerouted', 'usr-1', { dueAt: new Date('2026-03-10T09:00:30Z') }),
        // Its time is over, and it still waits.
        { ...given('offered', 'usr-1', { dueAt: new Date('2026-03-10T09:00:30Z') }), decidedAt: null, decidedBy: null },
      ],
    });
    const { sections } = await read(`reps?${PERIOD}`);
    expect(sections[0]?.columns.map(({ key }) => key)).toContain('moved');
    expect(sections[0]?.rows.map(({ cells }) => cells)).toMatchObject([
      {
        group: rep.name,
        handed: 8,
        rejected: 3,
        moved: 3,
        undecided: 1,
        overdue: 1,
        expired: 1,
        inTime: 3 / 5,
        decide: 60,
      },
    ]);
    await bench.db.assignment.deleteMany({ where: { status: 'offered', rule: 'test' } });
  });
});

describe('segments over time', () => {
  test('each is counted once a day, what a crash left out too, and the report says how old the count is', async () => {
    const { db, deps } = bench;
    const hot = { segment: 'from-web', when: { source: 'web' } };
    const rules = {
      ...deps.store.rules,
      current: () => {
        const now = deps.store.rules.current();
        const segments = [hot, { ...hot, segment: 'from-web-too' }];
        return { ...now, playbook: { ...now.playbook, defaultTimeZone: 'Europe/Berlin', segments } };
      },
    };
    const look = async (at: string): Promise<number> => {
      const watch = createSegmentWatch({ db, rules, log: deps.log, realNow: () => Date.parse(at) });
      const counted = await watch.runNow();
      await watch.close();
      return counted;
    };
    // Half past eleven in the night of UTC is the next day in Berlin.
    expect(await look('2026-03-09T23:30:00Z')).toBe(2);
    expect(await look('2026-03-10T09:00:00Z')).toBe(0);
    await db.segmentCount.deleteMany({ where: { segment: 'from-web-too' } });
    expect(await look('2026-03-10T10:00:00Z')).toBe(1);
    expect(await look('2026-03-10T23:30:00Z')).toBe(2);
    const rows = await db.segmentCount.findMany({ where: { segment: 'from-web' }, orderBy: { day: 'asc' } });
    expect(rows.map(({ day, leads }) => [day.toISOString().slice(0, 10), leads])).toEqual([
      ['2026-03-10', 2],
      ['2026-03-11', 2],
    ]);
    const { sections } = await read('base?since=2026-03-01&until=2026-03-31');
    const shown = sections.find(({ key }) => key === 'segmentsOverTime');
    expect(shown?.rows.map(({ cells }) => cells['day'])).toEqual(['2026-03-10', '2026-03-11']);
    expect(shown?.notes).toEqual([expect.stringContaining('last on 11 Mar 2026, 00:30 (Europe/Berlin)')]);
    const some = await read('base?since=2026-03-01&until=2026-03-31&source=web');
    expect(some.sections.map(({ key }) => key)).not.toContain('segmentsOverTime');
  });
});

describe('campaigns', () => {
  test('what a customer costs is told of those whose cost is known', async () => {
    const day = new Date('2026-03-05');
    await bench.db.campaign.create({
      data: { id: 'cmp-test', key: 'expo', name: 'Expo', type: 'trade-show', currency: 'EUR' },
    });
    await bench.db.campaignCost.create({ data: { campaignId: 'cmp-test', place: 0, day, costMinor: 10_000n } });
    await bench.db.touch.updateMany({ where: { source: 'expo' }, data: { campaignId: 'cmp-test' } });
    const { sections } = await read(`campaigns?${PERIOD}&by=campaign`);
    const section = sections.find(({ key }) => key === 'costs');
    const ofExpo = { cost: 10_000, paidLeads: 2, paidWon: 0, paidValue: 0, perLead: 5_000, perWon: null, roi: -1 };
    expect(section?.rows).toEqual([{ cells: expect.objectContaining({ group: 'expo', ...ofExpo }), group: 'expo' }]);
    // The customer came by something else.
    expect(sections[0]?.total?.cells).toMatchObject({ leads: 5, won: 1 });
    expect(section?.total?.cells).toMatchObject(ofExpo);
  });

  test('all time begins with a cost that is older than the first need', async () => {
    const { db } = bench;
    const { id } = await db.campaign.update({ where: { key: 'Spring Fair' }, data: { currency: 'EUR' } });
    const day = new Date('2024-05-06');
    await db.campaignCost.create({ data: { campaignId: id, place: 1, day, costMinor: 7_000n } });
    try {
      const { since, sections } = await read('campaigns?since=all&by=campaign');
      expect(since).toBe('2024-05-06');
      const costs = sections.find(({ key }) => key === 'costs')?.rows;
      expect(costs?.find(({ group }) => group === 'Spring Fair')?.cells).toMatchObject({ cost: 7_000 });
      expect(await firstDayOf(db, new Date(), 'Europe/Berlin')).toBe('2024-05-06');
    } finally {
      await db.campaignCost.deleteMany({ where: { campaignId: id, place: 1 } });
    }
  });

  test('what a campaign brought and cost as a whole does not depend on the period', async () => {
    const recordOf = async (period: string) => {
      const { sections } = await read(`campaigns?${period}&by=campaign`);
      return sections
        .find(({ key }) => key === 'records')
        ?.rows.find(({ cells }) => cells['campaign'] === 'Spring Fair')?.cells;
    };
    const day = new Date('2026-03-05');
    const { id } = await bench.db.campaign.update({ where: { key: 'Spring Fair' }, data: { currency: 'EUR' } });
    await bench.db.campaignCost.create({ data: { campaignId: id, place: 0, day, costMinor: 4_000n } });
    await bench.db.touch.updateMany({ where: { source: 'web' }, data: { campaignId: id } });
    // The customer of LIVES came on 2 March.
    const whole = { won: 1, value: 500_000, spent: 4_000, roi: 124 };
    expect(await recordOf(PERIOD)).toMatchObject(whole);
    expect(await recordOf('since=2026-03-20&until=2026-03-31')).toMatchObject(whole);
    await bench.db.touch.updateMany({ where: { source: 'web' }, data: { campaignId: null } });
    await bench.db.campaignCost.deleteMany({ where: { campaignId: id } });
  });

  test('a cost is set beside the needs of its own campaign alone, by whatever it is split', async () => {
    const says = { productLine: 'greenhouse', channel: 'event' };
    await bench.db.campaign.update({ where: { id: 'cmp-test' }, data: says });
    // Needs of that product line that came by something else.
    const touches = await bench.db.touch.findMany({ where: { source: 'web' }, select: { id: true } });
    const others = { touchId: { in: touches.map(({ id }) => id) } };
    const { count } = await bench.db.need.updateMany({ where: others, data: { productLine: 'greenhouse' } });
    expect(count).toBeGreaterThan(0);
    for (const [by, group] of [
      ['productLine', 'greenhouse'],
      ['channel', 'event'],
      ['campaignType', 'trade-show'],
      ['campaign', 'expo'],
    ]) {
      const asked = `${PERIOD}&by=${by}`;
      const { sections } = await read(`campaigns?${asked}`);
      const cost = { cost: 10_000, perLead: 5_000, perAccepted: 10_000, roi: -1 };
      // One row whose figures are of one kind: cost by its leads is what a lead cost.
      const costs = sections.find(({ key }) => key === 'costs');
      expect(
        costs?.rows.map((row) => [row.group, row.cells['cost']]),
        by,
      ).toEqual([[group, cost.cost]]);
      expect(costs?.rows[0]?.cells, by).toMatchObject({ ...cost, paidLeads: 2 });
      expect(costs?.total?.cells, by).toMatchObject(cost);
      const { body } = await bench.call('GET', `/v1/reports/campaigns/leads?${asked}&figure=perLead&group=${group}`, {
        key: bench.keys.marketer,
      });
      expect(body['items'], by).toHaveLength(2);
    }
  });
});

describe('the lists that figures lead to', () => {
  const ids = async (query: string) => {
    const { status, body } = await bench.call('GET', `/v1/leads?${query}`, { key: bench.keys.marketer });
    return status === 200 ? (body['items'] as { source: string | null }[]).map(({ source }) => source) : body['errors'];
  };

  test('narrow by when a need came in, by campaign and by how long the stage lasts', async () => {
    expect(await ids('since=2026-04-01&until=2026-04-30')).toEqual([null]);
    expect(await ids('campaign=EXPO&limit=10')).toEqual(['expo', 'expo']);
    expect(await ids('inStageSince=2026-03-05&stage=customer')).toEqual([]);
    expect(await ids('inStageSince=2026-03-06&stage=customer')).toEqual(['web']);
    expect(await ids('inStageSince=30000d')).toEqual([]);
    expect(await ids('stage=customer&overdue=true')).toEqual([]);
    expect(await ids('stage=customer&overdue=false')).toEqual(['web']);
  });

  test('say every word that is wrong, and what it needs', async () => {
    expect(await ids('step=welcome&since=soon&inStageSince=x')).toMatchObject([
      { path: 'cadence', message: expect.stringContaining('is needed with `step`') },
      { path: 'since' },
      { path: 'inStageSince' },
    ]);
    expect(await ids('mail=read')).toMatchObject([{ path: 'mail' }]);
  });
});

describe('what is asked', () => {
  test('is refused with every field that is wrong', async () => {
    const { status, body } = await bench.call('GET', '/v1/reports/funnel?since=2026-02-30&by=moon&segment=nobody', {
      key: bench.keys.marketer,
    });
    expect(status).toBe(400);
    expect((body as { errors: { path: string }[] }).errors.map(({ path }) => path)).toEqual(['since', 'by', 'segment']);
    expect((await bench.call('GET', '/v1/reports/sales', { key: bench.keys.marketer })).status).toBe(404);
  });

  test('is answered for the leads in the caller’s reach', async () => {
    const { body } = await bench.call('GET', `/v1/reports/leads-in?${PERIOD}&by=source`, { key: bench.keys.rep });
    expect((body as unknown as Answer).sections[0]?.total?.cells).toMatchObject({ needs: 0 });
  });

  test('is not asked for so long that an answer of its weeks holds up everybody', async () => {
    const path = '/v1/reports/leads-in?since=0001-01-01&until=9999-12-31&by=week';
    const { status, body } = await bench.call('GET', path, { key: bench.keys.rep });
    expect([status, body['detail']]).toEqual([400, 'since must be at most 20 years before the end of the period']);
  });

  test('shows the lead behind an offer to whom it belongs today: not to a rep who had it', async () => {
    const [leadId, needId, at] = [newId('lead'), newId('need'), new Date()];
    await bench.db.lead.create({
      data: { id: leadId, email: 'gone@reports.example', stage: 'nurturing', scoreAt: at, needId },
    });
    await bench.db.need.create({ data: { id: needId, leadId, stage: 'nurturing', openedAt: at } });
    const offer = { leadId, needId, repId: bench.reps['ada'] ?? '', team: 'north', rule: 'test' };
    await bench.db.assignment.create({
      data: { id: newId('assignment'), ...offer, status: 'rejected', offeredAt: at, decidedAt: at },
    });
    const behind = async (figure: string, key: string) => {
      const { status, body } = await bench.call('GET', `/v1/reports/reps/leads?figure=${figure}`, { key });
      return status === 200 ? (body['items'] as { id: string }[]).map(({ id }) => id) : status;
    };
    expect(await behind('rejected', bench.keys.rep)).toEqual([]);
    expect(await behind('rejected', bench.keys.marketer)).toEqual([leadId]);
    expect(await behind('constructor', bench.keys.rep)).toBe(404);
  });

  test('comes as CSV, which runs nothing in a spreadsheet', async () => {
    const { text } = await bench.call('GET', `/v1/reports/leads-in?${PERIOD}&by=source&format=csv`, {
      key: bench.keys.marketer,
    });
    expect(text.split('\r\n')[0]).toBe(
      'Source,Came in,Came back,Still open,Disqualified,Expected value (EUR),From,To,Time zone,Only,As of',
    );
    // Each row says of which days, zone and leads it is: a spreadsheet has no line to pass over.
    expect(text).toMatch(/^web,2,0,1,0,5000,2026-03-01,2026-04-30,Europe\/Berlin,,20\d\d-[-0-9: ]+\r$/m);
    const some = await bench.call('GET', `/v1/reports/leads-in?${PERIOD}&by=source&source=web&format=csv`, {
      key: bench.keys.marketer,
    });
    expect(some.headers.get('content-disposition')).toMatch(/leads-in-[a-z-]+-2026-03-01-to-2026-04-30-some\.csv/);
    expect(some.text).toContain('web,2,0,1,0,5000,2026-03-01,2026-04-30,Europe/Berlin,source=web');
  });
});

describe('the control group', () => {
  test('stands beside who was in a cadence, with the lift and what it lies between', async () => {
    const { db } = bench;
    const came = new Date('2025-05-05T10:00:00Z');
    const revision = await db.cadenceRevision.findFirstOrThrow();
    // Of a hundred in cadences 30 qualified, of a hundred of the control group 20.
    const people = Array.from({ length: 200 }, (_, n) => {
      const [isControl, place] = [n >= 100, n % 100];
      const qualified = place < (isControl ? 20 : 30);
      return { leadId: newId('lead'), needId: newId('need'), isControl, qualified };
    });
    const stageOf = (qualified: boolean) => (qualified ? 'qualified' : 'nurturing');
    await db.lead.createMany({
      data: people.map(({ leadId, needId, isControl, qualified }) => ({
        id: leadId,
        email: `${leadId}@lift.example`,
        stage: stageOf(qualified),
        scoreAt: came,
        needId,
        controlSince: isControl ? came : null,
      })),
    });
    await db.need.createMany({
      data: people.map(({ leadId, needId, qualified }) => ({
        id: needId,
        leadId,
        stage: stageOf(qualified),
        openedAt: came,
      })),
    });
    await db.stageChange.createMany({
      data: people
        .filter(({ qualified }) => qualified)
        .map(({ leadId, needId }) => ({
          leadId,
          needId,
          toStage: 'qualified',
          because: 'test',
          actor: 'system',
          occurredAt: came,
        })),
    });
    await db.enrollment.createMany({
      data: people
        .filter(({ isControl }) => !isControl)
        .map(({ leadId, needId, qualified }) => ({
          id: newId('enrollment'),
          leadId,
          needId,
          cadence: revision.cadence,
          revisionId: revision.id,
          via: 'trigger',
          startedAt: came,
          steppedAt: came,
          status: 'ended' as const,
          endReason: qualified ? 'qualified' : 'unsubscribed',
          endedAt: came,
        })),
    });
    const { sections } = await read('cadences?since=2025-05-01&until=2025-05-31');
    const of = (key: string) => sections.find((one) => one.key === key)?.rows.map(({ cells }) => cells);
    expect(of('control')).toMatchObject([
      { group: 'Control group', leads: 100, qualified: 20, rate: 0.2 },
      {
        group: 'In cadences',
        leads: 100,
        qualified: 30,
        rate: 0.3,
        lift: expect.closeTo(0.5, 5),
        liftBetween: '-8.4 and 145.6%',
        verdict: expect.stringMatching(/^not known yet, about [\d,]+ more needs on each side are needed$/),
        // Nobody was won: no money can be told, and none is claimed.
        extra: null,
        eachMargin: null,
      },
    ]);
    // The fixtures' settings.yaml has no control group.
    expect(sections.find(({ key }) => key === 'control')?.notes).toEqual([
      expect.stringMatching(/^Nobody new is kept out today/),
    ]);
    // What was ready before it began, or before its lead was kept out, is nobody's merit.
    const [mailed, kept] = [false, true].map((is) => people.find((one) => one.isControl === is && one.qualified));
    const at = new Date('2025-05-06T10:00:00Z');
    await db.enrollment.updateMany({ where: { leadId: mailed?.leadId ?? '' }, data: { startedAt: at } });
    await db.lead.update({ where: { id: kept?.leadId ?? '' }, data: { controlSince: at } });
    const later = (await read('cadences?since=2025-05-01&until=2025-05-31')).sections;
    expect(later.find(({ key }) => key === 'control')?.rows.map(({ cells }) => cells)).toMatchObject([
      { leads: 99, qualified: 19 },
      { leads: 99, qualified: 29 },
    ]);
    // Who became ready did not leave.
    expect(of('leaving')).toMatchObject([{ reason: 'unsubscribed', leads: 70, share: 1 }]);
    expect(of('cadences')).toMatchObject([{ began: 100, left: 70, qualified: 30 }]);
  });
});

describe('by mail', () => {
  const DAY_MS = 86_400_000;
  const mailsTo = (email: string) => bench.engine.sink.to(email);

  async function look(atMs: number): Promise<number> {
    const { transport, from, publicUrl } = bench.engine.deps.mail;
    const digests = createReportDigests({
      db: bench.db,
      rules: bench.deps.store.rules,
      log: bench.deps.log,
      tokens: bench.deps.tokens,
      mail: { transport, from, publicUrl },
      realNow: () => atMs,
    });
    const left = await digests.runNow();
    await digests.close();
    return left;
  }

  test('goes out once a week to who subscribed, as a table with the way to the page, and ends by its link', async () => {
    const email = 'mia@digest.example';
    const mia = await inviteUser(
      bench.db,
      { email, name: 'Mia', role: 'marketer' },
      { actor: 'system', at: new Date() },
    );
    const subscription = { report: 'leads-in', every: 'weekly', email, by: 'source' };
    const { status } = await bench.post('/v1/report-subscriptions', subscription, bench.keys.marketer);
    expect(status).toBe(201);
    // A Wednesday: no Monday at seven, and no change of the clocks, comes between two looks that are to be of one week.
    const since = new Date('2026-11-18T12:00:00Z');
    await bench.db.reportSubscription.updateMany({ data: { createdAt: since } });
    const inDays = (days: number) => look(since.getTime() + days * DAY_MS);
    // The week before belongs to nobody who subscribed after it.
    expect(await inDays(0)).toBe(0);
    expect(await inDays(7)).toBe(1);
    expect(await inDays(7)).toBe(0);
    const [mail] = mailsTo(email);
    expect(mail?.subject).toMatch(/^Leads in: \d{1,2} \w{3} \d{4} to \d{1,2} \w{3} \d{4}$/);
    expect(mail?.text).toContain('How many leads come in');
    expect(mail?.text).toMatch(/console\/reports\/leads-in\?by=source&since=/);
    const link = /\/digests\/[\w-]+/.exec(mail?.text ?? '')?.[0] ?? '';
    expect(await bench.call('GET', link)).toMatchObject({ status: 200 });
    await bench.db.user.update({ where: { id: mia.id }, data: { active: false } });
    expect(await inDays(14)).toBe(0);
    const list = await bench.get('/v1/report-subscriptions', bench.keys.marketer);
    expect(list.body['items']).toMatchObject([{ email, getsIt: false, last: { status: 'sent' } }]);
    await bench.db.user.update({ where: { id: mia.id }, data: { active: true } });
    expect(await inDays(14)).toBe(1);
    expect((await bench.call('POST', link)).status).toBe(200);
    expect(await inDays(21)).toBe(0);
    expect(mailsTo(email).length).toBe(2);
  });

  test('comes twice to who asked for it of all leads and of some, each with its own subject; the same again is the same', async () => {
    const email = 'two@digest.example';
    await inviteUser(bench.db, { email, name: 'Two', role: 'marketer' }, { actor: 'system', at: new Date() });
    const idOf = async (only?: object): Promise<unknown> => {
      const asked = { report: 'leads-in', every: 'weekly', email, ...(only && { only }) };
      return (await bench.post('/v1/report-subscriptions', asked, bench.keys.marketer)).body['id'];
    };
    const ids = [await idOf(), await idOf({ source: 'web' })];
    expect([await idOf(), await idOf({ source: 'web' })]).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
    const { text } = await subscriptionsList(bench.engine.config);
    expect(text).toMatch(/leads-in\s*│ source web\s*│ weekly\s*│ two@digest\.example/);
    const since = new Date('2026-11-18T12:00:00Z');
    const where = { id: { in: ids.map(String) } };
    await bench.db.reportSubscription.updateMany({ where, data: { createdAt: since } });
    await look(since.getTime() + 7 * DAY_MS);
    const subjects = mailsTo(email).map(({ subject }) => subject?.split(':')[0]);
    expect(subjects.length).toBe(2);
    expect(new Set(subjects)).toEqual(new Set(['Leads in', 'Leads in, source web']));
    await bench.db.reportSubscription.deleteMany({ where });
  });

  test('a mail whose process died before the answer is in doubt, and not sent again; a rep gets reports at their own address', async () => {
    const email = 'kim@digest.example';
    await inviteUser(bench.db, { email, name: 'Kim', role: 'admin' }, { actor: 'system', at: new Date() });
    const subscription = { report: 'funnel', every: 'daily', email };
    const answer = await bench.post('/v1/report-subscriptions', subscription, bench.keys.marketer);
    const zone = bench.deps.store.rules.current().playbook.defaultTimeZone;
    const { period, dueAtMs: now } = digestPeriod('daily', Date.now() + 2 * DAY_MS, zone);
    const subscriptionId = String(answer.body['id']);
    expect(await claimReportMail(bench.db, subscriptionId, period, now)).not.toBeNull();
    expect(await look(now + 60_000)).toBe(0);
    // A weekly one may have the same period.
    const where = { period, subscriptionId };
    expect(await bench.db.reportMail.findFirst({ where })).toMatchObject({ status: 'claimed' });
    expect(await look(now + 2 * 3_600_000)).toBe(0);
    expect(await bench.db.reportMail.findFirst({ where })).toMatchObject({ status: 'in_doubt' });
    expect((await bench.post('/v1/report-subscriptions', subscription, bench.keys.rep)).status).toBe(403);
    expect(
      (await bench.call('DELETE', `/v1/report-subscriptions/${subscriptionId}`, { key: bench.keys.rep })).status,
    ).toBe(404);
    const unknown = await bench.post(
      '/v1/report-subscriptions',
      { ...subscription, email: 'x@y.example' },
      bench.keys.marketer,
    );
    expect(unknown.status).toBe(404);
  });
});
