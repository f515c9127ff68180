/**
 * As in CloudEvents, an event is known by its source and its id. It is stored by both in one text. The source is encoded, so that
 * it has no colon and no other pair gives the same text. Ids the engine makes have no colon: nobody can state one of them.
 */
export function storedEventId(source: string, id: string): string {
  return `${encodeURIComponent(source)}:${id}`;
}
