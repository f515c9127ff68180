/** The line after the subject in the inbox. It stands hidden at the beginning of the mail. */

/** After it a mail program would go on with the first words of the mail: these take the room, and show nothing. */
const ROOM = '&#847;&zwnj;&nbsp;'.repeat(80);

/** `html` with the room behind its preheader; one whose MJML shows no `<mj-preview>` gets a preheader. */
export function withPreheaderRoom(html: string): string {
  const shown = /(<body\b[^>]*>\s*<div style="display:none[^>]*>)([^]*?)(<\/div>)/.exec(html);
  if (shown !== null) {
    const [whole, before = '', words = '', after = ''] = shown;
    return html.replace(whole, () => before + words.trim() + ROOM + after);
  }
  const style = 'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;';
  return html.replace(/<body\b[^>]*>/, (body) => `${body}<div style="${style}">{{ preheader }}${ROOM}</div>`);
}
