/** The page of a preview: headers, links, text part, and the mail itself at desktop and phone width, light and dark. */
import { html } from 'hono/html';
import { headersOf, type PreviewMail } from './mail.ts';

const WIDTHS = [
  ['Desktop', 800],
  ['Phone', 375],
] as const;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1300px;padding:0 1rem;color:#1d2922;background:#eef2ed}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}
pre{background:#fff;padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere}.frames{display:flex;flex-wrap:wrap;gap:1.5rem}
figure{margin:0}iframe{border:1px solid #b9c5be;background:#fff;height:900px}iframe.dark{color-scheme:dark;background:#111}`;

export async function previewPage(mails: readonly PreviewMail[], who: string, script = ''): Promise<string> {
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Preview: ${mails.map(({ template }) => template).join(', ')}</title>
        <style>
          ${STYLE}
        </style>
        ${script === '' ? '' : html`<script src="${script}"></script>`}
      </head>
      <body>
        ${mails.map((mail) => partOf(mail, who))}
      </body>
    </html>`;
  return String(page);
}

function partOf(mail: PreviewMail, who: string) {
  const { template, kind, preheader, links, message } = mail;
  return html`<h1>${message.subject}</h1>
    <p>Template <b>${template}</b> (${kind}) for ${who}</p>
    <h2>Headers</h2>
    <table>
      ${headersOf(message).map(
        ([name, value]) =>
          html`<tr>
            <td><b>${name}</b></td>
            <td>${value}</td>
          </tr>`,
      )}
      <tr>
        <td><b>Preheader</b></td>
        <td>${preheader}</td>
      </tr>
    </table>
    <h2>Links</h2>
    <ol>
      ${links.map((link) => html`<li>${link}</li>`)}
    </ol>
    <h2>Mail</h2>
    <div class="frames">
      ${WIDTHS.flatMap(([name, width]) =>
        (['light', 'dark'] as const).map(
          (scheme) =>
            html`<figure>
              <figcaption>${name}, ${width} px, ${scheme}</figcaption>
              <iframe
                class="${scheme}"
                sandbox
                width="${width}"
                title="${name}, ${scheme}"
                srcdoc="${framed(message.html, scheme)}"
              ></iframe>
            </figure>`,
        ),
      )}
    </div>
    <h2>Text part</h2>
    <pre>${message.text}</pre>`;
}

/** A frame takes its color scheme from the page around it; what the mail says of dark mode is asked for by its own root. */
function framed(mail: string, scheme: 'light' | 'dark'): string {
  return mail.replace(/<html\b/i, `<html style="color-scheme:${scheme}"`);
}
