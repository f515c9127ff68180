/** Child processes that report numbers to the benchmark. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Reporter {
  /** The last value reported under a name. */
  value(name: string): number;
  /**
   * Resolves when the value is at least this, with the time (epoch milliseconds) of that report.
   * @throws Error after this many milliseconds, or when the process ends before
   */
  reaches(name: string, atLeast: number, timeoutMs: number): Promise<number>;
  stop(): void;
}

export function startReporter(file: string, env: Record<string, string>): Reporter {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const values = new Map<string, number>();
  const waiting = new Set<{ look: () => void; fail: (error: Error) => void }>();
  child.on('message', (message: Record<string, number | true>) => {
    for (const [name, value] of Object.entries(message)) values.set(name, Number(value));
    for (const { look } of waiting) look();
  });
  let ended: Error | undefined;
  child.once('exit', (code, signal) => {
    ended = new Error(`${file} ended (${signal ?? `exit code ${code}`})`);
    for (const { fail } of waiting) fail(ended);
  });
  const value = (name: string): number => values.get(name) ?? 0;
  return {
    value,
    reaches: (name, atLeast, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const settle = (): void => {
          clearTimeout(timer);
          waiting.delete(one);
        };
        const one = {
          look: () => {
            if (value(name) < atLeast) return;
            settle();
            resolve(Date.now());
          },
          fail: (error: Error) => {
            settle();
            reject(error);
          },
        };
        const timer = setTimeout(
          () => one.fail(new Error(`${file}: ${name} is ${value(name)} of ${atLeast} after ${timeoutMs} ms`)),
          timeoutMs,
        );
        waiting.add(one);
        one.look();
      }),
    stop: () => {
      // Ctrl-C in a terminal ends it as well.
      if (child.connected) child.disconnect();
    },
  };
}
