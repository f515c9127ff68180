/** `playbook new`: a good start for a cadence, a template or a form. It passes `validate` as it is written. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { shownPath } from '../playbook/shown-path.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';

export type NewFile = 'cadence' | 'template' | 'form';

const KEY = /^[a-z0-9][a-z0-9-]*$/;
const SCHEMAS = path.join(import.meta.dirname, '..', '..', 'docs', 'schema');

/** @throws AppError VALIDATION_FAILED for a name that is no key, CONFLICT when there is such a file */
export function newFile(config: Config, what: NewFile, name: string): Answer {
  if (!KEY.test(name))
    throw new AppError(
      'VALIDATION_FAILED',
      `"${name}" is no key: small letters, digits and dashes, as in spring-offer.`,
    );
  const { playbookDir, templatesDir } = config;
  const files: [string, string][] = [];
  const template = path.join(templatesDir, `${name}.mjml`);
  if (what === 'template' || !existsSync(template)) files.push([template, templateText(name)]);
  if (what === 'cadence') {
    const file = path.join(playbookDir, 'cadences', `${name}.yaml`);
    files.unshift([file, schemaLine(file, 'cadence') + cadenceText(name)]);
  }
  if (what === 'form') {
    const file = path.join(playbookDir, 'forms', `${name}.yaml`);
    files.unshift([file, schemaLine(file, 'form') + formText(name)]);
  }
  const [first = ['', '']] = files;
  if (existsSync(first[0]))
    throw new AppError('CONFLICT', `${shownPath(first[0])} is there already: choose another name.`);
  for (const [file, text] of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
  const shown = files.map(([file]) => shownPath(file));
  const next = 'Change it, then: npx nurture validate';
  return { data: { files: shown }, text: [...shown.map((file) => `Wrote ${file}`), next].join('\n') };
}

/** Relative, so that it resolves in every checkout of the folder; absolute where the folder lies outside of this one. */
function schemaLine(file: string, schema: 'cadence' | 'form'): string {
  const target = path.join(SCHEMAS, `${schema}.schema.json`);
  const relative = path.relative(path.dirname(file), target).replaceAll(path.sep, '/');
  const outside = path.relative(path.join(import.meta.dirname, '..', '..'), file).startsWith('..');
  return `# yaml-language-server: $schema=${outside ? target : relative}\n`;
}

function inWords(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function cadenceText(name: string): string {
  return `# Who comes in by source "${name}" gets a mail at once, and one more some days later. docs/cadences.md has every kind of step.
name: ${inWords(name)}
enroll: { when: { source: ${name} } }
priority: 10
# In the lead's own time zone.
window: { days: mon-fri, from: "09:00", to: "17:00" }
steps:
  - id: welcome
    email: ${name}
  - id: clicked
    waitFor: email.clicked
    within: 4 days
    then: let-it-sink-in
    else: second-mail
  - id: let-it-sink-in
    wait: 2 days
  # Put the key of another template here, and take the line "again: true" away: without it nobody gets the same mail twice.
  - id: second-mail
    email: ${name}
    again: true
whenDone: dormant
`;
}

function templateText(name: string): string {
  return `---
subject: "${inWords(name)}{% if lead.company %} for {{ lead.company }}{% endif %}"
preheader: "One line that is shown beside the subject."
topic: news
kind: resource
---
<mj-section>
  <mj-column>
    <mj-text>Hello {{ lead.firstName | default: 'there' }},</mj-text>
    <mj-text>Say in two sentences what the reader gets, and why it is worth a click.</mj-text>
    <mj-button href="https://www.example.com/${name}">Read on</mj-button>
  </mj-column>
</mj-section>
`;
}

function formText(name: string): string {
  return `# A website sends it as the event form.submitted with the property form: ${name}. Who sends it gets the answer at once.
name: ${inWords(name)}
answer: ${name}
`;
}
