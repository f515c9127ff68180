import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shownPath } from './shown-path.ts';
import type { Cadence } from '../domain/cadence.ts';
import { nameInMails } from '../domain/campaign.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { RejectReason } from '../domain/reasons.ts';
import type { Team } from '../domain/routing.ts';
import { checkCircles } from './cadence-circle.ts';
import { checkPurposes, readCadence, type CadenceFile } from './cadence-file.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { readForm } from './form-file.ts';
import { readSegments, segmentNames } from './segments-file.ts';
import {
  mistakeOfFile,
  throwMistakes,
  type Findings,
  type PlaybookMistake,
  type ValuePath,
} from '../language/problems.ts';
import { readReasons } from './reasons-file.ts';
import { readRouting } from './routing-file.ts';
import { bandNames } from './readiness-matrix.ts';
import { readLearned } from './learned-file.ts';
import type { ScoringModel } from '../domain/scoring.ts';
import { readScoring, tierNames } from './scoring-file.ts';
import { readCalendars } from './calendars-file.ts';
import { campaignNames, readCampaigns } from './campaigns-file.ts';
import { readEvents } from './events-file.ts';
import { readNewsletters } from './newsletters-file.ts';
import { readSettings } from './settings-file.ts';
import { YamlFile } from '../language/yaml-file.ts';
import { hintFor } from '../domain/did-you-mean.ts';

/** What the playbook may refer to that is not in its own folder. */
export interface LoadOptions {
  /** Templates by key; undefined: template keys are not checked. Those of kind `transactional` are for reps, not cadences. */
  templates: ReadonlyMap<string, { kind: string; topic?: string; sender?: string; file?: string }> | undefined;
}

const NO_CAMPAIGNS = { keys: new Set<string>(), types: new Set<string>() };

const KEYED_FILE = /^([a-z0-9][a-z0-9-]*)\.yaml$/;

/**
 * Reads and validates a whole playbook folder: cadences/*.yaml and forms/*.yaml (sorted by key), scoring.yaml, routing.yaml, reasons.yaml,
 * events.yaml, settings.yaml and, if there are any, learned.yaml, calendars.yaml, campaigns.yaml, segments.yaml and newsletters.yaml.
 * @throws AppError PLAYBOOK_INVALID that lists every mistake of every file with line and column.
 */
export function loadPlaybook(dir: string, options: LoadOptions = { templates: undefined }): Playbook {
  const findings: Findings = { mistakes: [], mentions: [] };
  const playbook = readPlaybook(dir, options, findings);
  throwMistakes(findings.mistakes);
  if (playbook === null) throw new Error('A part of the playbook is missing');
  return playbook;
}

/** The same, with what was found added to `findings`. Null when a mistake leaves no playbook. */
export function readPlaybook(dir: string, options: LoadOptions, findings: Findings): Playbook | null {
  const { mistakes: problems } = findings;
  const open = (name: string): YamlFile | null => YamlFile.open(join(dir, name), shownPath(join(dir, name)), findings);

  const eventsFile = open('events.yaml');
  const events = eventsFile && readEvents(eventsFile);
  const hasCalendars = existsSync(join(dir, 'calendars.yaml'));
  const calendarsFile = hasCalendars ? open('calendars.yaml') : null;
  const calendars = hasCalendars ? calendarsFile && readCalendars(calendarsFile) : [];
  const names = cadenceNames(dir, problems);
  const settingsFile = open('settings.yaml');
  const settings = settingsFile && readSettings(settingsFile, { cadences: new Set(names), topics: topicsOf(options) });
  if (settings) checkNamedSenders(options, settings, problems);
  const hasCampaigns = existsSync(join(dir, 'campaigns.yaml'));
  const campaignsFile = hasCampaigns ? open('campaigns.yaml') : null;
  const campaigns = hasCampaigns ? campaignsFile && readCampaigns(campaignsFile, { settings }) : [];
  const namedCampaigns = hasCampaigns ? campaignNames(campaignsFile) : NO_CAMPAIGNS;
  const ofKind = (isOne: (kind: string) => boolean): ReadonlySet<string> | undefined =>
    options.templates && new Set([...options.templates].filter(([, { kind }]) => isOne(kind)).map(([key]) => key));

  const routingFile = open('routing.yaml');
  const scoringFile = open('scoring.yaml');
  const hasLearned = existsSync(join(dir, 'learned.yaml'));
  const learnedFile = hasLearned ? open('learned.yaml') : null;
  const hasSegments = existsSync(join(dir, 'segments.yaml'));
  const segmentsFile = hasSegments ? open('segments.yaml') : null;
  const known: KnownNames = {
    templates: ofKind((kind) => kind !== 'transactional'),
    forReps: ofKind((kind) => kind === 'transactional'),
    offers: ofKind((kind) => kind === 'offer'),
    events: events ? new Set(events.map((one) => one.event)) : undefined,
    calendars: calendars ? new Set(calendars.map((one) => one.calendar)) : undefined,
    teams: routingFile ? teamNames(routingFile) : undefined,
    campaigns: namedCampaigns?.keys,
    unnamedCampaigns: new Set((campaigns ?? []).flatMap((one) => (nameInMails(one) === undefined ? one.campaign : []))),
    campaignTypes: namedCampaigns?.types,
    segments: hasSegments ? segmentNames(segmentsFile) : new Set(),
    segmentConditions: new Map(),
    bands: bandNames(scoringFile),
    valueTiers: tierNames(scoringFile),
    productLines: settings ? new Set(settings.productLines) : undefined,
    needTypes: settings ? new Set(settings.needTypes) : undefined,
    quietHours: settings?.quietHours ?? [],
    sunset: settings?.sunset?.after,
    cadences: new Set(names),
  };
  const segments = hasSegments ? segmentsFile && readSegments(segmentsFile, known) : [];
  const segmentConditions = new Map((segments ?? []).map(({ segment, when }) => [segment, when]));
  const hasNewsletters = existsSync(join(dir, 'newsletters.yaml'));
  const newslettersFile = hasNewsletters ? open('newsletters.yaml') : null;
  const newsletters = hasNewsletters ? newslettersFile && readNewsletters(newslettersFile, known) : [];
  const read = names.flatMap((name) => {
    const file = open(`cadences/${name}.yaml`);
    return (file && readCadence(file, name, { ...known, segmentConditions })) ?? [];
  });
  checkPurposes(read);
  checkCircles(read);
  const cadences = read.map((one) => one.cadence);
  const forms = keysIn(dir, 'forms', 'form', problems).flatMap((name) => {
    const file = open(`forms/${name}.yaml`);
    return (file && readForm(file, name, known)) ?? [];
  });

  const scoring = scoringFile && withLearned(readScoring(scoringFile, known), scoringFile, learnedFile);
  const routing = routingFile && readRouting(routingFile, known);
  if (settingsFile) {
    checkPurpose(settingsFile, ['wonCadence'], settings?.wonCadence, 'customer', read);
    checkPurpose(settingsFile, ['retention', 'cadence'], settings?.retention?.cadence, 'nurture', read);
  }
  const reasonsFile = open('reasons.yaml');
  const reasons = reasonsFile ? readReasons(reasonsFile, known) : [];
  for (const { reason, follow } of reasons) {
    if (!reasonsFile || !('cadence' in follow)) continue;
    if (follow.kind === 'recycle') checkPurpose(reasonsFile, [reason, 'cadence'], follow.cadence, 'nurture', read);
    if (follow.kind === 'won') checkPurpose(reasonsFile, [reason, 'cadence'], follow.cadence, 'customer', read);
    checkRuns(reasonsFile, [reason, 'cadence'], follow.cadence, read);
  }

  if (routingFile && reasonsFile) checkAttempts(routingFile, routing?.teams ?? [], reasons);

  if (!scoring || !routing || !settings || !events || !calendars || !segments || !campaigns || !newsletters)
    return null;
  const rules = { cadences, forms, segments, scoring, routing, reasons, events, calendars, campaigns, ...settings };
  return newsletters.length === 0 ? rules : { ...rules, newsletters };
}

/** The senders that templates name are those of settings.yaml. */
function checkNamedSenders(
  { templates }: LoadOptions,
  { senders = [] }: Pick<Playbook, 'senders'>,
  problems: PlaybookMistake[],
): void {
  const known = new Set(senders.map(({ sender }) => sender));
  for (const { sender, file } of templates?.values() ?? []) {
    if (sender === undefined || file === undefined || known.has(sender)) continue;
    const hint = known.size === 0 ? '; settings.yaml has no senders' : hintFor(sender, known);
    problems.push(mistakeOfFile(file, `unknown sender "${sender}"${hint}`));
  }
}

/** Attempts without an answer send a lead back: by a reason that recycles. */
function checkAttempts(file: YamlFile, teams: readonly Team[], reasons: readonly RejectReason[]): void {
  for (const { team, attempts } of teams) {
    const path = ['teams', team, 'attempts', 'reason'];
    if (attempts === undefined) continue;
    const found = reasons.find(({ reason }) => reason === attempts.reason);
    checkKnown(file, path, 'reason', attempts.reason, new Set(reasons.map(({ reason }) => reason)));
    if (found !== undefined && found.follow.kind !== 'recycle')
      file.report(path, `"${attempts.reason}" has "follow: ${found.follow.kind}"; here it must be recycle`);
  }
}

/** The rules with what was learned beside them. */
function withLearned(scoring: ScoringModel | null, file: YamlFile, learnedFile: YamlFile | null): ScoringModel | null {
  const learned = learnedFile && readLearned(learnedFile);
  if (scoring?.learnedReady !== undefined && learnedFile === null)
    file.report(['learnedReady'], 'there is no learned.yaml: `nurture scoring learn --write` makes it');
  return scoring && learned ? { ...scoring, learned } : scoring;
}

/** Before the file is checked: a team with a mistake is still a team. */
function teamNames(routingFile: YamlFile): ReadonlySet<string> {
  const teams = routingFile.at(['teams']);
  return new Set(typeof teams === 'object' && teams !== null ? Object.keys(teams) : []);
}

/** Topics of the templates; undefined: not known. */
function topicsOf({ templates }: LoadOptions): ReadonlySet<string> | undefined {
  return templates && new Set([...templates.values()].flatMap(({ topic }) => topic ?? []));
}

/** Keys of the files of cadences, with or without mistakes. A file whose name is no key is reported. */
export function cadenceNames(dir: string, problems: PlaybookMistake[]): string[] {
  const before = problems.length;
  const names = keysIn(dir, 'cadences', 'cadence', problems);
  if (names.length === 0 && problems.length === before)
    problems.push(
      mistakeOfFile(shownPath(join(dir, 'cadences')), 'expected at least one cadence such as "welcome.yaml"'),
    );
  return names;
}

/** Keys of the YAML files of a folder, sorted. A file whose name is no key is reported. */
function keysIn(dir: string, folder: string, what: string, problems: PlaybookMistake[]): string[] {
  const inside = join(dir, folder);
  const files = existsSync(inside) ? readdirSync(inside).filter((file) => /\.ya?ml$/i.test(file)) : [];
  return files.toSorted().flatMap((file) => {
    const name = KEYED_FILE.exec(file)?.[1];
    if (name !== undefined) return [name];
    const message = `the file name is the key of the ${what}: small letters, digits and dashes, then ".yaml"`;
    problems.push(mistakeOfFile(shownPath(join(inside, file)), message));
    return [];
  });
}

/** What follows the end of a need is the lead's one cadence. */
function checkRuns(file: YamlFile, path: ValuePath, name: string | undefined, read: readonly CadenceFile[]): void {
  const cadence = read.find((one) => one.cadence.cadence === name)?.cadence;
  if (cadence?.kind === 'reminder') file.report(path, `"${cadence.cadence}" is a reminder; name another cadence`);
}

function checkPurpose(
  file: YamlFile,
  path: ValuePath,
  name: string | undefined,
  purpose: Cadence['purpose'],
  read: readonly CadenceFile[],
): void {
  const cadence = read.find((one) => one.cadence.cadence === name)?.cadence;
  if (cadence && cadence.purpose !== purpose) {
    file.report(path, `"${cadence.cadence}" has the purpose ${cadence.purpose}; here it must be ${purpose}`);
  }
}
