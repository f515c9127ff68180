import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFolders } from '../../playbook/read-folders.ts';
import type { Config } from '../../runtime/config.ts';
import type { Answer } from '../command.ts';
import { headersOf, previewMail, templatesNamed, type PreviewMail } from './mail.ts';
import { previewPage } from './page.ts';
import { previewPerson, type WhoOptions } from './person.ts';
import { findChromium, HOW_TO_GET_CHROMIUM, takePictures } from './pictures.ts';

export interface PreviewOptions extends WhoOptions {
  out?: string;
  pictures?: boolean;
}

/**
 * The command `preview`: writes a page, and HTML, text and pictures of each mail beside it.
 * @throws AppError PLAYBOOK_INVALID, NOT_FOUND, LEAD_UNKNOWN, UNAVAILABLE
 */
export async function preview(config: Config, what: string, options: PreviewOptions): Promise<Answer> {
  const { templates, ...named } = templatesNamed(await readFolders(config), what);
  const person = await previewPerson(config, options);
  const mails = await Promise.all(templates.map((template) => previewMail(config, template, person, named)));
  const folder = path.resolve(options.out ?? path.join(config.dataDir, 'previews', what.replaceAll('/', '-')));
  mkdirSync(folder, { recursive: true });
  const page = path.join(folder, 'index.html');
  writeFileSync(page, await previewPage(mails, person.shown));
  const chromium = options.pictures === false ? undefined : findChromium(process.env);
  const pictures: string[] = [];
  for (const { template, message } of mails) {
    writeFileSync(path.join(folder, `${template}.html`), message.html);
    writeFileSync(path.join(folder, `${template}.txt`), message.text);
    if (chromium !== undefined) pictures.push(...(await takePictures(chromium, message.html, folder, template)));
  }
  const data = { person: person.shown, folder, page, pictures, mails: mails.map(asData) };
  const missing = options.pictures !== false && chromium === undefined ? [HOW_TO_GET_CHROMIUM] : [];
  const text = [...mails.map(inWords), `Page  ${page}`, ...pictures.map((file) => `Picture  ${file}`), ...missing];
  return { data, text: text.join('\n') };
}

function asData({ template, kind, language, preheader, links, message }: PreviewMail): object {
  const { subject, html, text } = message;
  return {
    template,
    kind,
    language,
    subject,
    preheader,
    headers: Object.fromEntries(headersOf(message)),
    links,
    html,
    text,
  };
}

function inWords({ preheader, links, message }: PreviewMail): string {
  const headers = headersOf(message).map(([name, value]) => `${name}: ${value}`);
  return [...headers, `Preheader: ${preheader}`, '', message.text, '', ...links.map((link) => `Link  ${link}`)].join(
    '\n',
  );
}
