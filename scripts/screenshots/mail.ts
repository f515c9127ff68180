/** Pictures of a sample mail for docs/templates.md: `node scripts/screenshots/mail.ts`. It needs a Chromium and nothing that runs. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { previewMail, templatesNamed } from '../../src/cli/preview/mail.ts';
import { previewPerson } from '../../src/cli/preview/person.ts';
import { findChromium, HOW_TO_GET_CHROMIUM, takePictures } from '../../src/cli/preview/pictures.ts';
import { readFolders } from '../../src/playbook/read-folders.ts';
import { loadConfig } from '../../src/runtime/config.ts';

const SHOWN = 'ebook-consultation-offer';
const images = path.join(import.meta.dirname, '..', '..', 'docs', 'images');

const chromium = findChromium(process.env);
if (chromium === undefined) throw new Error(HOW_TO_GET_CHROMIUM);
const config = loadConfig(process.env);
const { templates, ...named } = templatesNamed(await readFolders(config), SHOWN);
const person = await previewPerson(config, {});
for (const template of templates) {
  const { message } = await previewMail(config, template, person, named);
  const files = await takePictures(chromium, message.html, images, 'mail');
  // One a device tells it.
  for (const file of files) {
    if (!/mail-(?:desktop-light|phone-dark)\.png$/.test(file)) rmSync(file);
    else console.log(`wrote ${path.relative(process.cwd(), file)}`);
  }
}
