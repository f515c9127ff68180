import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

/** Colors for what goes to a stream: on a terminal alone, and not where NO_COLOR is set. */
export function colorsFor(stream: { isTTY?: boolean }): Colors {
  const { NO_COLOR, TERM } = process.env;
  return pc.createColors(stream.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb');
}
