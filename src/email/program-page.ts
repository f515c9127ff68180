import { html } from 'hono/html';

type Html = ReturnType<typeof html>;

/** Of mails that are lists or tables. */
export const READABLE = 'font-family:sans-serif;font-size:15px;line-height:1.5;color:#1d2922';

/** The HTML of a mail that the program writes to people of ours. Title and body are escaped as `html` does. */
export async function programPage(title: string, body: Html, style?: string): Promise<string> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
      </head>
      <body ${style === undefined ? '' : html`style="${style}"`}>
        ${body}
      </body>
    </html>`;
  return (await page).toString();
}
