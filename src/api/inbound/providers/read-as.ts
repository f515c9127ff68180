import type { z } from 'zod';
import { AppError } from '../../../domain/errors.ts';

/** @throws AppError VALIDATION_FAILED that names the first field that is not as documented */
export function readAs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AppError(
    'VALIDATION_FAILED',
    `The body is not as the provider documents it: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}
