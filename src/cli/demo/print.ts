/** Shows the demo in a terminal: each life as a block when it is over, and a line of progress below while others run. */
import pc from 'picocolors';

import { nameOf, type Played, type Show } from './play.ts';
import { marked } from '../../simulate/report/terminal.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colors are used only on a terminal, and not when NO_COLOR is set. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const unwanted = !stream.isTTY || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return pc.createColors(!unwanted);
}

export interface Printer extends Show {
  say(text: string): void;
  close(): void;
}

export function createPrinter(stream: NodeJS.WriteStream, total: number): Printer {
  const colors = colorsFor(stream);
  const live = stream.isTTY;
  const since = Date.now();
  let status = '';
  const clear = (): void => void (live && stream.write('\r\u001B[2K'));
  const draw = (): void => {
    if (!live || status === '') return;
    const text = `${status} · ${((Date.now() - since) / 1000).toFixed(0)} s`;
    clear();
    stream.write(colors.dim(text.slice(0, (stream.columns ?? 80) - 1)));
  };
  const timer = live ? setInterval(draw, 500).unref() : undefined;
  const say = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };
  return {
    say,
    onPlayed: (played) => say(blockOf(played, colors)),
    onChange(underWay, over) {
      status = underWay.length === 0 ? '' : `… ${over} of ${total} lives told; under way: ${underWay.join(', ')}`;
      draw();
    },
    close() {
      status = '';
      clearInterval(timer);
      clear();
    },
  };
}

function blockOf({ script, story, lead }: Played, colors: Colors): string {
  const { company, jobTitle, country } = script.person;
  const head = `${colors.bold(nameOf(script))} ${script.title}`;
  const who = colors.dim(`${jobTitle}, ${company} (${country}) · ${lead.id}`);
  let before = '';
  const lines = story.map((line) => {
    const date = `${`day ${line.day}`.padStart(7)}  ${line.when.padEnd(16)}`;
    // Only the first line of a minute has the time: the lines below follow from it.
    const shown = date === before ? ' '.repeat(date.length) : date;
    before = date;
    const text = marked(line, colors);
    return `  ${colors.dim(shown)}  ${colors.yellow(line.stage.padEnd(12))}  ${text}`;
  });
  return ['', head, who, ...lines].join('\n');
}
