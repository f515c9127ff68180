/** Mistakes that a marketer makes in the files of a playbook, each with its exact place: those that no test of a file or of a kind of step has. */
import { expect, it } from 'vitest';
import { mistakes, SOUND } from './folder.ts';

/** The reason that leads into `slow` of the sample. */
const REASON_OF_REMINDER = 'reasons.yaml:4:12  too-early.cadence: "slow" is a reminder; name another cadence';

/** A file of the sound playbook. */
const sound = (name: string): string => SOUND[name] ?? '';

/** Without mistakes but those of its head and its steps; a reminder is one that no other cadence leads to. */
const cadence = (head: string, steps = '  - email: hello\n', isReminder = false): Record<string, string> => ({
  'cadences/slow.yaml': `name: Slow\n${head}steps:\n${steps}`,
  ...(isReminder && {
    'cadences/welcome.yaml': sound('cadences/welcome.yaml').replace('whenDone: { move: slow }\n', ''),
  }),
});

const settings = (more: string) => ({ 'settings.yaml': `${sound('settings.yaml')}${more}\n` });
const scoring = (from: string, to: string) => ({ 'scoring.yaml': sound('scoring.yaml').replace(from, to) });
const routing = (from: string, to: string) => ({ 'routing.yaml': sound('routing.yaml').replace(from, to) });

it.each<[string, Record<string, string | null>, string[]]>([
  [
    'a window that the quiet hours close',
    {
      ...cadence('window: { days: daily, from: "22:00", to: "23:00" }\n'),
      ...settings('quietHours: { from: "21:00", to: "08:00" }'),
    },
    [
      'cadences/slow.yaml:2:9  window: the quiet hours of settings.yaml leave no time in this window; make the window longer, or the quiet hours shorter',
    ],
  ],
  [
    'an answer without a request',
    cadence('answer: hello\n'),
    ['cadences/slow.yaml:2:1  answer: an answer needs "enroll", whose condition says which requests it answers'],
  ],
  [
    'a key without an event',
    cadence('kind: reminder\nenroll: { when: { source: ebook } }\nkey: event.webinar\n', undefined, true),
    ['cadences/slow.yaml:4:6  key: a key needs an event that begins it: "enroll: { event: … }"', REASON_OF_REMINDER],
  ],
  [
    'a reminder that preempts',
    cadence('kind: reminder\npreempt: suspend\n', undefined, true),
    [
      'cadences/slow.yaml:3:1  preempt: a reminder runs beside other cadences and preempts none; remove "preempt"',
      REASON_OF_REMINDER,
    ],
  ],
  [
    'a way from a cadence to a reminder',
    { ...cadence('kind: reminder\n') },
    [
      'cadences/welcome.yaml:11:19  whenDone.move: "slow" is a reminder, and this cadence is none; name another',
      REASON_OF_REMINDER,
    ],
  ],
  [
    'a window without hours',
    cadence('window: []\n'),
    ['cadences/slow.yaml:2:9  window: expected { days, from, to }, or a list of these, found an empty list'],
  ],
  [
    'a window that is a word',
    cadence('window: always\n'),
    ['cadences/slow.yaml:2:9  window: expected { days, from, to }, or a list of these, found "always"'],
  ],
  [
    'an arm with a step to go to and steps',
    cadence(
      '',
      '  - split:\n      - { arm: a, go: hello, steps: [{ email: hello }] }\n      - { arm: b, go: hello }\n  - id: hello\n    email: hello\n',
    ),
    ['cadences/slow.yaml:4:19  steps[0].split[0].go: expected either "go" or "steps", and not both'],
  ],
  [
    'an arm with the name of the holdout',
    cadence(
      '',
      '  - split:\n      - { arm: holdout, go: hello }\n      - { arm: b, go: hello }\n  - id: hello\n    email: hello\n',
    ),
    ['cadences/slow.yaml:4:16  steps[0].split[0].arm: "holdout" is written beside "split", as in holdout: 10%'],
  ],
  [
    'a split that is no list',
    cadence('', '  - split: both\n  - email: hello\n'),
    ['cadences/slow.yaml:3:12  steps[0].split: expected a list of arms, found "both"'],
  ],
  [
    'an else that is no step',
    cadence(
      '',
      '  - branch:\n      - when: { source: ebook }\n        go: hello\n      - else: 3\n  - id: hello\n    email: hello\n',
    ),
    ['cadences/slow.yaml:6:15  steps[0].branch[1].else: expected the id of a step, or a list of steps, found 3'],
  ],
  [
    'no property of an event',
    cadence('', '  - waitFor: { event: page.viewed, where: {} }\n    within: 1 day\n  - email: hello\n'),
    [
      'cadences/slow.yaml:3:43  steps[0].waitFor.where: expected properties of the event such as { total: { gte: 100 } }, found no keys',
    ],
  ],
  [
    'a condition beside an attribute',
    cadence(
      '',
      '  - waitFor: { attribute: country }\n    when: { source: ebook }\n    within: 1 day\n  - email: hello\n',
    ),
    ['cadences/slow.yaml:4:5  steps[0].when: write what the attribute must be with "is"'],
  ],
  [
    'a condition beside a segment',
    {
      ...cadence(
        '',
        '  - waitFor: { segment: growers }\n    when: { source: ebook }\n    within: 1 day\n  - email: hello\n',
      ),
      'segments.yaml': 'growers: { when: { country: DE } }\n',
    },
    ['cadences/slow.yaml:4:5  steps[0].when: write what must hold in the segment, in segments.yaml'],
  ],
  [
    'two words for one way',
    cadence(
      '',
      '  - waitFor: page.viewed\n    within: 1 day\n    else: hello\n    otherwise: hello\n  - id: hello\n    email: hello\n',
    ),
    ['cadences/slow.yaml:6:5  steps[0].otherwise: "otherwise" and "else" mean the same; write one of them'],
  ],
  [
    'an attribute without a name',
    cadence('', '  - wait: { until: { attribute: "" } }\n  - email: hello\n'),
    [
      'cadences/slow.yaml:3:33  steps[0].wait.until.attribute: expected the name of an attribute such as "contractEnds", found ""',
    ],
  ],
  [
    'one field that is sent',
    cadence('', '  - webhook: https://sms.example/send\n    send: phone\n  - email: hello\n'),
    ['cadences/slow.yaml:4:11  steps[0].send: expected a list of fields such as [phone, firstName], found "phone"'],
  ],
  [
    'a field that is a number',
    cadence('', '  - webhook: https://sms.example/send\n    send: [3]\n  - email: hello\n'),
    ['cadences/slow.yaml:4:12  steps[0].send[0]: expected the name of a field, found 3'],
  ],
  [
    'an attribute with its prefix',
    cadence(
      '',
      '  - webhook: https://sms.example/send\n    answer: { attributes: [attributes.status] }\n  - email: hello\n',
    ),
    [
      'cadences/slow.yaml:4:28  steps[0].answer.attributes[0]: expected the name of an attribute, without "attributes.", such as "smsStatus", found "attributes.status"',
    ],
  ],
  [
    'no attribute of an answer',
    cadence('', '  - webhook: https://sms.example/send\n    answer: { attributes: [] }\n  - email: hello\n'),
    ['cadences/slow.yaml:4:27  steps[0].answer.attributes: expected at least one attribute, found an empty list'],
  ],
  [
    'a condition "did not open"',
    cadence('exit: { when: { events: { type: email.opened, within: 7 days, lt: 1 } }, reason: cold }\n'),
    [
      'cadences/slow.yaml:2:17  exit.when.events: nothing may depend on "did not open": an open can be blocked by the mail program, or faked; ask for a click instead',
      'cadences/slow.yaml:2:33  exit.when.events.type: unknown event "email.opened"; did you mean "email.clicked"? Or list it in playbook/events.yaml',
    ],
  ],
  [
    'behavior without an operator',
    cadence('exit: { when: { events: { type: email.clicked } }, reason: cold }\n'),
    [
      'cadences/slow.yaml:2:25  exit.when.events: expected an operator, as in { events: { type: email.clicked, within: 14 days, gte: 2 } }, found keys with values',
    ],
  ],
  [
    'a comparison of a segment',
    {
      ...cadence('exit: { when: { segment: { startsWith: g } }, reason: cold }\n'),
      'segments.yaml': 'growers: { when: { country: DE } }\n',
    },
    [
      'cadences/slow.yaml:2:28  exit.when.segment.startsWith: a lead is in a segment or is not; write a name, a list, "not" or "notIn"',
    ],
  ],
  [
    'no answer',
    cadence('enroll: { when: { source: ebook } }\nanswer: []\n'),
    ['cadences/slow.yaml:3:9  answer: expected at least one template, found an empty list'],
  ],
  [
    'an answer that is a number',
    cadence('enroll: { when: { source: ebook } }\nanswer: 3\n'),
    ['cadences/slow.yaml:3:9  answer: expected the key of a template, or a list of { when, email }, found 3'],
  ],
  [
    'a calendar that is a number',
    { 'calendars.yaml': 'germany: 3\n' },
    ['calendars.yaml:1:10  germany: expected a list of dates, or { country, region, daysOff, except }, found 3'],
  ],
  [
    'a calendar with the name of the own one',
    { 'calendars.yaml': 'germany: [2026-12-25]\nlead: [2026-12-25]\n' },
    ['calendars.yaml:2:1  lead: "calendar: lead" means the calendar of a lead\'s country; give this one another name'],
  ],
  [
    'a region where there are none',
    { 'calendars.yaml': 'germany: { country: LU, region: X }\n' },
    ['calendars.yaml:1:33  germany.region: unknown region "X" of LU; the country has no regions here'],
  ],
  [
    'an end before the start',
    { 'campaigns.yaml': 'fair:\n  type: trade-show\n  starts: 2027-03-02\n  ends: 2027-03-01\n' },
    ['campaigns.yaml:4:9  fair.ends: a campaign ends after it starts; write a later time'],
  ],
  [
    'a goal of none',
    { 'campaigns.yaml': 'fair:\n  type: trade-show\n  goal: { leads: 0 }\n' },
    ['campaigns.yaml:3:18  fair.goal.leads: expected at least 1, found 0'],
  ],
  [
    'a rule that is a word',
    { 'campaigns.yaml': 'fair:\n  type: trade-show\n  utm: google\n' },
    ['campaigns.yaml:3:8  fair.utm: expected { source, medium, campaign }, or a list of these, found "google"'],
  ],
  [
    'costs that are no list',
    { 'campaigns.yaml': 'fair:\n  type: trade-show\n  costs: 300 EUR\n' },
    ['campaigns.yaml:3:10  fair.costs: expected a list of { on, cost }, found "300 EUR"'],
  ],
  [
    'an address without its beginning',
    { 'campaigns.yaml': 'fair:\n  type: trade-show\n  url: fair.example\n' },
    [
      'campaigns.yaml:3:8  fair.url: expected an address such as "https://www.example.com/webinar", found "fair.example"',
    ],
  ],
  [
    'the name of an event',
    { 'events.yaml': `${sound('events.yaml')}Page Viewed: { description: x }\n` },
    ['events.yaml:5:1  Page Viewed: expected the name of an event such as "page.viewed", found "Page Viewed"'],
  ],
  [
    'a note that is not required',
    { 'reasons.yaml': `${sound('reasons.yaml')}  note: maybe\n` },
    ['reasons.yaml:7:9  too-early.note: expected "required", found "maybe"'],
  ],
  [
    'no skill',
    routing('    team: field\nteams', '    team: field\n    skills: []\nteams'),
    ['routing.yaml:4:13  rules[0].skills: expected at least one skill, found an empty list'],
  ],
  [
    'the language of a rule',
    routing('    team: field\nteams', '    team: field\n    language: de\nteams'),
    ['routing.yaml:4:15  rules[0].language: expected "same", found "de"'],
  ],
  [
    'the language of a rep',
    routing('    email: al@brookfield.example\n', '    email: al@brookfield.example\n    languages: [german]\n'),
    ['routing.yaml:15:17  reps.al.languages[0]: expected a language such as "de", found "german"'],
  ],
  [
    'overflow to itself',
    routing(
      '    timeZone: Europe/Berlin\n',
      '    timeZone: Europe/Berlin\n    overflow: { to: field, after: 1 day }\n',
    ),
    ['routing.yaml:11:21  teams.field.overflow.to: a lead that nobody of this team has room for goes to another team'],
  ],
  [
    'taken back before it is pointed out',
    routing(
      '    timeZone: Europe/Berlin\n',
      '    timeZone: Europe/Berlin\n    idle: { warn: 5 days, takeBack: 2 days }\n',
    ),
    [
      'routing.yaml:11:37  teams.field.idle.takeBack: a lead is pointed out before it is taken back; write a longer time',
    ],
  ],
  [
    'tele-sales at the end',
    routing('    name: Field\n', '    name: Field\n    kind: tele-sales\n'),
    [
      'routing.yaml:3:11  rules[0].team: team "field" is tele-sales, which qualifies leads on by the rules: the last rule must lead elsewhere',
    ],
  ],
  [
    'two targets',
    routing('    team: field\nteams', '    rep: al\n    team: field\nteams'),
    ['routing.yaml:2:5  rules[0]: "rest" must lead to one of: a team, a rep or a queue; write "team: …", for example'],
  ],
  [
    'a rep in no team',
    {
      'routing.yaml': `${sound('routing.yaml').replace('  - rule: rest', '  - rule: vip\n    when: { country: DE }\n    rep: bo\n  - rule: rest')}  bo: { name: Bo, email: bo@brookfield.example }\n`,
    },
    ['routing.yaml:4:10  rules[0].rep: "bo" is in no team, and a team says how long its reps have to answer'],
  ],
  [
    'skills beside a rep',
    routing(
      '  - rule: rest',
      '  - rule: vip\n    when: { country: DE }\n    rep: al\n    skills: [wine]\n  - rule: rest',
    ),
    ['routing.yaml:5:13  rules[0].skills: "skills" chooses among the reps of a team; write it beside "team"'],
  ],
  [
    'a skill that nobody has',
    routing(
      '  - rule: rest',
      '  - rule: vip\n    when: { country: DE }\n    team: field\n    skills: [wine]\n  - rule: rest',
    ),
    ['routing.yaml:5:14  rules[0].skills[0]: no rep of team "field" has the skill "wine"'],
  ],
  [
    'a reason that does not recycle',
    {
      ...routing(
        '    timeZone: Europe/Berlin\n',
        '    timeZone: Europe/Berlin\n    attempts: { most: 3, reason: spam }\n',
      ),
      'reasons.yaml': `${sound('reasons.yaml')}spam:\n  label: Spam\n  follow: disqualify\n`,
    },
    ['routing.yaml:11:34  teams.field.attempts.reason: "spam" has "follow: disqualify"; here it must be recycle'],
  ],
  [
    'a learned readiness that is not there',
    scoring('halfLife: 30 days\n', 'halfLife: 30 days\nlearnedReady: 40\n'),
    ['scoring.yaml:2:15  learnedReady: there is no learned.yaml: `nurture scoring learn --write` makes it'],
  ],
  [
    'a learned readiness of nothing',
    scoring('halfLife: 30 days\n', 'halfLife: 30 days\nlearnedReady: 0\n'),
    ['scoring.yaml:2:15  learnedReady: expected a percentage above 0, found 0'],
  ],
  [
    'a learned readiness above all',
    scoring('halfLife: 30 days\n', 'halfLife: 30 days\nlearnedReady: 200\n'),
    ['scoring.yaml:2:15  learnedReady: expected 100 at most, found 200'],
  ],
  [
    'an account of one person',
    scoring(
      'halfLife: 30 days\n',
      'halfLife: 30 days\naccount: { people: 1, personScore: 10, score: 30, within: 30 days }\n',
    ),
    ['scoring.yaml:2:20  account.people: expected 2 people or more: one person qualifies by their own score, found 1'],
  ],
  [
    'a product line that is a number',
    scoring('    points: 10\n    cap', '    productLine: 3\n    points: 10\n    cap'),
    [
      'scoring.yaml:5:18  engagement[0].productLine: expected a product line, or { from: <property of the event> }, found 3',
    ],
  ],
  [
    'the least above the most',
    scoring('    points: 10\n    cap: { points: 30, per: 1 week }', '    points: { from: value, min: 9, max: 3 }'),
    ['scoring.yaml:5:33  engagement[0].points.min: expected "min" not above "max"'],
  ],
  [
    'a sender without an address',
    settings('senders: { news: { from: shop.example, topics: [] } }'),
    ['settings.yaml:3:26  senders.news.from: expected an address such as "news@shop.example", found "shop.example"'],
  ],
  [
    'two senders of a topic',
    settings(
      'senders: { news: { from: a@shop.example, topics: [tips] }, more: { from: b@shop.example, topics: [tips] } }',
    ),
    [
      'settings.yaml:3:51  senders.news.topics[0]: unknown topic "tips"',
      'settings.yaml:3:99  senders.more.topics[0]: unknown topic "tips"',
      'settings.yaml:3:99  senders.more.topics[0]: "tips" has another sender already',
    ],
  ],
  [
    'the language of a topic',
    settings('topics: { tips: { deu: Tipps } }'),
    ['settings.yaml:3:19  topics.tips.deu: expected a language of two letters such as "de", found "deu"'],
  ],
  [
    'a topic without a name',
    settings('topics: { tips: {} }'),
    ['settings.yaml:3:17  topics.tips: expected at least one language, found no keys'],
  ],
  [
    'a share that is a number',
    settings('offers: { atMost: 0.25, per: 30 days }'),
    ['settings.yaml:3:19  offers.atMost: expected a share such as "25%", found 0.25'],
  ],
  [
    'a share in words',
    settings('offers: { atMost: a quarter, per: 30 days }'),
    ['settings.yaml:3:19  offers.atMost: expected a share such as "25%", found "a quarter"'],
  ],
  [
    'a small logo',
    settings('brand: { logo: { url: "https://shop.example/l.png", width: 10 } }'),
    ['settings.yaml:3:60  brand.logo.width: expected at least 16 pixels, found 10'],
  ],
  [
    'a wide logo',
    settings('brand: { logo: { url: "https://shop.example/l.png", width: 900 } }'),
    ['settings.yaml:3:60  brand.logo.width: a mail is 600 pixels wide'],
  ],
  [
    'a width in words',
    settings('brand: { logo: { url: "https://shop.example/l.png", width: wide } }'),
    ['settings.yaml:3:60  brand.logo.width: expected a width in pixels, found "wide"'],
  ],
  [
    'limits of a canary',
    settings('haltCanary: { leads: many, cases: 0, times: 0.5 }'),
    [
      'settings.yaml:3:22  haltCanary.leads: expected a number of leads, found "many"',
      'settings.yaml:3:35  haltCanary.cases: expected at least 1, found 0',
      'settings.yaml:3:45  haltCanary.times: expected at least 1, found 0.5',
    ],
  ],
  [
    'limits of brakes',
    settings('brakes: { mails: 5, bounces: 5, complaints: "high" }'),
    [
      'settings.yaml:3:18  brakes.mails: expected at least 20 mails: fewer say nothing, found 5',
      'settings.yaml:3:30  brakes.bounces: expected a share such as "0.5%", found 5',
      'settings.yaml:3:45  brakes.complaints: expected a share such as "0.5%", found "high"',
    ],
  ],
  [
    'brakes that are off',
    settings('brakes: off'),
    ['settings.yaml:3:9  brakes: expected { per, mails, bounces, complaints, errors }, or never, found "off"'],
  ],
  [
    'currencies and rates',
    settings('money: { currency: euro, rates: { USD: 0, GBP: much } }'),
    [
      'settings.yaml:3:20  money.currency: expected a currency of three letters such as EUR, found "euro"',
      'settings.yaml:3:40  money.rates.USD: expected a rate above 0, found 0',
      'settings.yaml:3:48  money.rates.GBP: expected a number such as 0.92, found "much"',
    ],
  ],
  [
    'a site with its beginning',
    settings('utm: { sites: [https://shop.example] }'),
    [
      'settings.yaml:3:16  utm.sites[0]: expected a site such as shop.example, without https:// and page, found "https://shop.example"',
    ],
  ],
  [
    'a funnel without stages',
    settings('funnel: []'),
    ['settings.yaml:3:9  funnel: expected at least one stage, found an empty list'],
  ],
  [
    'campaigns in the settings',
    settings('campaigns: { fair: {} }'),
    [
      'settings.yaml:3:1  campaigns: campaigns have a file of their own, campaigns.yaml: write them there, each as a key with its details below it (docs/playbook.md)',
    ],
  ],
  [
    'no cadence at all',
    { 'cadences/slow.yaml': null, 'cadences/welcome.yaml': null, 'cadences/thanks.yaml': null },
    [
      'cadences:1:1  expected at least one cadence such as "welcome.yaml"',
      'reasons.yaml:4:12  too-early.cadence: unknown cadence "slow"',
      'settings.yaml:2:13  wonCadence: unknown cadence "thanks"',
    ],
  ],
])('%s', (_, changes, expected) => {
  expect(mistakes(changes)).toEqual(expected);
});
