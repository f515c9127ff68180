import type { Hours, Span } from '../domain/cadence.ts';
import type { SegmentConditions } from '../domain/segment.ts';
import { hintFor } from '../domain/did-you-mean.ts';
import type { ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/** What the files of a playbook may refer to. Undefined: not known (its own file is broken), so nothing is checked against it. */
export interface KnownNames {
  templates: ReadonlySet<string> | undefined;
  /** Templates of mails to reps, of the kind `transactional`. */
  forReps: ReadonlySet<string> | undefined;
  /** Templates of the kind `offer`. */
  offers: ReadonlySet<string> | undefined;
  events: ReadonlySet<string> | undefined;
  calendars: ReadonlySet<string> | undefined;
  productLines: ReadonlySet<string> | undefined;
  needTypes: ReadonlySet<string> | undefined;
  teams: ReadonlySet<string> | undefined;
  campaigns: ReadonlySet<string> | undefined;
  /** Those that have only a key, which mails do not show, see `nameInMails`. */
  unnamedCampaigns: ReadonlySet<string> | undefined;
  /** Types that campaigns have. */
  campaignTypes: ReadonlySet<string> | undefined;
  segments: ReadonlySet<string> | undefined;
  /** Those of them without a mistake. */
  segmentConditions: SegmentConditions;
  /** Of scoring.yaml. */
  bands: ReadonlySet<string> | undefined;
  valueTiers: ReadonlySet<string> | undefined;
  quietHours: readonly Hours[];
  /** So long a lead of the pool may do nothing. */
  sunset: Span | undefined;
  /** By the names of the files, so that a cadence with a mistake is still a cadence. */
  cadences: ReadonlySet<string>;
}

/** Reports a name that is not among those known. An event is remembered: whether anybody ever sent it, is looked up later. */
export function checkKnown(
  file: YamlFile,
  path: ValuePath,
  what: string,
  name: string | undefined,
  known: ReadonlySet<string> | undefined,
): void {
  if (name !== undefined && what === 'event') file.mention(path, name);
  if (name === undefined || !known || known.has(name)) return;
  const hint = hintFor(name, known);
  const listing = what === 'event' ? `${hint.endsWith('?') ? ' Or' : '; or'} list it in playbook/events.yaml` : '';
  file.report(path, `unknown ${what} "${name}"${hint}${listing}`);
}

/** Reports a name that is no template of a mail to leads. */
export function checkTemplate(file: YamlFile, path: ValuePath, name: string, { templates, forReps }: KnownNames): void {
  if (forReps?.has(name) !== true) return checkKnown(file, path, 'template', name, templates);
  file.report(
    path,
    `"${name}" is a mail to reps (kind: transactional), which no lead gets; name a template of another kind`,
  );
}
