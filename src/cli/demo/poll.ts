const EVERY_MS = 60;

/** Repeats `look` until its result is the wanted one or the time is up. Returns the last result in both cases. */
export async function poll<T>(look: () => Promise<T>, satisfies: (seen: T) => boolean, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (satisfies(seen) || Date.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
