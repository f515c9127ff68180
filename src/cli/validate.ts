import { inEachLanguage } from '../domain/template.ts';
import { clientFindings } from '../email/client-support.ts';
import { mistakeOfFile, mistakeToText, sortMistakes, type PlaybookMistake } from '../language/problems.ts';
import { datesPassed } from '../playbook/dates-passed.ts';
import { neverSeen } from '../playbook/never-seen.ts';
import { checkAll, type CheckedAll } from '../simulate/check-folders.ts';
import { isAppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb } from '../store/db.ts';
import { readSeenEvents } from '../store/lists/seen-events.ts';
import { readSeenWords } from '../store/lists/seen-words.ts';
import type { Answer } from './command.ts';
import { answersAt } from './at-hand.ts';
import { countOf } from '../domain/count-of.ts';
import { mistakeText } from './mistake-text.ts';
import { reachLinks } from './reachable-links.ts';
import { unalignedSenders } from './unaligned-senders.ts';

/**
 * The command `validate`. It starts nothing; where a database answers, it says which events, sources and own fields nobody ever sent.
 * @param options.links Whether to ask the sites that mails link to.
 */
export async function validate(config: Config, options: { links?: boolean } = {}): Promise<Answer> {
  const checked =
    options.links === true ? await withReachedLinks(config, await checkAll(config)) : await checkAll(config);
  const unseen = await neverSentSoFar(config, checked);
  const passed = checked.content === null ? [] : datesPassed(checked.content.playbook, config.playbookDir, Date.now());
  const unaligned = unalignedSenders(config, checked.content?.playbook.senders ?? []);
  const plain = sortMistakes([
    ...checked.warnings,
    ...(await notKnownToMailPrograms(checked)),
    ...passed,
    ...unaligned,
  ]);
  const warnings = [...plain, ...(unseen ?? [])];
  const { mistakes, content } = checked;
  const data = { ok: mistakes.length === 0, mistakes, warnings };
  const parts = [
    // Mistakes stand last, where a terminal shows them.
    ...gathered(unseen ?? []),
    ...plain.map((one) => mistakeText(one, 'warning')),
    ...mistakes.map((one) => mistakeText(one, 'mistake')),
    content === null || mistakes.length > 0
      ? `${countOf(mistakes.length, 'mistake')}${warnings.length === 0 ? '' : `, ${countOf(warnings.length, 'warning')}`}`
      : summary({ ...checked, content }, warnings.length),
    ...(unseen === null ? [WITHOUT_DATABASE] : []),
  ];
  return { data, text: parts.join('\n\n'), exitCode: mistakes.length === 0 ? 0 : 2 };
}

/** With what is wrong with the links as seen from here. Files with mistakes have theirs mended first. */
async function withReachedLinks(config: Config, checked: CheckedAll): Promise<CheckedAll> {
  const templates = [...(checked.content?.templates.values() ?? [])].flatMap(inEachLanguage);
  const { allow } = config.webhooks;
  const { mistakes, warnings } = await reachLinks(templates, { allow, progress: showProgress });
  return {
    ...checked,
    mistakes: sortMistakes([...checked.mistakes, ...mistakes]),
    warnings: sortMistakes([...checked.warnings, ...warnings]),
  };
}

async function notKnownToMailPrograms({ content }: CheckedAll): Promise<PlaybookMistake[]> {
  const templates = [...(content?.templates.values() ?? [])].flatMap(inEachLanguage);
  const found = (await Promise.all(templates.map(clientFindings))).flat();
  const told = found.map(({ place, message }) => mistakeOfFile(place.file, message, place));
  // A layout is part of many templates.
  return sortMistakes([...new Map(told.map((one) => [JSON.stringify(one), one])).values()]);
}

/** One line of a terminal, written over; in a log one line at the end. */
function showProgress(done: number, all: number): void {
  const { stderr } = process;
  const end = done === all ? '\n' : '';
  if (stderr.isTTY) stderr.write(`\rLinks: ${done} of ${all} asked${end}`);
  else if (done === all) stderr.write(`Links: ${all} asked\n`);
}

const WITHOUT_DATABASE =
  'Not checked, as no database answers: whether the events, sources and own fields that the files name were ever sent (`npm start`, or DATABASE_URL).';

/** A block for each file with a line for each, so that they hide no mistake. */
function gathered(unseen: readonly PlaybookMistake[]): string[] {
  return [...Map.groupBy(unseen, ({ file }) => file).values()].map((ones) =>
    ones.map((one) => `warning: ${mistakeToText(one)}`).join('\n'),
  );
}

/** Of what was not found out in time, nothing is said. */
const NOTHING_SEEN = {
  types: new Set<string>(),
  properties: new Map<string, ReadonlySet<string>>(),
  sources: new Set<string>(),
  attributes: new Set<string>(),
};

/** Null: no database answers. */
async function neverSentSoFar(config: Config, { mentions }: CheckedAll): Promise<PlaybookMistake[] | null> {
  if (!(await answersAt(config.databaseUrl))) return null;
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    const asked = new Set(mentions.flatMap((one) => ('event' in one && one.property !== null ? [one.event] : [])));
    const seen = { ...NOTHING_SEEN, ...(await readSeenEvents(db, [...asked])), ...(await readSeenWords(db)) };
    return neverSeen(mentions, seen);
  } catch (error) {
    // A database that is not migrated yet, or not ours to read, has no advice to give. The files were checked all the same.
    if (isAppError(error) || error instanceof Error) return [];
    throw error;
  } finally {
    await closeDb(db);
  }
}

function summary({ content, personas, tests }: CheckedAll & { content: object }, warnings: number): string {
  const { playbook, templates } = content;
  const counted = [
    countOf(playbook.cadences.length, 'cadence'),
    countOf(templates.size, 'template'),
    ...(personas === 0 ? [] : [countOf(personas, 'persona')]),
    ...(tests === 0 ? [] : [countOf(tests, 'test')]),
  ];
  const good = `${counted.slice(0, -1).join(', ')} and ${counted.at(-1)} are without mistakes`;
  return warnings === 0 ? `${good}.` : `${good}; ${countOf(warnings, 'warning')}.`;
}
