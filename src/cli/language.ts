import { AppError } from '../domain/errors.ts';
import { canonicalLanguage } from '../domain/language-tag.ts';

/** @throws AppError VALIDATION_FAILED for what is no language tag */
export function requireLanguage(given: string): string {
  const language = canonicalLanguage(given);
  if (language === null)
    throw new AppError('VALIDATION_FAILED', `"${given}" is no language; write a tag such as de or de-AT.`);
  return language;
}
