/** A browser without a screen: it keeps cookies, and sends forms as they are written. */
export type Visitor = ReturnType<typeof createVisitor>;

/** @param base Of the API, once it is there */
export function createVisitor(base: () => string) {
  const cookies = new Map<string, string>();
  async function go(path: string, fields?: Record<string, string> | URLSearchParams) {
    const response = await fetch(base() + path, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const text = await response.text();
    const csrf = /name="csrf"\s+value="([^"]+)"/.exec(text)?.[1] ?? '';
    return { status: response.status, text, csrf, headers: response.headers, to: response.headers.get('location') };
  }
  return { go, cookies };
}
