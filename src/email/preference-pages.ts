import { page, type Page } from './pages.ts';
import type { TrackingQuestion } from '../domain/tracking.ts';
import type { Words } from './words/words.ts';

/** The pages on which a reader confirms a consent or chooses what to get. They work without a script and without a login. */

export interface PreferencePage {
  lang: string;
  action: string;
  t: Words['preferences'];
  of: string;
  saved: boolean;
  problem: string | null;
  topics: readonly { topic: string; name: string; on: boolean }[];
  frequencies: readonly { frequency: string; name: string; on: boolean }[];
  snoozes: readonly { value: string; name: string; on: boolean }[];
  /** The day of a pause that was filled in, where it is shown again. */
  until: string;
  /** The box against tracking is ticked, where it is shown again. */
  untracked: boolean;
  /** ISO dates of the first and the last day that can be chosen. */
  from: string;
  to: string;
  /** What is asked about opens and clicks; null: nothing, they are not recorded of anybody. */
  tracking: TrackingQuestion | null;
  languages: readonly { language: string; name: string; on: boolean }[];
}

/** Two forms that post to the page itself: `do=save` with what was chosen, or `do=leave`. */
export const preferencePage: Page<PreferencePage> = page(
  '{{ t.title }}',
  `<h1>{{ t.title }}</h1>
{% if saved %}<p class="notice" role="status">{{ t.saved }}</p>{% endif %}
{% if problem %}<p class="problem" role="alert">{{ problem }}</p>{% endif %}
<p>{{ of }}</p>
<form method="post" action="{{ action }}">
<input type="hidden" name="do" value="save">
<fieldset><legend>{{ t.topics }}</legend>
{% for one in topics %}<input type="hidden" name="shown" value="{{ one.topic }}"><label class="choice"><input type="checkbox" name="topic" value="{{ one.topic }}"{% if one.on %} checked{% endif %}> {{ one.name }}</label>{% endfor %}
{% if topics.size == 0 %}<p class="small">{{ t.noTopics }}</p>{% endif %}</fieldset>
<fieldset><legend>{{ t.frequency }}</legend>
{% for one in frequencies %}<label class="choice"><input type="radio" name="frequency" value="{{ one.frequency }}"{% if one.on %} checked{% endif %}> {{ one.name }}</label>{% endfor %}</fieldset>
{% if tracking %}<fieldset><legend>{{ t.tracking }}</legend>
{% if tracking.asks == 'objection' %}<label class="choice"><input type="checkbox" name="untracked" value="yes"{% if untracked %} checked{% endif %}> {{ t.trackingObjection }}</label>{% else %}<input type="hidden" name="shown" value="tracking"><label class="choice"><input type="checkbox" name="topic" value="tracking"{% if tracking.on %} checked{% endif %}> {{ t.trackingLabel }}</label>{% endif %}</fieldset>{% endif %}
<label for="snooze">{{ t.pause }}</label>
<select id="snooze" name="snooze">{% for one in snoozes %}<option value="{{ one.value }}"{% if one.on %} selected{% endif %}>{{ one.name }}</option>{% endfor %}</select>
<label for="until">{{ t.untilLabel }}</label>
<input type="date" id="until" name="until" min="{{ from }}" max="{{ to }}"{% if until != '' %} value="{{ until }}"{% endif %}>
<label for="language">{{ t.language }}</label>
<select id="language" name="language">{% for one in languages %}<option value="{{ one.language }}"{% if one.on %} selected{% endif %}>{{ one.name }}</option>{% endfor %}</select>
<button type="submit" class="main">{{ t.save }}</button>
</form>
<h2>{{ t.leaveHeading }}</h2>
<p>{{ t.leaveText }}</p>
<form method="post" action="{{ action }}">
<input type="hidden" name="do" value="leave">
<button type="submit">{{ t.leave }}</button>
</form>
<p class="small">{{ t.small }}</p>`,
);

/** In place of the choices: says why not here, and offers to mail a link to the address that this one was for. Posts `do=mail`. */
export const mailedPreferencesPage: Page<{
  lang: string;
  action: string;
  t: Words['preferences'];
  title: string;
  text: string;
}> = page(
  '{{ title }}',
  `<p class="sign" aria-hidden="true">?</p>
<h1>{{ title }}</h1>
<p>{{ text }}</p>
<form method="post" action="{{ action }}">
<input type="hidden" name="do" value="mail">
<button type="submit" class="main">{{ t.mailLink }}</button>
</form>`,
);

export const linkMailedPage: Page<{ lang: string; t: Words['preferences'] }> = page(
  '{{ t.linkMailed }}',
  `<p class="sign ok" aria-hidden="true">✓</p>
<h1>{{ t.linkMailed }}</h1>
<p>{{ t.linkMailedText }}</p>`,
);

export interface ConfirmPage {
  lang: string;
  action: string;
  t: Words['confirm'];
  ask: string;
  /** The words that were agreed to, as a form stated them. */
  text: string;
  topics: string;
}

export const confirmPage: Page<ConfirmPage> = page(
  '{{ t.title }}',
  `<h1>{{ t.title }}</h1>
<p>{{ ask }}</p>
<dl><dt>{{ t.agreed }}</dt><dd>“{{ text }}”</dd><dt>{{ t.topics }}</dt><dd>{{ topics }}</dd></dl>
<form method="post" action="{{ action }}">
<button type="submit" class="main">{{ t.button }}</button>
</form>
<p class="small">{{ t.small }}</p>`,
);

export const confirmedPage: Page<{ lang: string; t: Words['confirm'] }> = page(
  '{{ t.done }}',
  `<p class="sign ok" aria-hidden="true">✓</p>
<h1>{{ t.done }}</h1>
<p>{{ t.doneText }}</p>`,
);

export const confirmOverPage: Page<{ lang: string; t: Words['confirm'] }> = page(
  '{{ t.over }}',
  `<p class="sign" aria-hidden="true">?</p>
<h1>{{ t.over }}</h1>
<p>{{ t.overText }}</p>`,
);
