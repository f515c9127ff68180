import { advance, type Position } from './source-map.ts';

/** A value of YAML as it is written in the file: plain, quoted, indented or folded. */
export interface WrittenValue {
  raw: string;
  start: Position;
}

/** Where a piece of the value stands in the file, by its words; where the value begins if it is written in another way. */
export function placeOfPiece({ raw, start }: WrittenValue, value: string, offset: number, length: number): Position {
  // A quotation mark may be escaped, and a line may be folded.
  const [piece = ''] = value.slice(offset, offset + length).split(/["'\n]/, 1);
  if (piece === '') return start;
  let found = raw.indexOf(piece);
  for (let at = value.indexOf(piece); at >= 0 && at < offset && found >= 0; at = value.indexOf(piece, at + 1))
    found = raw.indexOf(piece, found + 1);
  return found < 0 ? start : advance(raw, 0, found, start);
}
