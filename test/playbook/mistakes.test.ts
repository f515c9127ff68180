import { describe, expect, it } from 'vitest';
import { STEP_KINDS } from '../../src/steps/kinds.ts';
import { mistakes, SOUND } from './folder.ts';

const KINDS = STEP_KINDS.map(({ kind }) => kind).join(', ');

/** A cadence with these steps, the first of which is on line 3. */
const cadence = (steps: string): string => `name: Slow\nsteps:\n${steps}`;
const EMAIL = '  - id: hello\n    email: hello\n';

describe('a mistake in a cadence', () => {
  it.each<[string, string, string[]]>([
    ['empty', '', ['1:1  this file is empty']],
    [
      'not YAML',
      'name: [x\nsteps: 1\n',
      ['2:1  not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'quotes inside quotes',
      'name: x\nsteps:\n  - task: "Call {{ lead.firstName | default: "them" }}"\n',
      [
        '3:47  not valid YAML: Unexpected scalar at node end; a text in "…" ends at the next ": write \' inside of it, as in default: \'there\'',
      ],
    ],
    [
      'a colon in a text without quotes',
      'name: Harvest: the mails\nsteps: 1\n',
      [
        '1:7  not valid YAML: Nested mappings are not allowed in compact mappings; put a text that has ": " in it between quotes, and begin a key on the next line at the same column as its neighbors',
      ],
    ],
    [
      'a key that begins a column too far to the right',
      'name: x\nsteps:\n  - id: hello\n     email: hello\n',
      [
        '3:9  not valid YAML: Nested mappings are not allowed in compact mappings; put a text that has ": " in it between quotes, and begin a key on the next line at the same column as its neighbors',
      ],
    ],
    [
      'a tab',
      'name: x\nsteps:\n\t- email: hello\n',
      ['3:1  not valid YAML: Tabs are not allowed as indentation; use spaces'],
    ],
    [
      'a variable that no step has',
      cadence(
        '  - task: "Call {{ lead.firstnam }}"\n  - webhook: https://sms.example/send\n    text: "{{ led.firstName }} {{ lead.phone }}"\n    send: [phone]\n',
      ),
      [
        '3:11  steps[0].task: unknown variable "lead.firstnam"; did you mean "lead.firstName"?',
        '5:11  steps[1].text: unknown variable "led"; did you mean "lead"?',
      ],
    ],
    ['a key that is a list', '? [a]\n: b\n', ['1:3  not valid YAML: a key must be a text']],
    ['maps as keys of maps', '? '.repeat(300), ['1:3  not valid YAML: a key must be a text']],
    [
      'what is nested too deeply',
      `${'- '.repeat(5_000)}\nname: x\n`,
      ['1:1  values stand too deep inside one another to be read'],
    ],
    [
      'conditions too deep inside one another',
      `name: x\nenroll: { when: ${'{ not: '.repeat(25)}{ source: a }${' }'.repeat(25)} }\nsteps:\n${EMAIL}`,
      [
        `2:${17 + 20 * 7}  enroll.when${'.not'.repeat(20)}: conditions may stand at most 20 deep inside one another; write it with fewer of not, all and any, or as segments`,
      ],
    ],
    ['a key twice', 'name: a\nname: b\nsteps: [{email: hello}]\n', ['2:1  not valid YAML: Map keys must be unique']],
    [
      'an alias inside its own anchor',
      `name: x\nenroll: { when: &a { not: *a } }\nsteps:\n${EMAIL}`,
      ['1:1  not valid YAML: an alias (*) is inside the value that it repeats (&)'],
    ],
    ['a list', '- a\n', ['1:1  expected keys with values, found a list', '1:1  steps: a cadence needs "steps"']],
    ['no name', `steps:\n${EMAIL}`, ['1:1  name: expected a text, but it is missing']],
    ['no steps', 'name: x\n', ['1:1  steps: a cadence needs "steps"']],
    ['empty steps', 'name: x\nsteps: []\n', ['2:8  steps: expected a list of steps']],
    [
      'unknown key',
      `name: x\npriorty: 1\nsteps:\n${EMAIL}`,
      ['2:1  priorty: unknown key "priorty"; did you mean "priority"?'],
    ],
    ['wrong type', `name: x\npriority: high\nsteps:\n${EMAIL}`, ['2:11  priority: expected a number, found "high"']],
    [
      'wrong choice',
      `name: x\npurpose: custmer\nsteps:\n${EMAIL}`,
      ['2:10  purpose: expected "nurture" or "customer", found "custmer"; did you mean "customer"?'],
    ],
    [
      'window days',
      `name: x\nwindow: { days: mon-fry, from: "09:00", to: "17:00" }\nsteps:\n${EMAIL}`,
      [
        '2:17  window.days: expected days such as "mon-fri" or [mon, wed] (mon, tue, wed, thu, fri, sat, sun), found "mon-fry"',
      ],
    ],
    [
      'one of the days of a window',
      `name: x\nwindow: { days: [mon, tusday], from: "09:00", to: "17:00" }\nsteps:\n${EMAIL}`,
      ['2:23  window.days[1]: "tusday" is no day; did you mean "tue"?'],
    ],
    [
      'indentation',
      'name: x\nsteps:\n  - email: hello\n   - wait: 2 days\n  - email: again\n',
      [
        '4:4  not valid YAML: All sequence items must start at the same column; look at the indentation of this line: items of one list, and keys of one step, begin at the same column',
      ],
    ],
    [
      'window hours',
      `name: x\nwindow: { days: daily, from: 9, to: "25:00" }\nsteps:\n${EMAIL}`,
      [
        '2:30  window.from: expected a text, found 9',
        '2:37  window.to: expected a time such as "09:00", found "25:00"',
      ],
    ],
    [
      'calendar',
      `name: x\ncalendar: germny\nsteps:\n${EMAIL}`,
      ['2:11  calendar: unknown calendar "germny"; did you mean "germany"?'],
    ],
    [
      'when done',
      `name: x\nwhenDone: sleep\nsteps:\n${EMAIL}`,
      ['2:11  whenDone: expected "dormant" or { move: <cadence> }, found "sleep"'],
    ],
    [
      'when done cadence',
      `name: x\nwhenDone: { move: welcom }\nsteps:\n${EMAIL}`,
      ['2:19  whenDone.move: unknown cadence "welcom"; did you mean "welcome"?'],
    ],
    [
      'when done purpose',
      `name: x\nwhenDone: { move: thanks }\nsteps:\n${EMAIL}`,
      [
        '2:19  whenDone.move: "thanks" has the purpose customer, but this cadence has the purpose nurture; name a cadence with the same purpose',
      ],
    ],
    [
      'exit without reason',
      `name: x\nexit: { when: { score: 1 } }\nsteps:\n${EMAIL}`,
      ['2:7  exit.reason: expected a text, but it is missing'],
    ],
    [
      'exit whose reason is misspelled',
      `name: x\nexit: { when: { score: 1 }, reson: x }\nsteps:\n${EMAIL}`,
      ['2:29  exit.reson: unknown key "reson"; did you mean "reason"?'],
    ],
    [
      'exit without condition',
      `name: x\nexit: { reason: x }\nsteps:\n${EMAIL}`,
      ['2:7  exit.when: expected a condition such as { source: ebook }, but it is missing'],
    ],
  ])('%s', (_, text, expected) => {
    expect(mistakes({ 'cadences/slow.yaml': text })).toEqual(expected.map((line) => `cadences/slow.yaml:${line}`));
  });
});

describe('a mistake in a step', () => {
  it.each<[string, string, string[]]>([
    ['not a step', '  - hello\n', [`3:5  steps[0]: expected a step: ${KINDS}`]],
    [
      'a step without its colon',
      '  - exit enough read\n',
      [`3:5  steps[0]: expected a step: ${KINDS}; write "exit: enough read", with a colon`],
    ],
    ['unknown kind', '  - sms: hello\n', [`3:5  steps[0].sms: unknown kind of step "sms"; known: ${KINDS}`]],
    [
      'two kinds',
      '  - email: hello\n    wait: 2 days\n',
      ['4:5  steps[0].wait: a step does one thing only, and this one has email and wait; write two steps'],
    ],
    [
      'unknown key',
      '  - email: hello\n    nxt: hello\n',
      ['4:5  steps[0].nxt: unknown key "nxt"; did you mean "next"?'],
    ],
    ['unknown template', '  - email: helo\n', ['3:12  steps[0].email: unknown template "helo"; did you mean "hello"?']],
    ['no template', '  - email:\n', ['3:5  steps[0].email: expected a text, found nothing']],
    [
      'bad id',
      '  - id: Hello World\n    email: hello\n',
      [
        '3:9  steps[0].id: expected a key of small letters, digits and dashes such as "case-study", found "Hello World"',
      ],
    ],
    ['same id', `${EMAIL}${EMAIL}`, ['5:9  steps[1].id: the id "hello" is used already by step 1']],
    [
      'no wait',
      `${EMAIL}  - wait: 0 days\n  - email: again\n`,
      ['5:11  steps[1].wait: expected a duration longer than zero, found "0 days"'],
    ],
    [
      'days and hours in one',
      `${EMAIL}  - wait: P1DT12H\n  - email: again\n`,
      [
        '5:11  steps[1].wait: expected days or hours and not both, as days follow the calendar and hours do not: write "36 hours", or whole days, found "P1DT12H"',
      ],
    ],
    [
      'unknown next',
      '  - email: hello\n    next: helo\n',
      ['4:11  steps[0].next: unknown step "helo"; did you mean "hello"?'],
    ],
    [
      'unknown event',
      `${EMAIL}  - waitFor: email.clickd\n    within: 1 day\n    else: hello\n  - email: again\n`,
      [
        '5:14  steps[1].waitFor: unknown event "email.clickd"; did you mean "email.clicked"? Or list it in playbook/events.yaml',
      ],
    ],
    [
      'no within',
      `${EMAIL}  - waitFor: email.clicked\n  - email: again\n`,
      ['5:5  steps[1].within: expected a duration such as "2 days" or "P2D", but it is missing'],
    ],
    [
      'nothing follows waitFor',
      `${EMAIL}  - waitFor: email.clicked\n    within: 1 day\n    then: hello\n`,
      ['5:5  steps[1].else: no step follows this one; name the next step with "else"'],
    ],
    [
      'unknown then and else',
      `${EMAIL}  - waitFor: email.clicked\n    within: 1 day\n    then: a\n    else: b\n`,
      [
        '7:11  steps[1].then: unknown step "a"; known: hello, wait-for-email-clicked-after-hello',
        '8:11  steps[1].else: unknown step "b"; known: hello, wait-for-email-clicked-after-hello',
      ],
    ],
    [
      'a step without the id by which another names it, among many',
      `${EMAIL}    next: call\n${Array.from({ length: 13 }, (_, i) => `  - id: step-${i}\n    email: again\n`).join('')}`,
      ['5:11  steps[0].next: unknown step "call"; write "id: call" at the step that is meant'],
    ],
    [
      'branch is no list',
      `${EMAIL}  - branch: hot\n  - email: again\n`,
      ['5:13  steps[1].branch: expected a list of "when" with "go" or "steps", found "hot"'],
    ],
    [
      'branch without when',
      `${EMAIL}  - branch:\n      - else: again\n  - email: again\n`,
      ['6:7  steps[1].branch: expected at least one "when" with "go" or "steps"'],
    ],
    [
      'case without go',
      `${EMAIL}  - branch:\n      - when: { score: 1 }\n  - email: again\n`,
      ['6:9  steps[1].branch[0]: expected "go" with the id of a step, or "steps" with steps of its own'],
    ],
    [
      'case of nothing',
      `${EMAIL}  - branch:\n      - go: hello\n  - email: again\n`,
      ['6:9  steps[1].branch[0]: expected "when" with "go" or "steps", or "else", found keys with values'],
    ],
    [
      'unknown go',
      `${EMAIL}  - branch:\n      - when: { score: 1 }\n        go: helo\n      - else: again\n  - email: again\n`,
      ['7:13  steps[1].branch[0].go: unknown step "helo"; did you mean "hello"?'],
    ],
    [
      'else first',
      `${EMAIL}  - branch:\n      - else: again\n      - when: { score: 1 }\n        go: again\n  - email: again\n`,
      ['6:9  steps[1].branch[0]: "else" must be the last entry'],
    ],
    [
      'nothing follows branch',
      `${EMAIL}  - branch:\n      - when: { score: 1 }\n        go: hello\n`,
      ['6:7  steps[1].branch: no step follows this branch; end it with "- else: <step>"'],
    ],
    [
      'unknown cadence',
      '  - move: welcom\n',
      ['3:11  steps[0].move: unknown cadence "welcom"; did you mean "welcome"?'],
    ],
    [
      'move to customers',
      '  - move: thanks\n',
      [
        '3:11  steps[0].move: "thanks" has the purpose customer, but this cadence has the purpose nurture; name a cadence with the same purpose',
      ],
    ],
    ['never reached', '  - exit: done\n  - email: hello\n', ['4:5  steps[1]: no step leads to "hello"']],
    [
      'wait at the end',
      `${EMAIL}  - wait: 2 days\n`,
      ['5:5  steps[1]: nothing follows this wait; end with "- move: <cadence>" or "- exit: <reason>"'],
    ],
    [
      'wait cut short',
      `${EMAIL}  - wait: 2 days\n  - id: listen\n    waitFor: email.clicked\n    within: 2 days\n    else: hello\n  - email: again\n`,
      [
        '5:5  steps[1]: a wait must not stand before "listen", whose event would end it early; add its time to "within" instead',
      ],
    ],
    [
      'a circle',
      '  - email: hello\n    next: again\n  - email: again\n    next: hello\n',
      [
        '3:5  steps[0]: "hello" leads back to itself without a wait on the way: hello → next → again → next → hello; put a wait on it, or lead one of its keys elsewhere',
      ],
    ],
    [
      'a circle of branches',
      `${EMAIL}  - id: b\n    branch:\n      - when: { score: 1 }\n        go: b\n      - else: hello\n`,
      [
        '5:5  steps[1]: "b" leads back to itself without a wait on the way: b → go → b; put a wait on it, or lead one of its keys elsewhere',
      ],
    ],
    [
      'a circle that leaves the rest behind',
      '  - email: hello\n    next: hello\n  - email: again\n  - exit: done\n',
      [
        '3:5  steps[0]: "hello" leads back to itself without a wait on the way: hello → next → hello; put a wait on it, or lead one of its keys elsewhere',
      ],
    ],
    [
      'a circle of waits',
      `${EMAIL}  - id: w\n    wait: 1 day\n    next: w\n`,
      ['5:5  steps[1]: "w" leads back to itself, and all steps on the way are waits; put another step between them'],
    ],
  ])('%s', (_, steps, expected) => {
    expect(mistakes({ 'cadences/slow.yaml': cadence(steps) })).toEqual(
      expected.map((line) => `cadences/slow.yaml:${line}`),
    );
  });

  it('may lead back over a wait', () => {
    expect(mistakes({ 'cadences/slow.yaml': cadence(`${EMAIL}  - wait: 1 week\n    next: hello\n`) })).toEqual([]);
  });
});

describe('a mistake in a condition', () => {
  it.each<[string, string]>([
    ['{ scroe: 1 }', '2:19  enroll.when.scroe: unknown field "scroe"; did you mean "score"?'],
    [
      '{ zzzzzz: 1 }',
      '2:19  enroll.when.zzzzzz: unknown field "zzzzzz"; write attributes.zzzzzz for an own field of a lead',
    ],
    [
      '{ event.path: x }',
      '2:19  enroll.when.event.path: "event.path" is only known together with an event; use it in waitFor, or in the engagement and highIntent rules of scoring.yaml',
    ],
    [
      '{ events: { type: page.viewed, where: { path: x }, gte: 1 } }',
      '2:48  enroll.when.events.where: unknown operator "where"; known: type, within, is, not, in, notIn, gt, gte, lt, lte, contains, startsWith, exists; "events" counts by type, and knows no properties: ask for one where the event comes in, by waitFor: { event: …, where: … }, or by a reminder with "key"',
    ],
    ['{ source: }', '2:19  enroll.when.source: expected a value, found nothing'],
    ['{ source: [] }', '2:27  enroll.when.source: expected at least one value, found an empty list'],
    ['{ source: [a, [b]] }', '2:31  enroll.when.source[1]: expected a value, found a list'],
    ['{ score: high }', '2:26  enroll.when.score: expected a number, found "high"'],
    ['{ score: { gte: "20" } }', '2:33  enroll.when.score.gte: expected a number, found "20"'],
    ['{ score: { gt3: 20 } }', '2:28  enroll.when.score.gt3: unknown operator "gt3"; did you mean "gt"?'],
    [
      '{ score: {} }',
      '2:26  enroll.when.score: expected a value, a list, or an operator such as { gte: 20 }, found no keys',
    ],
    ['{ grade: E }', '2:26  enroll.when.grade: "grade" is never "E"; known: A, B, C, D'],
    [
      '{ value: { gte: 25000 } }',
      '2:19  enroll.when.value: unknown field "value"; money is in minor units: write valueMinor, so that value: { gte: 25000 } becomes valueMinor: { gte: 2500000 }',
    ],
    [
      '{ valueMinor: { gte: 129.9 } }',
      '2:38  enroll.when.valueMinor.gte: expected a whole number of minor units: 2500000 is 25,000.00 EUR, found 129.9',
    ],
    [
      '{ grade: { gte: B } }',
      '2:28  enroll.when.grade.gte: the values of "grade" have no order; write a list of the values that fit',
    ],
    [
      '{ stage: [nurturing, nurture] }',
      '2:38  enroll.when.stage[1]: "stage" is never "nurture"; known: new, nurturing, qualifying, qualified, assigned, accepted, opportunity, customer, dormant, no-need, disqualified; did you mean "nurturing"?',
    ],
    ['{ source: { in: ebook } }', '2:33  enroll.when.source.in: expected a list, found "ebook"'],
    [
      '{ source: { not: [ebook] } }',
      '2:34  enroll.when.source.not: a list is not allowed here; use "in" or "notIn" for a list',
    ],
    ['{ source: { exists: maybe } }', '2:37  enroll.when.source.exists: expected true or false, found "maybe"'],
    ['{ any: { source: x } }', '2:24  enroll.when.any: expected a list of conditions, found keys with values'],
    [
      '{ any: [{ not: { scor: 1 } }] }',
      '2:34  enroll.when.any[0].not.scor: unknown field "scor"; did you mean "score"?',
    ],
    ['{ source: "a\\0" }', '2:27  enroll.when.source: expected a text, found "a\\u0000"'],
    [
      '{ events: 2 }',
      '2:27  enroll.when.events: expected its parameters and an operator, as in { events: { type: email.clicked, within: 14 days, gte: 2 } }, found 2',
    ],
    [
      '{ events: { gte: 2 } }',
      '2:27  enroll.when.events: "type" is missing, as in { events: { type: email.clicked, within: 14 days, gte: 2 } }',
    ],
    [
      '{ events: { type: email.clicked, within: soon, gte: 2 } }',
      '2:58  enroll.when.events.within: expected a duration such as "14 days" or "P14D", found "soon"',
    ],
    ['{ cadence: slo }', '2:28  enroll.when.cadence: unknown cadence "slo"; did you mean "slow"?'],
    [
      '{ any: [{ cadence: { notIn: [Slow, welcom] } }] }',
      '2:52  enroll.when.any[0].cadence.notIn[1]: unknown cadence "welcom"; did you mean "welcome"?',
    ],
    [
      '{ not: { events: { type: email.clickd, gte: 2 } } }',
      '2:42  enroll.when.not.events.type: unknown event "email.clickd"; did you mean "email.clicked"? Or list it in playbook/events.yaml',
    ],
    ['{}', '2:17  enroll.when: a condition must ask about at least one field'],
    ['ebook', '2:17  enroll.when: expected a condition such as { source: ebook }, found "ebook"'],
  ])('%s', (when, expected) => {
    const text = `name: x\nenroll: { when: ${when} }\nsteps:\n${EMAIL}`;
    expect(mistakes({ 'cadences/slow.yaml': text })).toEqual([`cadences/slow.yaml:${expected}`]);
  });
});

describe('a mistake in another file', () => {
  const changed = (file: string, from: string, to: string): Record<string, string> => {
    const text = SOUND[file] ?? '';
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    return { [file]: text.replace(from, to) };
  };
  it.each<[string, string, string, string[]]>([
    [
      'scoring.yaml',
      'email.clicked',
      'email.click',
      [
        '4:12  engagement[0].event: unknown event "email.click"; did you mean "email.clicked"? Or list it in playbook/events.yaml',
      ],
    ],
    [
      'scoring.yaml',
      '- page.viewed',
      '- page.view',
      [
        '14:5  highIntent[0]: unknown event "page.view"; did you mean "page.viewed"? Or list it in playbook/events.yaml',
      ],
    ],
    [
      'scoring.yaml',
      'points: 10\n    cap',
      'points: -1\n    cap',
      ['6:10  engagement[0].cap: only positive points can be capped'],
    ],
    [
      'scoring.yaml',
      'points: 10\n    cap',
      'points: 10\n    group: content\n    cap',
      ['6:12  engagement[0].group: unknown group "content"'],
    ],
    [
      'scoring.yaml',
      'points: 10\n    cap',
      'points: { from: valueMinor, times: 2 }\n    cap',
      ['5:33  engagement[0].points.times: unknown key "times"; known: from, factor, min, max'],
    ],
    [
      'scoring.yaml',
      'points: 10\n    cap',
      'points: ten\n    cap',
      [
        '5:13  engagement[0].points: expected a number, or { from: <property of the event>, factor: 0.01, max: 50 }, found "ten"',
      ],
    ],
    ['scoring.yaml', 'D: never', 'D: nevr', ['12:34  ready.D: expected a score above 0, or "never", found "nevr"']],
    [
      'scoring.yaml',
      'ready: { A: 30, B: 40, C: 60, D: never }',
      'bands: { warm: 20 }\nreadiness:\n  A: { warm: redy }',
      [
        '14:3  readiness.B: expected keys with values, but it is missing',
        '14:3  readiness.C: expected keys with values, but it is missing',
        '14:3  readiness.D: expected keys with values, but it is missing',
        '14:14  readiness.A.warm: expected "ready" or "soon" or "later" or "never", found "redy"; did you mean "ready"?',
      ],
    ],
    [
      'scoring.yaml',
      'ready: { A: 30, B: 40, C: 60, D: never }',
      `ready: { A: 30, B: 40, C: 60, D: never }
bands: { warm: 20, cold: 5, hot: 20 }
readiness:
  A: { warm: ready, hot: ready, cold: ready }
  B: { warm: soon, hot: ready }
  C: { warm: soon, hot: soon, cold: later, icy: never }
  D: { warm: never, hot: never, cold: never }`,
      [
        '12:1  ready: "readiness" says it already: leave one of the two out',
        '13:16  bands.warm: another band begins at 20 too',
        '13:20  bands.cold: "cold" is what is below all bands: give it no score',
        '15:39  readiness.A.cold: a lead that did nothing is never ready; begin a band at the score that it needs',
        '16:6  readiness.B: expected a readiness for "cold" too: ready, soon, later, never',
        '16:25  readiness.B.hot: a lower band cannot be readier than a higher one',
        '17:44  readiness.C.icy: unknown band "icy"; known: warm, hot, cold',
      ],
    ],
    [
      'scoring.yaml',
      'ready: { A: 30, B: 40, C: 60, D: never }\n',
      '',
      ['1:1  ready: expected "ready" with a score for each grade, or "readiness" by grade and band'],
    ],
    [
      'scoring.yaml',
      'ready: { A: 30, B: 40, C: 60, D: never }\n',
      'readiness: { A: {}, B: {}, C: {}, D: {} }\n',
      ['12:1  readiness: expected "bands" beside it, such as { hot: 60, warm: 30 }'],
    ],
    [
      'scoring.yaml',
      'grades:',
      `idealCustomer:
  - { criterion: size, field: companySize, ideal: 50, weight: 0, tolerance: some, misfit: 1 }
grades:`,
      [
        '12:63  idealCustomer[0].weight: expected a number above 0, found 0',
        '12:77  idealCustomer[0].tolerance: expected a number above 0, or a share such as "50%", found "some"',
        '12:91  idealCustomer[0].misfit: expected 0 or a number below 0, found 1',
      ],
    ],
    [
      'scoring.yaml',
      'grades:',
      `idealCustomer:
  - { criterion: decides, field: companysize, ideal: 50, near: 60, weight: 5 }
  - { criterion: size, field: companySize, ideal: { gte: many }, weight: 5 }
  - { criterion: trade, field: industry, ideal: [nursery], near: { contians: farm }, tolerance: 10%, weight: 5 }
  - { criterion: past, field: events, ideal: { type: page.viewed, gte: 1 }, weight: 5 }
valueTiers:
  - { tier: key }
  - { tier: rest, when: { valueTier: rest, scoreBand: hot } }
grades:`,
      [
        '12:18  idealCustomer[0].criterion: the criterion "decides" is there already',
        '12:34  idealCustomer[0].field: unknown field "companysize"; did you mean "companySize"?',
        '13:58  idealCustomer[1].ideal.gte: expected a number',
        '14:78  idealCustomer[2].near.contians: unknown operator "contians"; did you mean "contains"?',
        '14:97  idealCustomer[2].tolerance: only an ideal of numbers has a tolerance, such as { gte: 20, lte: 200 }; use "near" for texts',
        '15:31  idealCustomer[3].field: "events" cannot be used in scoring.yaml or waitFor, because it would be counted again at each event',
        '17:5  valueTiers[0]: only the last tier can do without "when": no lead would come to those after it',
        '18:25  valueTiers[1].when: a value tier cannot ask for the value tier; ask for the orders or the profile',
        '18:55  valueTiers[1].when.scoreBand: unknown band "hot"',
      ],
    ],
    ['scoring.yaml', 'B: 15', 'B: 50', ['11:9  grades: expected A above B above C']],
    ['scoring.yaml', '30 days', '30', ['1:11  halfLife: expected a duration such as "2 days" or "P2D", found 30']],
    [
      'scoring.yaml',
      'jobTitle',
      'jobtitle',
      ['9:13  fit[0].when.jobtitle: unknown field "jobtitle"; did you mean "jobTitle"?'],
    ],
    [
      'routing.yaml',
      '    team: field',
      '    when: { country: DE }\n    team: field',
      ['2:5  rules[0]: the last rule must have no "when", so that every lead matches a rule'],
    ],
    [
      'routing.yaml',
      '  - rule: rest\n',
      '  - rule: all\n    team: field\n  - rule: rest\n',
      ['2:5  rules[0]: "all" has no condition, so it takes every lead; put it last'],
    ],
    [
      'routing.yaml',
      'team: field',
      'team: fields',
      ['3:11  rules[0].team: unknown team "fields"; did you mean "field"?'],
    ],
    ['routing.yaml', '[al]', '[al, bob]', ['7:16  teams.field.reps[1]: unknown rep "bob"; known: al']],
    [
      'routing.yaml',
      'name: Al\n',
      'name: Al\n    active: false\n',
      ['7:11  teams.field.reps: a team needs at least one rep who is active'],
    ],
    [
      'routing.yaml',
      'remindAfter: 2',
      'remindAfter: 5',
      [
        '8:42  teams.field.sla.remindAfter: the reminder must come before the time to accept ends; write a shorter time',
      ],
    ],
    [
      'routing.yaml',
      'Europe/Berlin',
      'Berlin',
      ['10:15  teams.field.timeZone: expected a time zone such as "Europe/Berlin", found "Berlin"'],
    ],
    [
      'routing.yaml',
      '    timeZone',
      '    calendar: swiss\n    timeZone',
      ['10:15  teams.field.calendar: unknown calendar "swiss"; known: germany'],
    ],
    ['routing.yaml', 'al@brookfield.example', 'al', ['14:12  reps.al.email: expected an email address, found "al"']],
    [
      'reasons.yaml',
      'recycle',
      'recycel',
      [
        '3:11  too-early.follow: expected one of recycle, reroute, no-need, disqualify, lost, won, found "recycel"; did you mean "recycle"?',
      ],
    ],
    ['reasons.yaml', 'slow', 'slo', ['4:12  too-early.cadence: unknown cadence "slo"; did you mean "slow"?']],
    [
      'reasons.yaml',
      'slow',
      'thanks',
      ['4:12  too-early.cadence: "thanks" has the purpose customer; here it must be nurture'],
    ],
    [
      'reasons.yaml',
      'recycle',
      'no-need',
      [
        '5:3  too-early.coolOff: unknown key "coolOff"; known: label, note, follow, cadence',
        '6:3  too-early.score: unknown key "score"; known: label, note, follow, cadence',
      ],
    ],
    [
      'reasons.yaml',
      'halve',
      'half',
      ['6:10  too-early.score: expected "keep" or "halve" or "reset", found "half"; did you mean "halve"?'],
    ],
    [
      'events.yaml',
      'description: Clicked',
      'description: Clicked, fromSite: true',
      [
        '1:50  email.clicked.fromSite: the engine itself records what happens to its emails, so a browser may not report it; remove "fromSite"',
      ],
    ],
    [
      'events.yaml',
      'description: Clicked',
      'description: Clicked, activity: { is: attended, campaign: webinar, rating: stars }',
      ['1:93  email.clicked.activity.rating: only feedback has a rating; write "is: feedback", or remove "rating"'],
    ],
    [
      'calendars.yaml',
      '2026-12-25',
      '2026-02-30',
      ['2:5  germany[0]: expected a date such as "2026-12-25", found "2026-02-30"'],
    ],
    ['settings.yaml', 'thanks', 'thank', ['2:13  wonCadence: unknown cadence "thank"; did you mean "thanks"?']],
    [
      'routing.yaml',
      'timeZone: Europe/Berlin',
      'timeZone: Europe/Berlin\n    webhook: { url: "ftp://x", on: [won], send: [mail] }',
      [
        '11:21  teams.field.webhook.url: expected an address such as "https://sms.example/send", found "ftp://x"',
        '11:37  teams.field.webhook.on[0]: expected "offered" or "accepted" or "rejected" or "breached", found "won"',
        '11:50  teams.field.webhook.send[0]: unknown field "mail"; did you mean "email"?; own fields are written attributes.<name>',
      ],
    ],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'retention: { cadence: thanks }',
      ['2:23  retention.cadence: "thanks" has the purpose customer; here it must be nurture'],
    ],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'retention: { at: delivred, cadence: slow }',
      ['2:18  retention.at: unknown stage of the funnel "delivred"; did you mean "delivered"?'],
    ],
    [
      'reasons.yaml',
      'recycle\n  cadence: slow\n  coolOff: 2 weeks\n  score: halve',
      'won\n  cadence: slow',
      ['4:12  too-early.cadence: "slow" has the purpose nurture; here it must be customer'],
    ],
    ['settings.yaml', 'thanks', 'slow', ['2:13  wonCadence: "slow" has the purpose nurture; here it must be customer']],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'brand: { colors: { accent: green } }',
      ['2:28  brand.colors.accent: expected a color in quotes such as "#1d6b45", found "green"'],
    ],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'brand: { colors: { acent: "#000000" } }',
      ['2:20  brand.colors.acent: unknown key "acent"; did you mean "accent"?'],
    ],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'brand: { logo: { url: /logo.png } }',
      [
        '2:23  brand.logo.url: expected the address of a picture such as https://shop.example/logo.png, found "/logo.png"',
      ],
    ],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'haltCanary: sometimes',
      ['2:13  haltCanary: expected { leads, cases, times }, or never, found "sometimes"'],
    ],
    [
      'settings.yaml',
      'wonCadence: thanks',
      'haltCanary: { leads: 0 }',
      ['2:22  haltCanary.leads: expected at least one lead, found 0'],
    ],
    ['settings.yaml', 'wonCadence: thanks', 'funnel: [a, b, a]', ['2:16  funnel[2]: the funnel has "a" already']],
  ])('%s: %s -> %s', (file, from, to, expected) => {
    expect(mistakes(changed(file, from, to))).toEqual(expected.map((line) => `${file}:${line}`));
  });

  it('in the folder of cadences', () => {
    expect(mistakes({ 'cadences/My Cadence.yaml': 'name: x\n' })).toEqual([
      'cadences/My Cadence.yaml:1:1  the file name is the key of the cadence: small letters, digits and dashes, then ".yaml"',
    ]);
  });

  it('causes no others: a name defined in a broken file is not reported as unknown', () => {
    expect(mistakes({ 'events.yaml': 'a: [\n', 'cadences/thanks.yaml': '{' })).toHaveLength(2);
  });
});
