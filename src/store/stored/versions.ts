/**
 * Definitions that are stored for good (cadences, templates, playbook revisions) say in which version of their shape they are
 * written. Whoever reads one goes through here: an old shape is brought up to today's, and one of a newer version of the
 * engine is refused instead of being guessed at.
 */
import type { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import type { Prisma } from '../generated/client.ts';

/** From the shape of one version to that of the next. */
export type Upcast = (stored: Readonly<Record<string, unknown>>) => Record<string, unknown>;

export interface StoredShape<T> {
  /** What it is called in messages. */
  name: string;
  /** `upcasts[n]` makes version n + 1 out of version n, so that its length is today's version. */
  upcasts: readonly Upcast[];
  /** The shape of today's version, without `version`. Strict: a field that is not known here is not dropped. */
  schema: z.ZodType<T>;
}

/** What was stored before versions were written down had the shape of version 1. */
export const unversioned: Upcast = (stored) => ({ ...stored });

export function versionOf(shape: Pick<StoredShape<unknown>, 'upcasts'>): number {
  return shape.upcasts.length;
}

/**
 * As it is stored: today's version with its content.
 * @throws AppError PLAYBOOK_INVALID for content that could not be read again: a field that its schema does not know.
 */
export function store<T extends object>(shape: StoredShape<T>, content: T): Prisma.InputJsonObject {
  const plain = JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
  const stored = { version: versionOf(shape), ...plain };
  read(shape, stored);
  return stored;
}

/** @throws AppError STORED_BY_NEWER for a later version than today's, PLAYBOOK_INVALID for what is not of its shape */
export function read<T>(shape: StoredShape<T>, stored: unknown): T {
  const today = versionOf(shape);
  const { version = 0, ...content } = { ...(stored as Record<string, unknown> | null) };
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    throw new AppError('PLAYBOOK_INVALID', `A stored ${shape.name} cannot be read: its version is ${String(version)}`);
  if (version > today)
    throw new AppError(
      'STORED_BY_NEWER',
      `A stored ${shape.name} has version ${version}, and this version of the engine reads up to ${today}.`,
    );
  const upcast = shape.upcasts.slice(version).reduce<Record<string, unknown>>((older, up) => up(older), content);
  const parsed = shape.schema.safeParse(upcast);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first === undefined ? '' : `${first.path.join('.')}: ${first.message}`;
  throw new AppError('PLAYBOOK_INVALID', `A stored ${shape.name} cannot be read: ${where}`, { cause: parsed.error });
}
