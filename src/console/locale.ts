import type { Request } from 'express';

/** How numbers are written for whoever looks: by the first language of their browser that is known. */
export function localeOf(request: Request): string {
  for (const language of request.acceptsLanguages().slice(0, 10)) {
    try {
      const [known] = Intl.NumberFormat.supportedLocalesOf(language);
      if (known !== undefined) return known;
    } catch {
      // Not the name of a language.
    }
  }
  return 'en';
}
