/** Shows in the terminal how the stack starts: one line for each part. A part that takes long updates its line. */
import pc from 'picocolors';

export interface Progress {
  /** Starts the line of a part. The returned handle updates and ends the line. */
  begin(what: string): ProgressLine;
  /** Writes a separate line. */
  say(text: string): void;
}

export interface ProgressLine {
  update(detail: string): void;
  done(detail?: string): void;
  fail(): void;
}

export const SILENT: Progress = {
  begin: () => ({ update: () => {}, done: () => {}, fail: () => {} }),
  say: () => {},
};

const REPEAT_MS = 10_000;

/**
 * Progress on a stream. On a terminal the running parts share one line that is redrawn. Elsewhere (a log, a CI job) each part
 * writes a line when it is done, and a part that takes long writes one every ten seconds.
 */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const running = new Set<{ what: string; detail: string; since: number; spoke: number }>();
  const live = stream.isTTY === true;
  let timer: NodeJS.Timeout | undefined;

  const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
  const clear = (): void => {
    if (live) stream.write('\r\u001B[2K');
  };
  const draw = (): void => {
    if (live) {
      const parts = [...running].map(
        (part) => `${part.what}${part.detail && ` (${part.detail})`} ${seconds(part.since)}`,
      );
      const text = `  … ${parts.join(' · ')}`;
      clear();
      if (parts.length > 0) stream.write(pc.dim(text.slice(0, (stream.columns ?? 80) - 1)));
      return;
    }
    for (const part of running) {
      if (Date.now() - part.spoke < REPEAT_MS) continue;
      part.spoke = Date.now();
      stream.write(`  … ${part.what}${part.detail && ` (${part.detail})`} ${seconds(part.since)}\n`);
    }
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };

  return {
    say: line,
    begin(what) {
      const part = { what, detail: '', since: Date.now(), spoke: Date.now() };
      running.add(part);
      timer ??= setInterval(draw, live ? 100 : 1000).unref();
      draw();
      const end = (mark: string, detail: string): void => {
        if (!running.delete(part)) return;
        line(`  ${mark} ${what}${detail && ` ${pc.dim(detail)}`} ${pc.dim(seconds(part.since))}`);
        if (running.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
      return {
        update: (detail) => {
          part.detail = detail;
        },
        done: (detail = '') => end(pc.green('✓'), detail),
        fail: () => end(pc.red('✗'), ''),
      };
    },
  };
}
