import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAppError, type AppError } from '../../src/domain/errors.ts';
import type { PlaybookMistake } from '../../src/language/problems.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import { loadPlaybook, readPlaybook, type LoadOptions } from '../../src/playbook/load.ts';

/** A small playbook without mistakes. */
export const SOUND: Readonly<Record<string, string>> = {
  'cadences/welcome.yaml': `name: Welcome
enroll: { when: { source: ebook } }
window: { days: mon-fri, from: "09:00", to: "17:00" }
calendar: germany
steps:
  - id: hello
    email: hello
  - wait: 2 days
  - id: again
    email: again
whenDone: { move: slow }
`,
  'cadences/slow.yaml': 'name: Slow\nsteps:\n  - email: again\n',
  'cadences/thanks.yaml': 'name: Thanks\npurpose: customer\nsteps:\n  - email: hello\n',
  'events.yaml': 'email.clicked: { description: Clicked }\npage.viewed:\n  description: Viewed\n  fromSite: true\n',
  'calendars.yaml': 'germany:\n  - 2026-12-25\n',
  'settings.yaml': 'defaultTimeZone: Europe/Berlin\nwonCadence: thanks\n',
  'scoring.yaml': `halfLife: 30 days
engagement:
  - rule: clicked
    event: email.clicked
    points: 10
    cap: { points: 30, per: 1 week }
fit:
  - rule: decides
    when: { jobTitle: { contains: owner } }
    points: 10
grades: { A: 30, B: 15, C: 0 }
ready: { A: 30, B: 40, C: 60, D: never }
highIntent:
  - page.viewed
`,
  'routing.yaml': `rules:
  - rule: rest
    team: field
teams:
  field:
    name: Field
    reps: [al]
    sla: { accept: 4 hours, remindAfter: 2 hours }
    workingHours: { days: mon-fri, from: "09:00", to: "17:00" }
    timeZone: Europe/Berlin
reps:
  al:
    name: Al
    email: al@brookfield.example
`,
  'reasons.yaml':
    'too-early:\n  label: Too early\n  follow: recycle\n  cadence: slow\n  coolOff: 2 weeks\n  score: halve\n',
};

export const TEMPLATES: LoadOptions = {
  templates: new Map([
    ['hello', { kind: 'resource' }],
    ['again', { kind: 'resource' }],
    ['for-reps', { kind: 'transactional' }],
  ]),
};

/** Loads the sound playbook with some files replaced (null: left out). */
export function load(changes: Readonly<Record<string, string | null>> = {}, options = TEMPLATES): Playbook {
  return inFolder(changes, (dir) => {
    try {
      return loadPlaybook(dir, options);
    } catch (error) {
      // So that expectations need not know the folder.
      if (isAppError(error)) {
        error.message = error.message.replaceAll(`${dir}/`, '');
        for (const mistake of mistakesOf(error)) mistake.file = mistake.file.replace(`${dir}/`, '');
      }
      throw error;
    }
  });
}

/** What is no mistake and hardly meant: place and message. */
export function warnings(changes: Readonly<Record<string, string | null>>): string[] {
  return inFolder(changes, (dir) => {
    const found: PlaybookMistake[] = [];
    readPlaybook(dir, TEMPLATES, { mistakes: [], mentions: [], warnings: found });
    return found.map(
      ({ file, line, column, place, message }) =>
        `${file.replace(`${dir}/`, '')}:${line}:${column}  ${place}: ${message}`,
    );
  });
}

function inFolder<T>(changes: Readonly<Record<string, string | null>>, work: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'playbook-'));
  try {
    for (const [name, text] of Object.entries({ ...SOUND, ...changes })) {
      if (text === null) continue;
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Every mistake that loading finds: place, path as the code counts it, message. */
export function mistakes(changes: Readonly<Record<string, string | null>>, options = TEMPLATES): string[] {
  try {
    load(changes, options);
    return [];
  } catch (error) {
    if (!isAppError(error) || error.code !== 'PLAYBOOK_INVALID') throw error;
    return mistakesOf(error).map(
      ({ file, line, column, path, message }) =>
        `${file}:${line}:${column}  ${path === '' ? '' : `${path}: `}${message}`,
    );
  }
}

function mistakesOf(error: AppError): PlaybookMistake[] {
  return (error.details['mistakes'] as PlaybookMistake[] | undefined) ?? [];
}

/** The mistakes as they are shown to people, without the heading. */
export function mistakesInWords(changes: Readonly<Record<string, string | null>>, options = TEMPLATES): string[] {
  try {
    load(changes, options);
    return [];
  } catch (error) {
    if (!isAppError(error) || error.code !== 'PLAYBOOK_INVALID') throw error;
    return error.message.split('\n').slice(1);
  }
}
