/**
 * Feeds bad input to the code that reads text from people or from the network. It must return a value or throw an AppError, in bounded
 * time, and nothing else.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { EventBatch, EventItem, EVENTS_EXAMPLE } from '../src/api/schemas/event.ts';
import { Submission, SUBMISSION_EXAMPLE, toSubmission } from '../src/api/schemas/submission.ts';
import { pageEndCursor, readIdCursor, readPageEndCursor } from '../src/api/page.ts';
import { validate } from '../src/api/validate.ts';
import { isAppError, type ErrorCode } from '../src/domain/errors.ts';
import { compileTemplate } from '../src/email/compile.ts';
import { render } from '../src/email/render.ts';
import type { RenderContext } from '../src/email/render-context.ts';
import { makeTemplate } from '../src/email/read-templates.ts';
import { loadPlaybook } from '../src/playbook/load.ts';
import { cleanSubmission } from '../src/store/capture/clean-submission.ts';
import { readable, storable } from './kept.ts';
import { mimeTarget } from './mime.ts';
import { byteSoup, changedJson, mutated, tokenSoup } from './mutate.ts';

export interface ParserTarget {
  name: string;
  inputs: fc.Arbitrary<unknown>;
  /** Inputs that once went wrong, tried first. */
  known: readonly unknown[];
  read(input: unknown): unknown;
  /** The error codes that it may throw. */
  refusals: readonly ErrorCode[];
  /** The cost of one input: an expensive target gets fewer runs. */
  share: number;
}

const SAMPLES = path.join(import.meta.dirname, '..');

const YAML_PIECES = [
  '- ',
  ': ',
  '\n',
  '  ',
  '? ',
  '&a ',
  '*a',
  '<<: *a',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|\n',
  '>',
  '!!',
  '!!binary ',
  '%',
  '#',
  '---\n',
  '...\n',
  '~',
  'null',
  '\t',
  '\u0000',
  '__proto__: ',
  'steps:',
  'when:',
  'not:',
  'all: ',
  'wait: ',
  '2 days',
  '9'.repeat(30),
  '.nan',
  '-.inf',
  '0x1f',
  '2026-02-30',
];
const MJML_PIECES = [
  '<mj-text>',
  '</mj-text>',
  '<mj-raw>',
  '</mj-raw>',
  '<mj-section>',
  '</mj-section>',
  '<mj-column>',
  '</mj-column>',
  '<mj-include path="./_button.mjml"/>',
  '<mj-include path="../../package.json" />',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<b>',
  '</b>',
  '<',
  '>',
  '&',
  '&#0;',
  '"',
  '{{',
  '}}',
  '{%',
  '%}',
  '{{ lead.firstName }}',
  '{% if lead.company %}',
  '{% endif %}',
  '{% for i in (1..99999999) %}',
  '{% endfor %}',
  '{{ "x" | date: "%Y" }}',
  '{{ 1 | divided_by: 0 }}',
  '{% raw %}',
  '{% include "x" %}',
  '{% assign a = lead %}',
  '{{ lead | json }}',
  '{{ lead.constructor }}',
  '[[x]]',
  '[[label|',
  'href="http://[::1"',
  '\u0000',
  '---\n',
  'kind: offer\n',
  'text: |\n',
];

/** @param folder A folder for a playbook of their own, which is overwritten */
export function parserTargets(folder: string): ParserTarget[] {
  const playbook = mkdtempSync(path.join(folder, 'playbook-'));
  cpSync(path.join(SAMPLES, 'playbook'), playbook, { recursive: true });
  return [...playbookTargets(playbook), templateTarget(), ...bodyTargets(), mimeTarget()];
}

const CIRCLES = [
  '&a\nname: &b { x: *b }\nsteps: *a\n',
  'name: W\nenroll: { when: &c { not: *c } }\nsteps: [{ email: hello }]\n',
  'name: W\nenroll: { when: &c { all: [*c] } }\nsteps: [{ email: hello }]\n',
];
const YAML_DEPTHS = [
  '['.repeat(5_000),
  '{ a: '.repeat(2_000),
  '- '.repeat(2_000),
  '? '.repeat(2_000),
  // Not so deep that it overflows the stack: there it is slowest.
  '? '.repeat(300),
  `${'- '.repeat(5_000)}\nname: x\n`,
  '"'.repeat(5_000),
];

function playbookTargets(folder: string): ParserTarget[] {
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => {
    const sound = readFileSync(path.join(folder, file), 'utf8');
    return {
      name: `playbook/${file}`,
      inputs: fc.oneof(
        { weight: 4, arbitrary: mutated([sound], YAML_PIECES) },
        { weight: 1, arbitrary: tokenSoup(YAML_PIECES) },
        { weight: 1, arbitrary: byteSoup },
      ),
      known: file.includes('cadences')
        ? [...CIRCLES, ...YAML_DEPTHS]
        : [...CIRCLES.slice(0, 1), ...YAML_DEPTHS.slice(0, 1)],
      refusals: ['PLAYBOOK_INVALID'],
      share: 1,
      read(input) {
        writeFileSync(path.join(folder, file), String(input));
        try {
          return loadPlaybook(folder);
        } finally {
          writeFileSync(path.join(folder, file), sound);
        }
      },
    };
  });
}

function templateTarget(): ParserTarget {
  const folder = path.join(SAMPLES, 'templates');
  const texts = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.mjml'))
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
  const find = (wanted: string): { file: string; text: string } | undefined => {
    const name = wanted.replace(/^\.\//, '');
    const text = name.startsWith('_') ? texts.get(name) : undefined;
    return text === undefined ? undefined : { file: `templates/${name}`, text };
  };
  const whole = (inner: string): string =>
    `---\nsubject: "S"\npreheader: "P"\ntopic: tips\nkind: resource\n---\n<mjml><mj-body><mj-section><mj-column>${inner}</mj-column></mj-section></mj-body></mjml>\n`;
  const sound = [...texts].filter(([name]) => !name.startsWith('_')).map(([, text]) => text);
  return {
    name: 'templates (front matter, MJML, Liquid)',
    inputs: fc.oneof(
      { weight: 4, arbitrary: mutated(sound, MJML_PIECES) },
      { weight: 2, arbitrary: tokenSoup(MJML_PIECES).map((soup) => whole(`<mj-text>${soup}</mj-text>`)) },
      { weight: 1, arbitrary: tokenSoup([...YAML_PIECES, ...MJML_PIECES]).map((soup) => `---\n${soup}`) },
      { weight: 1, arbitrary: byteSoup },
    ),
    known: [
      whole(`<mj-text>${'<b>'.repeat(3_000)}${'</b>'.repeat(3_000)}</mj-text>`),
      whole(`<mj-text>${'{% if a %}'.repeat(3_000)}${'{% endif %}'.repeat(3_000)}</mj-text>`),
      whole('<mj-raw>{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}</mj-raw>'),
      `---\n${'"'.repeat(5_000)}\n---\n`,
      `---\n${'- '.repeat(5_000)}\nsubject: x\n---\n`,
      `---\nsubject: &a [*a]\n---\n`,
    ],
    refusals: ['PLAYBOOK_INVALID', 'TEMPLATE_BROKEN'],
    share: 0.5,
    async read(input) {
      const compiled = await compileTemplate(await makeTemplate('fuzz', 'templates/fuzz.mjml', String(input), find));
      return render(compiled, CONTEXT);
    },
  };
}

const CONTEXT: RenderContext = {
  lead: { firstName: '<b>Ada</b>', lastName: '{{ x }}', company: 'A & B', attributes: { seats: 3 } },
  need: { productLine: 'vineyard' },
  links: { unsubscribe: 'https://x.example/u/t', viewInBrowser: 'https://x.example/v/t' },
  sender: { companyName: 'Example', postalAddress: '1 Mill Lane', name: 'Hannah' },
};

const EVENT = EVENTS_EXAMPLE.events[0];

function bodyTargets(): ParserTarget[] {
  const target = (name: string, inputs: fc.Arbitrary<unknown>, read: ParserTarget['read'], known: unknown[] = []) => ({
    name,
    inputs,
    known,
    read,
    refusals: ['VALIDATION_FAILED'] as const,
    share: 4,
  });
  return [
    target(
      'body of POST /v1/leads',
      fc.oneof(changedJson([SUBMISSION_EXAMPLE, FULL_SUBMISSION]), fc.jsonValue()),
      (input) => readable(storable(cleanSubmission(toSubmission(validate(Submission, input, 'body'), 'api')))),
      ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00'].map((occurredAt) => ({
        email: 'ada@example.com',
        occurredAt,
      })),
    ),
    target('an event', fc.oneof(changedJson([EVENT]), fc.jsonValue()), (input) =>
      storable(validate(EventItem, input, 'body')),
    ),
    target('body of POST /v1/events', fc.oneof(changedJson([EVENTS_EXAMPLE]), fc.jsonValue()), (input) =>
      validate(EventBatch, input, 'body'),
    ),
    target(
      'cursors of lists',
      fc.oneof(
        byteSoup,
        fc.jsonValue().map(encoded),
        mutated([pageEndCursor({ at: new Date(0), key: 'x' })], ['A', '=', '-', '_']),
      ),
      (input) => [readAny(() => readIdCursor(String(input))), storable(readPageEndCursor(String(input)))],
      ['0000-01-01T00:00:00Z', '2026-02-30T00:00:00.000Z', '9999-99-99T1Z'].map((at) => encoded([at, 'x'])),
    ),
  ];
}

const FULL_SUBMISSION = {
  ...SUBMISSION_EXAMPLE,
  phone: '+49 30 1234567',
  companySize: 12,
  language: 'de-AT',
  timeZone: 'Europe/Berlin',
  attributes: { seats: 3, nested: { list: [1, 'two', null] } },
  need: { type: 'automation', value: { amount: 125_000, currency: 'EUR' } },
  consent: { ...SUBMISSION_EXAMPLE.consent, granted: true, version: '2', at: '2026-11-01T09:00:00Z' },
  enterAt: { stage: 'opportunity', owner: 'anna-berger' },
  occurredAt: '2026-11-01T09:00:00Z',
};

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A refusal by one reader must not keep the next reader from being tried. */
function readAny(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (isAppError(error) && error.code === 'VALIDATION_FAILED') return null;
    throw error;
  }
}
