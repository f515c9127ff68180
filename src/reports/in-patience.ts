/** A wait that ends though what is waited for goes on. */

const LATE = Symbol('late');

/**
 * What comes, where it comes by then.
 * @param by In milliseconds of `performance.now()`
 * @param late Makes the error of whoever waited in vain
 */
export async function inPatience<T>(coming: Promise<T>, by: number, late: () => Promise<Error>): Promise<T> {
  // Nobody may be left who hears of its failure.
  coming.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), Math.max(0, by - performance.now()));
  });
  try {
    const first = await Promise.race([coming, over]);
    if (first === LATE) throw await late();
    return first;
  } finally {
    clearTimeout(timer);
  }
}
