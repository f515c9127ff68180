/** Some files of a folder laid over a playbook revision that says something else. */
import { contentsOf, type PlaybookContent } from './playbook-changes.ts';
import type { Playbook } from './playbook.ts';

/**
 * `base` with what `now` says of these files. What they name and `base` lacks (a template, a cadence, a segment) comes along with its file,
 * and a file that is gone from `now` stays while something that stays names it.
 */
export function withFiles<Content extends PlaybookContent>(
  base: Content,
  now: Content,
  files: ReadonlySet<string>,
): Content {
  const [old, fresh] = [contentsOf(base), contentsOf(now)];
  const taken = new Set([...files].filter((file) => fresh.has(file)));
  const gone = new Set([...files].filter((file) => !fresh.has(file)));
  const lacking = [...namesIn(now)].filter(([name]) => !namesIn(base).has(name));
  for (let grows = true; grows;) {
    const named = lacking.filter(([name, file]) => !taken.has(file) && isNamed(name, taken, fresh));
    for (const [, file] of named) taken.add(file);
    grows = named.length > 0;
  }
  const staying = new Set([...old.keys()].filter((file) => !taken.has(file) && !gone.has(file)));
  const result = new Set(taken);
  for (const file of gone) {
    const key = keyOf(file);
    if (key === null || !(isNamed(key, staying, old) || isNamed(key, taken, fresh))) result.add(file);
  }
  return { ...base, playbook: mixed(base.playbook, now.playbook, result), templates: templatesOf(base, now, result) };
}

/** Names that files may refer to, each with the file that has it. */
function namesIn({ playbook, templates }: PlaybookContent): Map<string, string> {
  const { cadences, segments, events, calendars, campaigns, reasons } = playbook;
  return new Map([
    ...cadences.map(({ cadence }) => [cadence, `cadences/${cadence}.yaml`] as const),
    ...[...templates.keys()].map((key) => [key, `templates/${key}.mjml`] as const),
    ...segments.map(({ segment }) => [segment, 'segments.yaml'] as const),
    ...events.map(({ event }) => [event, 'events.yaml'] as const),
    ...calendars.map(({ calendar }) => [calendar, 'calendars.yaml'] as const),
    ...campaigns.map(({ campaign }) => [campaign, 'campaigns.yaml'] as const),
    ...reasons.map(({ reason }) => [reason, 'reasons.yaml'] as const),
  ]);
}

function keyOf(file: string): string | null {
  return /^(?:cadences|templates)\/(.+)\.\w+$/.exec(file)?.[1] ?? null;
}

/** As a text of its own in the JSON of one of these files. One that only looks so brings a file too many, never one too few. */
function isNamed(name: string, files: ReadonlySet<string>, contents: ReadonlyMap<string, string>): boolean {
  const quoted = JSON.stringify(name);
  return [...files].some((file) => contents.get(file)?.includes(quoted));
}

const RULES = ['scoring', 'routing', 'segments', 'reasons', 'events', 'calendars', 'campaigns'] as const;

function mixed(base: Playbook, now: Playbook, files: ReadonlySet<string>): Playbook {
  const { newsletters: _ofItsOwnFile, ...settings } = files.has('settings.yaml') ? now : base;
  const rules = Object.fromEntries(RULES.map((key) => [key, (files.has(`${key}.yaml`) ? now : base)[key]])) as Pick<
    Playbook,
    (typeof RULES)[number]
  >;
  const { newsletters } = files.has('newsletters.yaml') ? now : base;
  return {
    ...settings,
    ...rules,
    ...(newsletters === undefined ? {} : { newsletters }),
    cadences: each(base.cadences, now.cadences, ({ cadence }) => [cadence, `cadences/${cadence}.yaml`], files),
    forms: each(base.forms, now.forms, ({ form }) => [form, `forms/${form}.yaml`], files),
  };
}

/** In the order of their keys, as they are read from a folder. */
function each<One>(
  base: readonly One[],
  now: readonly One[],
  named: (one: One) => [key: string, file: string],
  files: ReadonlySet<string>,
): One[] {
  const kept = base.filter((one) => !files.has(named(one)[1]));
  const taken = now.filter((one) => files.has(named(one)[1]));
  return [...kept, ...taken].toSorted((a, b) => (named(a)[0] < named(b)[0] ? -1 : 1));
}

function templatesOf<Content extends PlaybookContent>(
  base: Content,
  now: Content,
  files: ReadonlySet<string>,
): Content['templates'] {
  const isTaken = ([key]: readonly [string, unknown]): boolean => files.has(`templates/${key}.mjml`);
  return new Map([...[...base.templates].filter((one) => !isTaken(one)), ...[...now.templates].filter(isTaken)]);
}
