/** "1 lead", "3 leads" */
export function countOf(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
