import { cleanJson } from '../domain/clean-text.ts';
import type { Organization } from '../domain/brand.ts';
import type { StatedWords } from '../domain/stated-words.ts';
import { htmlLiquid, textLiquid } from './liquid.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { Words } from './words/words.ts';

/**
 * The few pages that people reach from an email. Each is one self-contained HTML document: no script, nothing loaded,
 * usable with a keyboard and a screen reader. Every value is escaped.
 */

/** Send with every page: Content-Security-Policy. */
export const PAGE_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEAD = htmlLiquid.parse(`<!doctype html>
<html lang="{{ lang | default: 'en' }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>{{ title }}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>{{ organization.companyName }}</header>
<main>
`);
const FOOT = htmlLiquid.parse(`</main>
<footer>{{ organization.companyName }}{% if organization.postalAddress %}, {{ organization.postalAddress }}{% endif %}</footer>
</body>
</html>
`);

/** `lang` of the data is that of the document; English without it. */
export type Page<T> = (data: T & { organization: Organization }) => string;

/** A page from the Liquid source of its content; parsed once, at import. */
export function page<T extends object>(title: string, content: string): Page<T> {
  const titleTemplate = textLiquid.parse(title);
  const contentTemplate = htmlLiquid.parse(content);
  return (given) => {
    // Whatever its author could make invisible, or turn around, was stored by an older version of the engine.
    const data = cleanJson(given) as typeof given;
    const run = (template: typeof contentTemplate, more: object = {}): string =>
      String(htmlLiquid.renderSync(template, { ...data, ...more }));
    // Not escaped here: the head escapes it as a value.
    const pageTitle: unknown = textLiquid.renderSync(titleTemplate, data);
    return run(HEAD, { title: pageTitle }) + run(contentTemplate) + run(FOOT);
  };
}

export interface UnsubscribePage {
  lang: string;
  t: Words['unsubscribe'];
  /** Where the form posts to: the page's own address. */
  action: string;
  /** Where one chooses instead. */
  preferences: string;
  /** Whom it is about, in a sentence. */
  of: string;
}

/** Asks; nothing has changed yet, since a GET changes nothing. */
export const unsubscribePage: Page<UnsubscribePage> = page(
  '{{ t.title }}',
  `<h1>{{ t.heading }}</h1>
<p>{{ of }}</p>
<form method="post" action="{{ action }}">
<input type="hidden" name="from" value="page">
<button type="submit" class="main">{{ t.button }}</button>
</form>
<p class="small">{{ t.small }}</p>
<p><a href="{{ preferences }}">{{ t.choose }}</a></p>`,
);

export const unsubscribedPage: Page<{ lang: string; t: Words['unsubscribe']; of: string }> = page(
  '{{ t.done }}',
  `<p class="sign ok" aria-hidden="true">✓</p>
<h1>{{ t.done }}</h1>
<p>{{ of }}</p>
<p class="small">{{ t.close }}</p>`,
);

export const errorPage: Page<{ lang?: string; title: string; message: string; hint?: string | null }> = page(
  '{{ title }}',
  `<p class="sign" aria-hidden="true">?</p>
<h1>{{ title }}</h1>
<p>{{ message }}</p>
{% if hint %}<p class="small">{{ hint }}</p>{% endif %}`,
);

/** Shown after a form without a script when the form has no `redirect`. */
export const formReceivedPage: Page<object> = page(
  'Thank you',
  `<p class="sign ok" aria-hidden="true">✓</p>
<h1>Thank you</h1>
<p>We have received what you sent. You can close this page.</p>`,
);

/** For who gets a report by mail: asks; nothing has changed yet, since a GET changes nothing. */
export const digestPage: Page<{ action: string }> = page(
  'A report by mail',
  `<h1>Get this report by mail no more?</h1>
<p>It stays in the console, where you can ask for it again.</p>
<form method="post" action="{{ action }}">
<button type="submit" class="main">Get it no more</button>
</form>`,
);

export const digestEndedPage: Page<object> = page(
  'It comes no more',
  `<p class="sign ok" aria-hidden="true">✓</p>
<h1>It comes no more</h1>
<p>The report is not sent to you any more. You can close this page.</p>`,
);

/** For a token that is malformed, changed or too old. The page does not say which. */
export function linkNotValidPage(organization: Organization): string {
  return errorPage({
    organization,
    title: 'This link is not valid',
    message: 'The link may be incomplete or too old. Please open it from the email again, or copy the whole link.',
    hint: 'Nothing has been changed.',
  });
}

export interface DecisionPage {
  action: string;
  /** How the lead stands as it is shown. Posted along, so that a decision holds for what was read. */
  shown: string;
  lead: {
    name: string | null;
    company?: string | null;
    jobTitle?: string | null;
    country?: string | null;
    email?: string | null;
    phone?: string | null;
    /** Address of a link that calls the phone; null: it is no number that can be called. */
    call?: string | null;
  };
  repName: string;
  score: number;
  grade: string;
  source?: string | null;
  campaign?: string | null;
  productLine?: string | null;
  needType?: string | null;
  /** What nothing else shows, as somebody stated it. */
  stated?: readonly StatedWords[];
  /** When an answer is due, in words. */
  dueAt?: string | null;
  /** Why the lead comes now, and what to do next, each in a sentence or two. */
  whyNow: string;
  nextAction?: string | null;
  reasons: readonly { rule: string; points: number; when: string }[];
  actions: readonly { what: string; when: string }[];
  /** The reasons a rep can choose for a reject: what each is called and what follows. */
  rejectReasons: readonly { key: string; words: string }[];
  /** What was chosen and written before the page came back with a problem. */
  typed?: { reason: string; note: string };
  /** The same for one showing of the page, so that a button that is pressed twice decides once. */
  once?: string;
  /** True when the rep has accepted the lead before. Then it can only be sent back. */
  accepted: boolean;
  /** Shown above the form, for example after a reject without a reason. */
  problem?: string | null;
}

/** The brief with accept and reject. Posts `decision=accept`, or `decision=reject` with `reason` and `note`. */
export const decisionPage: Page<DecisionPage> = page(
  "{{ lead.name | default: 'A new lead' }}: {% if accepted %}yours{% else %}accept or reject{% endif %}",
  `<p class="eyebrow">Grade {{ grade }} · Score {{ score }}</p>
<h1>{{ lead.name | default: 'A new lead' }}{% if lead.company %}<span class="company">{{ lead.company }}</span>{% endif %}</h1>
{% if problem %}<p class="problem" role="alert">{{ problem }}</p>{% endif %}
<dl>
{% if lead.jobTitle %}<dt>Role</dt><dd>“{{ lead.jobTitle }}”</dd>{% endif %}
{% if lead.country %}<dt>Country</dt><dd>{{ lead.country }}</dd>{% endif %}
{% if lead.email %}<dt>Email</dt><dd><a href="mailto:{{ lead.email }}">{{ lead.email }}</a></dd>{% endif %}
{% if lead.phone %}<dt>Phone</dt><dd>{% if lead.call %}<a href="{{ lead.call }}">{{ lead.phone }}</a>{% else %}“{{ lead.phone }}”{% endif %}</dd>{% endif %}
<dt>Interested in</dt><dd>{{ productLine | default: 'not known' }}{% if needType %}, {{ needType }}{% endif %}</dd>
<dt>Came from</dt><dd>{% if source %}“{{ source }}”{% else %}not known{% endif %}{% if campaign %}, {{ campaign }}{% endif %}</dd>
</dl>
{% if stated.size > 0 %}<h2>In their own words</h2>
<p class="small">As the form stated it: anybody can fill one in.</p>
<dl>{% for one in stated %}<dt>{{ one.what }}</dt><dd>“{{ one.words }}”</dd>{% endfor %}</dl>{% endif %}
{% if accepted %}<p>You have accepted this lead, {{ repName }}. You can still send it back below.</p>
{% else %}<form method="post" action="{{ action }}">
<input type="hidden" name="decision" value="accept"><input type="hidden" name="shown" value="{{ shown }}"><input type="hidden" name="once" value="{{ once }}">
<button type="submit" class="main">Accept this lead</button>
{% if dueAt %}<p class="small">Hello {{ repName }}, please answer by <strong>{{ dueAt }}</strong>.</p>{% endif %}
</form>{% endif %}
<h2>Why now</h2>
<p>{{ whyNow }}.{% if nextAction %} {{ nextAction }}{% endif %}</p>
{% if reasons.size > 0 %}<h2>The score, rule by rule</h2>
<table><caption class="hidden">The score, rule by rule</caption>
<thead class="hidden"><tr><th scope="col">Points</th><th scope="col">Rule</th><th scope="col">When</th></tr></thead>
<tbody>{% for reason in reasons %}<tr><td class="points{% if reason.points < 0 %} minus{% endif %}">{% if reason.points > 0 %}+{% endif %}{{ reason.points }}</td><td>{{ reason.rule }}</td><td class="when">{{ reason.when }}</td></tr>{% endfor %}</tbody></table>{% endif %}
{% if actions.size > 0 %}<h2>What they did</h2>
<table><caption class="hidden">Latest actions</caption>
<thead class="hidden"><tr><th scope="col">What</th><th scope="col">When</th></tr></thead>
<tbody>{% for action in actions %}<tr><td>{{ action.what }}</td><td class="when">{{ action.when }}</td></tr>{% endfor %}</tbody></table>{% endif %}
<h2>{% if accepted %}Send it back{% else %}Not for you?{% endif %}</h2>
<form method="post" action="{{ action }}">
<input type="hidden" name="decision" value="reject"><input type="hidden" name="shown" value="{{ shown }}"><input type="hidden" name="once" value="{{ once }}">
<label for="reason">Reason</label>
<select id="reason" name="reason" required>
<option value="">Please choose</option>
{% for reason in rejectReasons %}<option value="{{ reason.key }}"{% if reason.key == typed.reason %} selected{% endif %}>{{ reason.words }}</option>{% endfor %}
</select>
<label for="note">Note <span class="small">(what should the next rep know?)</span></label>
<textarea id="note" name="note" rows="3" maxlength="2000">{{ typed.note }}</textarea>
<button type="submit">{% if accepted %}Send back{% else %}Reject{% endif %}</button>
</form>`,
);

export interface DecisionResultPage {
  /** `accepted` and `rejected`: the decision was carried out. `refused`: it could not be carried out, and `message` says why. `over`: nothing
   * was tried, and nothing is to be decided any more. */
  result: 'accepted' | 'rejected' | 'refused' | 'over';
  leadName: string | null;
  /** For a refusal: the verdict, e.g. "already taken by Tom". */
  message?: string | null;
  lead?: { email?: string | null; phone?: string | null; call?: string | null } | null;
  /** Of a lead that the reader has: its page in the console is led to. */
  leadId?: string | null;
}

export const decisionResultPage: Page<DecisionResultPage> = page(
  "{% case result %}{% when 'accepted' %}Lead accepted{% when 'rejected' %}Lead rejected{% when 'over' %}Nothing to decide{% else %}Not possible{% endcase %}",
  `{% case result %}{% when 'accepted' %}<p class="sign ok" aria-hidden="true">✓</p>
<h1>{{ leadName | default: 'The lead' }} is yours</h1>
<p>All automatic emails to the lead have stopped. Please call soon: an early call has the best chance.</p>
{% if lead.call %}<p><a class="main" href="{{ lead.call }}">Call {{ lead.phone }}</a></p>{% elsif lead.phone %}<p>Phone: “{{ lead.phone }}”</p>{% endif %}
{% if lead.email %}<p><a href="mailto:{{ lead.email }}">{{ lead.email }}</a></p>{% endif %}
{% if leadId %}<p><a href="/console/leads/{{ leadId }}">Log the call on the page of the lead</a>: what was said and the next step stand there.</p>{% endif %}
{% when 'rejected' %}<p class="sign ok" aria-hidden="true">✓</p>
<h1>Thank you, that helps</h1>
<p>{{ leadName | default: 'The lead' }} has left your list.{% if message %} {{ message }}{% endif %}</p>
{% else %}<p class="sign" aria-hidden="true">!</p>
<h1>{% if result == 'over' %}Nothing waits for your decision{% else %}This could not be done{% endif %}</h1>
<p>{{ message | default: 'The lead is no longer waiting for your answer.' }}</p>
{% if leadId %}<p><a class="main" href="/console/leads/{{ leadId }}">Open the page of the lead</a></p>{% endif %}{% endcase %}
<p class="small"><a href="/console">To your desk</a>, or close this page.</p>`,
);
