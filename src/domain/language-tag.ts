/** Language tags (BCP 47), as in "de-AT". */

/** The tag as it should be written; null for what is none. An underscore counts as a dash. */
export function canonicalLanguage(tag: string | null | undefined): string | null {
  const given = tag?.trim().replaceAll('_', '-') ?? '';
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i.test(given)) return null;
  try {
    return Intl.getCanonicalLocales(given)[0] ?? null;
  } catch {
    return null;
  }
}

/** From the tag to more general ones: de-AT, de. Empty for what is no tag. */
export function languageChain(tag: string | null | undefined): string[] {
  const parts = canonicalLanguage(tag)?.split('-') ?? [];
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('-'));
}
