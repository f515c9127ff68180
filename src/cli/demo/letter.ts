/** What can be done with a mail that arrived. Each throws, in one line, when the mail does not have what it should. */
import { AppError } from '../../domain/errors.ts';
import { followLink, loadImage, openPage, postOneClick, submitForm } from './browser.ts';
import { readHtml } from './html.ts';
import type { Mail } from './inbox.ts';

/** Opens it in a program that shows images. */
export async function open(mail: Mail): Promise<void> {
  const pixel = readHtml(mail.html).images.find((src) => src.includes('/o/'));
  if (pixel === undefined) throw lacks(mail, 'no open pixel');
  await loadImage(pixel);
}

/** Presses a button or link in it. Answers where it leads. */
export async function click(mail: Mail, label: string): Promise<string> {
  const { links } = readHtml(mail.html);
  const link = links.find(({ text }) => text.trim() === label);
  if (link === undefined)
    throw lacks(mail, `no link ‘${label}’; it has ${links.map(({ text }) => `‘${text.trim()}’`).join(', ')}`);
  return followLink(link.href);
}

/** Presses the unsubscribe button that mail programs show above it. */
export async function unsubscribeByOneClick(mail: Mail): Promise<void> {
  const url = /<([^>]+)>/.exec(mail.headers['list-unsubscribe'] ?? '')?.[1];
  if (url === undefined || mail.headers['list-unsubscribe-post'] !== 'List-Unsubscribe=One-Click') {
    throw lacks(mail, 'no headers that say how to unsubscribe by one click');
  }
  await postOneClick(url);
}

export type Decision = { decision: 'accept' } | { decision: 'reject'; reason: string; note: string };

/** Opens the link in a rep's mail and decides on the page. */
export async function decideByLink(mail: Mail, decision: Decision): Promise<void> {
  const link = readHtml(mail.html).links.find(({ href }) => href.includes('/r/'));
  if (link === undefined) throw lacks(mail, 'no link to decideByLink');
  const page = await openPage(link.href);
  const form = page.forms.find(({ inputs }) => inputs['decision'] === decision.decision);
  if (form === undefined) throw lacks(mail, `a page without a form to ${decision.decision}`);
  if (decision.decision === 'reject' && form.choices['reason']?.includes(decision.reason) !== true) {
    throw lacks(mail, `a page on which the reason ‘${decision.reason}’ cannot be chosen`);
  }
  await submitForm(link.href, form, decision);
}

function lacks(mail: Mail, what: string): AppError {
  return new AppError('INTERNAL', `The mail ‘${mail.subject}’ has ${what}.`);
}
