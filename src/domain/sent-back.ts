/** What a lead waits for that a rep sent back to a manager. */

/** As it is kept with the need, and in the history of its process: the reason by its key, and no word of the rep. */
export function sentBackBecause(reason: string): string {
  return `Sent back as ‘${reason}’: a person decides who gets it.`;
}

/** The key of the reason in what `sentBackBecause` said; null: it says something else. */
export function reasonSentBack(because: string): string | null {
  const [, reason = ''] = /^Sent back as ‘([^’]+)’/.exec(because) ?? [];
  return reason !== '' && because === sentBackBecause(reason) ? reason : null;
}

/** The same for who decides: what people call the reason, and the rep's note; null: there is none. */
export function sentBackInWords(label: string, note: string | null): string {
  return `Sent back as ‘${label}’${note === null ? '' : `: “${note}”`}. A person decides who gets it.`;
}
