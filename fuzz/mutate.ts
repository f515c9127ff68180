/** Inputs that are almost right, and inputs that are nothing: by fast-check, so that a seed gives the same ones again. */
import fc from 'fast-check';

/** Bytes as a text file or a body may have them: UTF-8 where they happen to be, replacement characters elsewhere. */
export const byteSoup: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 400 })
  .map((bytes) => Buffer.from(bytes).toString('utf8'));

/** Pieces that mean something to one of the parsers, in an order that means nothing. */
export function tokenSoup(pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
}

interface Edit {
  what: 'delete' | 'double' | 'insert' | 'swap' | 'cut' | 'flip' | 'repeat';
  at: number;
  length: number;
  piece: string;
}

function edits(pieces: readonly string[]): fc.Arbitrary<Edit[]> {
  const edit = fc.record({
    what: fc.constantFrom<Edit['what'][]>('delete', 'double', 'insert', 'swap', 'cut', 'flip', 'repeat'),
    at: fc.nat(1_000_000),
    length: fc.integer({ min: 1, max: 40 }),
    piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 4 })),
  });
  return fc.array(edit, { minLength: 1, maxLength: 6 });
}

/** A sound text after a few small accidents: pieces lost, doubled, moved, cut off, put in, or in there a hundred times. */
export function mutated(sound: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...sound), edits(pieces)).map(([text, all]) => all.reduce(apply, text));
}

function apply(text: string, { what, at: place, length, piece }: Edit): string {
  const at = text.length === 0 ? 0 : place % text.length;
  const before = text.slice(0, at);
  const taken = text.slice(at, at + length);
  const after = text.slice(at + length);
  switch (what) {
    case 'delete':
      return before + after;
    case 'double':
      return before + taken + taken + after;
    case 'insert':
      return before + piece + taken + after;
    case 'swap':
      return before + after.slice(0, length) + taken + after.slice(length);
    case 'cut':
      return before;
    case 'flip':
      return before + String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << (length % 7))) + text.slice(at + 1);
    case 'repeat':
      return before + piece.repeat(length * 50) + taken + after;
  }
}

/** Values that are the end of something: of a number type, of a calendar, of Unicode, of an object. */
const EDGES: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  '\u200b\u2066Ada\r\nAccept here: http://evil.example/win',
  '__proto__',
  'constructor',
  'x'.repeat(5_000),
  0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  5e-324,
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
  '2026-02-29T24:00:00Z',
  '2026-06-30T23:59:60Z',
  [],
  {},
  [[]],
];

interface Change {
  what: 'edge' | 'drop' | 'any' | 'extra' | 'deep' | 'wrap';
  at: number;
  edge: unknown;
  any: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  what: fc.constantFrom<Change['what'][]>('edge', 'edge', 'drop', 'any', 'extra', 'deep', 'wrap'),
  at: fc.nat(10_000),
  edge: fc.constantFrom(...EDGES),
  any: fc.jsonValue({ maxDepth: 3 }),
});

/** A sound JSON value in which some places hold something else. */
export function changedJson(sound: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...sound), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([value, changes]) => changes.reduce<unknown>(applyChange, structuredClone(value)));
}

function applyChange(root: unknown, change: Change): unknown {
  const { what, at } = change;
  // Of its own: one that stands in two places could come to stand in itself.
  const [edge, any] = structuredClone([change.edge, change.any]);
  const places = placesOf(root);
  const place = places[at % (places.length + 1)];
  if (place === undefined) return what === 'any' ? any : what === 'wrap' ? [root] : root;
  const { holder, key } = place;
  switch (what) {
    case 'edge':
      holder[key] = edge;
      return root;
    case 'drop':
      delete holder[key];
      return root;
    case 'any':
      holder[key] = any;
      return root;
    case 'extra':
      Object.defineProperty(holder, `${typeof edge === 'string' ? edge.slice(0, 20) : key}x`, {
        value: any,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return root;
    case 'wrap':
      holder[key] = [holder[key]];
      return root;
    case 'deep': {
      let inner: unknown = edge;
      for (let depth = 0; depth < 40; depth += 1) inner = depth % 2 === 0 ? { a: inner } : [inner];
      holder[key] = inner;
      return root;
    }
  }
}

type Holder = Record<string, unknown>;

/** Every place in a value where something stands. */
function placesOf(value: unknown): { holder: Holder; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

/** Every value that differs from `bytes` in one bit, then every one that differs in one byte. */
export function* nearBytes(bytes: Buffer): Generator<Buffer> {
  const changed = (place: number, byte: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[place] = byte;
    return copy;
  };
  for (const [place, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit += 1) yield changed(place, byte ^ (1 << bit));
    for (const other of [0x00, 0xff, (byte + 1) & 0xff, byte ^ 0x55]) {
      if (other !== byte) yield changed(place, other);
    }
  }
}
