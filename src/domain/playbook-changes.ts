import { canonicalJson } from './canonical-json.ts';
import type { Playbook } from './playbook.ts';

/** What a playbook revision is made of, as far as two of them are compared. */
export interface PlaybookContent {
  playbook: Playbook;
  /** Hash of each template, by key. */
  templates: ReadonlyMap<string, { hash: string }>;
}

/** A file of the marketer's whose content differs from one playbook revision to the next; layout and comments are no content. */
export interface FileChange {
  /** "cadences/podcast.yaml", "templates/welcome.mjml", "routing.yaml" */
  file: string;
  change: 'new' | 'changed' | 'gone';
}

/** In the order of the files' names. `before`: null when nothing was published before, so that everything is new. */
export function changesBetween(before: PlaybookContent | null, after: PlaybookContent): FileChange[] {
  const old = before === null ? new Map<string, string>() : contentsOf(before);
  const now = contentsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((file): FileChange[] => {
    if (!old.has(file)) return [{ file, change: 'new' }];
    if (!now.has(file)) return [{ file, change: 'gone' }];
    return old.get(file) === now.get(file) ? [] : [{ file, change: 'changed' }];
  });
}

/** What each file says, as text that is the same for the same content. */
export function contentsOf({ playbook, templates }: PlaybookContent): Map<string, string> {
  const {
    cadences,
    forms,
    scoring: { learned, ...scoring },
    routing,
    segments,
    reasons,
    events,
    calendars,
    campaigns,
    newsletters,
    ...settings
  } = playbook;
  const rules = {
    scoring,
    ...(learned === undefined ? {} : { learned }),
    routing,
    ...(segments.length === 0 ? {} : { segments }),
    reasons,
    events,
    calendars,
    ...(campaigns.length === 0 ? {} : { campaigns }),
    ...(newsletters === undefined ? {} : { newsletters }),
    settings,
  };
  return new Map([
    ...cadences.map((cadence) => [`cadences/${cadence.cadence}.yaml`, canonicalJson(cadence)] as const),
    ...forms.map((form) => [`forms/${form.form}.yaml`, canonicalJson(form)] as const),
    ...Object.entries(rules).map(([name, content]) => [`${name}.yaml`, canonicalJson(content)] as const),
    ...[...templates].map(([key, { hash }]) => [`templates/${key}.mjml`, hash] as const),
  ]);
}
