/** How large the HTML of a mail may be. */
import type { PlacedMessage } from './template-mistakes.ts';

/** Gmail shows so much and cuts the rest off, behind a link that few follow. Bytes. */
const GMAIL_CLIPS_AT = 102 * 1024;
const NEARLY = 90 * 1024;

/** `html`: of a mail with all that can be known of a lead. */
export function sizeFindings(html: string, file: string): { mistakes: PlacedMessage[]; warnings: PlacedMessage[] } {
  const bytes = Buffer.byteLength(html);
  const place = { file, line: 1, column: 1 };
  const figure = `${(bytes / 1024).toFixed(1)} KB`;
  if (bytes >= GMAIL_CLIPS_AT)
    return {
      mistakes: [
        {
          place,
          message: `the mail has ${figure} of HTML, and Gmail cuts it off at 102 KB, the unsubscribe link and the pixel with it; make it shorter`,
        },
      ],
      warnings: [],
    };
  if (bytes < NEARLY) return { mistakes: [], warnings: [] };
  return {
    mistakes: [],
    warnings: [{ place, message: `the mail has ${figure} of HTML; Gmail cuts off what is over 102 KB` }],
  };
}
