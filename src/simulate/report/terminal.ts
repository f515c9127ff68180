/** A simulation in a terminal: the timeline, what was not sent and why, and how it ended. */
import type pc from 'picocolors';
import { countOf } from '../../domain/count-of.ts';
import type { StoryLine, Voice } from '../../domain/story.ts';
import type { SimulatedTask, Simulation } from '../result.ts';

export type Colors = ReturnType<typeof pc.createColors>;

const MARKS: Readonly<Record<Voice, string>> = { lead: '●', mail: '✉', sales: '☎', engine: '·' };

export function simulationText(simulation: Simulation, colors: Colors): string {
  const { persona, cadence, days, seed, zone, notSent, remarks, mails } = simulation;
  const subjects = new Map(mails.map(({ at, template, subject }) => [`${at} ${template}`, subject]));
  const into = cadence === null ? '' : ` in ‘${cadence}’`;
  return [
    `${colors.bold(persona.name)}${into}: ${countOf(days, 'day')}, seed ${seed}, times of ${zone}`,
    ...(persona.description === null ? [] : [colors.dim(persona.description)]),
    '',
    ...storyLines(simulation.story, colors, subjects),
    ...titled('Tasks', simulation.tasks.map(taskInWords), colors),
    ...titled('Webhooks (posted to nobody)', simulation.webhooks.map(webhookInWords), colors),
    ...titled(
      'Not sent',
      notSent.map(({ day, when, template, why }) => `day ${day}, ${when}: ${template}: ${why}`),
      colors,
    ),
    ...titled('About the simulation', remarks, colors),
    '',
    endInWords(simulation),
  ].join('\n');
}

/** The lines of a story. A line of the same minute as the one above has no time of its own. */
export function storyLines(
  story: readonly StoryLine[],
  colors: Colors,
  subjects: ReadonlyMap<string, string> = new Map(),
): string[] {
  let before = '';
  return story.map((line) => {
    const date = `${`day ${line.day}`.padStart(7)}  ${line.when.padEnd(16)}`;
    const shown = date === before ? ' '.repeat(date.length) : date;
    before = date;
    const template = /‘([^’]+)’/.exec(line.text)?.[1] ?? '';
    const subject = line.voice === 'mail' ? subjects.get(`${line.at} ${template}`) : undefined;
    const text = marked(line, colors);
    return `  ${colors.dim(shown)}  ${colors.yellow(line.stage.padEnd(12))}  ${text}${subject === undefined ? '' : colors.dim(`: ${subject}`)}`;
  });
}

/** "Ends in stage dormant with score 7 and grade B after 5 emails. Next: Nothing left to send; listening." */
export function endInWords({ end, mails }: Simulation): string {
  const count = mails.filter(({ to }) => to === 'lead').length;
  const next = end.held === null ? `Next: ${end.next}.` : `It could not go on: ${end.held}`;
  return `Ends in stage ${end.stage} with score ${end.score} and grade ${end.grade} after ${countOf(count, 'email')}. ${next}`;
}

/** "day 5, Tue 8 Dec 17:00: call by Anna Berger, due Thu 10 Dec 09:00, done (reached): Ask how the show was" */
export function taskInWords({ day, when, kind, rep, due, status, result, text }: SimulatedTask): string {
  const became = result === null ? status : `${status} (${result})`;
  return `day ${day}, ${when}: ${kind.replaceAll('-', ' ')} by ${rep}, due ${due}, ${became}: ${text}`;
}

export function webhookInWords({ url, body }: Simulation['webhooks'][number]): string {
  return `${url}: ${body}`;
}

function titled(title: string, lines: readonly string[], colors: Colors): string[] {
  return lines.length === 0
    ? []
    : ['', colors.bold(title), ...lines.map((line) => `  ${line.replaceAll('\n', '\n    ')}`)];
}

/** The text of a line, with the mark and the color of its voice. */
export function marked({ voice, text }: Pick<StoryLine, 'voice' | 'text'>, colors: Colors): string {
  return paint(voice, colors)(`${MARKS[voice]} ${text}`);
}

function paint(voice: Voice, colors: Colors): (text: string) => string {
  switch (voice) {
    case 'lead':
      return colors.green;
    case 'mail':
      return colors.cyan;
    case 'sales':
      return colors.magenta;
    case 'engine':
      return colors.dim;
  }
}
