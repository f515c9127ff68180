/** The public address without a slash at its end: a path that begins with one follows. */
export function baseOf(publicUrl: string): string {
  return publicUrl.replace(/\/+$/, '');
}
