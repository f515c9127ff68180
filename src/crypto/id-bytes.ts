/** Ids as raw bytes, so that tokens and handles are short. */
import { AppError } from '../domain/errors.ts';
import { ID_KINDS, isId, type IdKind } from '../domain/ids.ts';

export const ID_BYTES = 16;

/** The 16 bytes of an id. */
export function idBytes(kind: IdKind, id: string): Buffer {
  if (!isId(kind, id))
    throw new AppError('INTERNAL', `Not an id of a ${kind}: it should look like ${ID_KINDS[kind]}-<32 hex digits>`);
  return Buffer.from(id.slice(ID_KINDS[kind].length + 1), 'hex');
}

/** The id whose 16 bytes begin at `offset`. */
export function idAt(kind: IdKind, bytes: Buffer, offset: number): string {
  return `${ID_KINDS[kind]}-${bytes.subarray(offset, offset + ID_BYTES).toString('hex')}`;
}
