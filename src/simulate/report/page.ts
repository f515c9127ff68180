/** A simulation as one HTML file that needs nothing besides itself: no request leaves it. */
import { html, raw } from 'hono/html';
import { countOf } from '../../domain/count-of.ts';
import type { StoryLine } from '../../domain/story.ts';
import type { Simulation, SimulatedMail } from '../result.ts';
import { PAGE_STYLE } from './page-style.ts';
import { scoreChart } from './score-chart.ts';
import { compare } from './table.ts';
import { endInWords, taskInWords, webhookInWords } from './terminal.ts';

type Html = ReturnType<typeof html>;

/**
 * Frames of mails inherit it: so no mail loads anything either. A frame shows its mail by `srcdoc`, and goes nowhere when a link in it
 * is pressed.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** One page for one or several personas. */
export async function simulationPage(simulations: readonly Simulation[]): Promise<string> {
  const [first] = simulations;
  const cadence = first?.cadence ?? null;
  const title = cadence === null ? 'Simulation' : `Simulation of ‘${cadence}’`;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>
            Played on the real engine in virtual time. Nobody got any of these mails; nothing here touches real leads,
            reports or caps.
          </p>
        </header>
        <main>${simulations.length > 1 ? overview(simulations) : ''}${simulations.map(onePersona)}</main>
      </body>
    </html>`;
  return String(page);
}

function overview(simulations: readonly Simulation[]): Html {
  const head = ['Persona', 'Emails', 'First', 'Last', 'Not sent', 'Stage at end', 'Score', 'Grade', 'Hand-off'];
  return html`<section>
    <h2>Side by side</h2>
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${simulations.map((simulation) => {
          const row = compare(simulation);
          const cells = [row.emails, dayOf(row.first), dayOf(row.last), row.notSent, row.stage, row.score, row.grade];
          return html`<tr>
            <th scope="row"><a href="#${row.persona}">${row.name}</a></th>
            ${[...cells, dayOf(row.handOffDay)].map((cell) => html`<td>${cell}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

function onePersona(simulation: Simulation): Html {
  const { persona, mails, notSent, remarks, stages, handOffs } = simulation;
  const toLead = mails.filter(({ to }) => to === 'lead');
  return html`<article id="${persona.persona}">
    <h2>${persona.name} <small>${persona.file}</small></h2>
    ${persona.description === null ? '' : html`<p>${persona.description}</p>`}
    <p class="end">${endInWords(simulation)}</p>
    <p class="about">
      ${countOf(simulation.days, 'day')} from ${simulation.startedAt.slice(0, 10)}, seed ${simulation.seed}, times of
      ${simulation.zone}
    </p>
    ${list('About the simulation', remarks)}
    <h3>Score</h3>
    <figure role="img" aria-label="${chartInWords(simulation)}">${raw(scoreChart(simulation))}</figure>
    ${list(
      'Stages',
      stages.map(({ day, when, to, because }) => `Day ${day}, ${when}: ${to} (${because})`),
    )}
    ${list(
      'Hand-offs',
      handOffs.map(
        ({ day, when, rep, status, reason }) =>
          `Day ${day}, ${when}: ${rep}, ${status}${reason === null ? '' : ` (${reason})`}`,
      ),
    )}
    ${list(
      'Not sent',
      notSent.map(({ day, when, template, why }) => `Day ${day}, ${when}: ${template}: ${why}`),
    )}
    ${list('Tasks', simulation.tasks.map(taskInWords))}
    ${list('Webhooks (posted to nobody)', simulation.webhooks.map(webhookInWords))}
    <h3>Timeline</h3>
    <ol class="story">
      ${simulation.story.map(storyLine)}
    </ol>
    <h3>${countOf(toLead.length, 'email')}</h3>
    ${toLead.map((mail, index) => oneMail(mail, { open: true, label: `${index + 1}` }))}
    ${mailsToReps(mails.filter(({ to }) => to === 'rep'))}
  </article>`;
}

function mailsToReps(mails: readonly SimulatedMail[]): Html | '' {
  if (mails.length === 0) return '';
  return html`<h3>Mails to reps</h3>
    ${mails.map((mail) => oneMail(mail, { open: false, label: 'rep' }))}`;
}

function storyLine({ day, when, at, stage, voice, text }: StoryLine): Html {
  return html`<li class="${voice}">
    <time datetime="${at}" title="${at}">day ${day} · ${when}</time> <span class="stage">${stage}</span> ${text}
  </li>`;
}

/** The mail as it would look, in a frame of its own, so that its styles stay in it. */
function oneMail(mail: SimulatedMail, { open, label }: { open: boolean; label: string }): Html {
  const from = mail.step === null ? mail.template : `${mail.template}, step ‘${mail.step}’ of ‘${mail.cadence ?? ''}’`;
  return html`<details class="mail" ${open ? raw('open') : ''}>
    <summary>
      <b>${label}</b> <time datetime="${mail.at}">day ${mail.day} · ${mail.when}</time> (${mail.at.slice(0, 16)}Z)
      <strong>${mail.subject}</strong> <span class="about">${from}</span>
    </summary>
    ${mail.reactions.map(({ when, did }) => html`<p class="reaction">${when}: ${did}</p>`)}
    <iframe sandbox="" title="${mail.subject}" srcdoc="${mail.html}"></iframe>
    <details>
      <summary>Plain text</summary>
      <pre>${mail.text}</pre>
    </details>
  </details>`;
}

function list(title: string, lines: readonly string[]): Html | '' {
  if (lines.length === 0) return '';
  return html`<h3>${title}</h3>
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>`;
}

function chartInWords({ scores, readyAt, end }: Simulation): string {
  const highest = Math.floor(Math.max(0, ...scores.map(({ score }) => score)));
  const ready = readyAt === null ? 'is never ready by score' : `is ready from ${readyAt}`;
  return `Score by day: at most ${highest}, ${end.score} at the end; a lead of grade ${end.grade} ${ready}`;
}

function dayOf(day: number | null): string {
  return day === null ? '–' : `day ${day}`;
}
