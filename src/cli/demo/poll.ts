const EVERY_MS = 60;

/** Looks again and again until what is seen satisfies, or the time is up; answers with the last look either way. */
export async function poll<T>(look: () => Promise<T>, satisfies: (seen: T) => boolean, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (satisfies(seen) || Date.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
