/** "1 lead", "3 leads". `shown`: the number as it is written. */
export function countOf(many: number, what: string, shown = String(many)): string {
  return `${shown} ${what}${many === 1 ? '' : 's'}`;
}
