/** Processes of a benchmark that report numbers to it. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Reporter {
  /** The last value reported under a name. */
  value(name: string): number;
  /** Resolves as soon as the value is at least that, and then with the time (epoch milliseconds) it was. */
  reaches(name: string, atLeast: number, timeoutMs: number): Promise<number>;
  stop(): void;
}

export function startReporter(file: string, env: Record<string, string>): Reporter {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const values = new Map<string, number>();
  const listeners = new Set<() => void>();
  child.on('message', (message: Record<string, number | true>) => {
    for (const [name, value] of Object.entries(message)) values.set(name, Number(value));
    for (const listener of listeners) listener();
  });
  const value = (name: string): number => values.get(name) ?? 0;
  return {
    value,
    reaches: (name, atLeast, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`${file}: ${name} is ${value(name)} of ${atLeast} after ${timeoutMs} ms`));
        }, timeoutMs);
        const look = (): void => {
          if (value(name) < atLeast) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(Date.now());
        };
        listeners.add(look);
        look();
      }),
    stop: () => child.disconnect(),
  };
}
