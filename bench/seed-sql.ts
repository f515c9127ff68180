/** Parts of the statements that make the rows of a large database. `$seed` stands for its seed; `n` is the number of a row. */

/** The time that the rows are spread over. */
export const DAYS = 365;

/** A whole number below `below`, from a row's number and a salt: the same for the same seed, in any order of work. */
export const draw = (n: string, salt: number, below: string | number): string =>
  `((hashint8extended((${n})::bigint, $seed + ${salt}) & 9223372036854775807) % (${below}))::int`;
/** Ids like ours: they rise with the row's number, as ours do with time. */
export const id = (prefix: string, n: string): string =>
  `'${prefix}-' || lpad(to_hex(1700000000000 + (${n})::bigint), 12, '0') || '7' || substr(md5('$seed' || '${prefix}' || (${n})), 1, 19)`;
export const ago = (n: string, salt: number): string =>
  `now() - make_interval(secs => ${draw(n, salt, DAYS * 86_400)})`;
export const one = (n: string, salt: number, values: readonly string[]): string =>
  `(ARRAY[${values.map((value) => `'${value}'`).join(',')}])[1 + ${draw(n, salt, values.length)}]`;
