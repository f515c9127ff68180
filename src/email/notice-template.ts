import { createHash } from 'node:crypto';
import type { TemplateSource } from '../domain/template.ts';
import type { NoticeWords, Words } from './words/words.ts';

/** Mails of ours to a lead that no marketer writes: transactional, with one button. */
export type Notice = 'confirm' | 'preferences';

/** The template of a notice in a language. It needs no file: a playbook cannot lack it, and no publishing can break it. */
export function noticeTemplate(notice: Notice, { lang, mail }: Words): TemplateSource {
  const words = mail[notice];
  const { subject, preheader } = words;
  const body = bodyOf(words, { lang, url: `links.${notice}` });
  const hash = createHash('sha256').update(JSON.stringify({ subject, preheader, body })).digest('hex');
  const file = `${notice}.${lang}`;
  return {
    key: notice,
    hash,
    subject,
    preheader,
    topic: notice,
    kind: 'transactional',
    text: null,
    body,
    file,
    spans: [],
  };
}

function bodyOf({ heading, text, button, small }: NoticeWords, { lang, url }: { lang: string; url: string }): string {
  return `<mjml lang="${lang}">
  <mj-head>
    <mj-title>{{ subject }}</mj-title>
    <mj-preview>{{ preheader }}</mj-preview>
    <mj-attributes>
      <mj-all font-family="-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" />
      <mj-text color="{{ brand.colors.text }}" font-size="16px" line-height="26px" padding="0 40px 16px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="{{ brand.colors.background }}" width="600px">
    <mj-section padding="28px 0 16px">
      <mj-column><mj-text font-size="19px" color="{{ brand.colors.main }}"><strong>{{ sender.companyName }}</strong></mj-text></mj-column>
    </mj-section>
    <mj-section background-color="#ffffff" padding="36px 0 20px">
      <mj-column>
        <mj-text font-size="24px" line-height="32px" color="{{ brand.colors.main }}"><strong>${heading}</strong></mj-text>
        <mj-text>${text}</mj-text>
        <mj-button href="{{ ${url} }}" background-color="{{ brand.colors.accent }}" color="{{ brand.colors.inverse }}" font-size="16px" align="left" padding="8px 40px 20px" inner-padding="13px 24px">${button}</mj-button>
        <mj-text font-size="14px" line-height="22px" color="{{ brand.colors.muted }}">${small}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section padding="24px 0 40px">
      <mj-column><mj-text font-size="13px" line-height="20px" color="{{ brand.colors.muted }}">{{ sender.companyName }}, {{ sender.postalAddress }}</mj-text></mj-column>
    </mj-section>
  </mj-body>
</mjml>`;
}
