/** `a…@example.com`: enough to recognize one's own address. */
export function masked(email: string | null): string | null {
  if (email === null) return null;
  const at = email.lastIndexOf('@');
  return `${String.fromCodePoint(email.codePointAt(0) ?? 0)}…${email.slice(at)}`;
}
