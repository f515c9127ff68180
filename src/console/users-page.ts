/** The users of the console, for an admin: who is there, inviting one, changing and disabling them. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { USER_ROLES, actorHandle, type UserRole } from '../domain/actor.ts';
import { ERROR_CODES, isAppError } from '../domain/errors.ts';
import { changeUser, inviteUser, listUsers, type ListedUser, readTeams } from '../store/access/users.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { type FormFields, fieldsOfForm, type Refused, refusedInWords, refusedOf } from './form-fields.ts';
import { csrfField, type Html, problem, sendPage, said } from './layout.ts';
import { headOf } from './navigation.ts';
import { requireAtAll, type Visitor, visitorOf } from './session.ts';
import { whenShown } from './words.ts';
import { wrongField } from './wrong.ts';

const ROLE_WORDS: Readonly<Record<UserRole, string>> = {
  marketer: 'Marketer: content, campaigns, reports',
  manager: 'Manager: leads of teams, handing over, absences',
  operator: 'Operator: every lead, what waits for a person',
  admin: 'Admin: everything, users and keys too',
};

const DONE: Readonly<Record<string, string>> = {
  invited: 'The user may sign in now, and was told by mail.',
  changed: 'The change is in force.',
};

export function usersPage(router: Router, deps: ConsoleDeps): void {
  const { store, settings, sendInvitation } = deps;
  const by = (visitor: Visitor) => ({
    actor: actorHandle(requireAtAll(visitor, 'manage-users')),
    at: new Date(store.realNow()),
  });

  async function show(request: Request, response: Response, visitor: Visitor, refused: Refused | null): Promise<void> {
    requireAtAll(visitor, 'manage-users');
    const [users, teams] = await Promise.all([listUsers(store.db, new Date(store.realNow())), readTeams(store.db)]);
    const frame = { title: 'Users', companyName: settings.organization.companyName, who: headOf(visitor) };
    const cards = users.map((user) => userCard(user, teams, visitor, refused));
    const invite = inviteForm(teams, visitor, refused);
    const content = html`${said(DONE, request)}${problem(refusedInWords(refused))}
      <p class="soft">
        Reps need no row here: they sign in with their address in <code>routing.yaml</code>. Everybody else is invited.
      </p>
      ${users.length === 0 ? html`<p class="soft">There is no user yet.</p>` : cards} ${invite}
      <p class="soft small">Times are those of ${visitor.zone}.</p>`;
    await sendPage(response, refused === null ? 200 : ERROR_CODES[refused.error.code].status, frame, content);
  }

  const onPost = (path: string, done: string, work: (visitor: Visitor, request: Request) => Promise<void>): void => {
    router.post(path, async (request, response) => {
      const visitor = await visitorOf(store, request, response);
      if (visitor === null) return;
      try {
        await work(visitor, request);
        response.redirect(303, `/console/users?done=${done}`);
      } catch (error) {
        if (!isAppError(error) || ERROR_CODES[error.code].status >= 500 || error.code === 'FORBIDDEN') throw error;
        await show(request, response, visitor, refusedOf(request.path, request, error));
      }
    });
  };

  router.get('/users', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await show(request, response, visitor, null);
  });

  onPost('/users', 'invited', async (visitor, request) => {
    const { email, name } = await inviteUser(
      store.db,
      { email: field(request, 'email'), name: field(request, 'name'), role: roleOf(request), teams: teamsOf(request) },
      by(visitor),
    );
    void sendInvitation({ address: email, name });
  });

  onPost('/users/:id', 'changed', async (visitor, request) => {
    const active = field(request, 'active');
    const id = String(request.params['id']);
    const patch =
      active === ''
        ? { name: field(request, 'name'), role: roleOf(request), teams: teamsOf(request) }
        : { active: active === 'true' };
    await changeUser(store.db, id, patch, by(visitor));
  });
}

function roleOf(request: Request): UserRole {
  const role = USER_ROLES.find((one) => one === field(request, 'role'));
  if (role === undefined) throw wrongField('role', 'Choose one of the roles.');
  return role;
}

/** Only a manager has teams: what is in the field of others counts for nothing. */
function teamsOf(request: Request): string[] {
  return roleOf(request) === 'manager' ? field(request, 'teams').split(/[\s,]+/) : [];
}

function inviteForm(teams: readonly string[], { csrf }: Visitor, refused: Refused | null): Html {
  const fields = fieldsOfForm('/users', refused);
  return html`<form class="card" method="post" action="/console/users" aria-labelledby="invite">
    <h2 id="invite">Invite a user</h2>
    ${csrfField(csrf)} ${fields.problem} ${fields.input('name', 'Name', { required: true, longest: 100 })}
    ${fields.input('email', 'Email address', { type: 'email', required: true, longest: 254 })}
    ${fields.select('role', 'Role', { '': 'Choose', ...ROLE_WORDS }, { required: true })}
    ${teamsField(fields, teams, [])}
    <button class="main">Invite</button>
  </form>`;
}

function userCard(user: ListedUser, teams: readonly string[], { csrf, zone }: Visitor, refused: Refused | null): Html {
  const form = `/users/${user.id}`;
  const fields = fieldsOfForm(form, refused, `${user.id}-`);
  const seen = user.signedInAt === null ? 'not signed in' : `signed in since ${whenShown(user.signedInAt, zone)}`;
  return html`<section class="card">
    <h2>${user.name}</h2>
    <p>
      <a href="mailto:${user.email}">${user.email}</a> <span class="badge">${user.role}</span>
      ${user.teams.map((team) => html` <span class="badge">${team}</span>`)}
      ${user.active ? html`<span class="soft">${seen}</span>` : html`<span class="badge late">disabled</span>`}
    </p>
    <details ${refused?.form === form ? html`open` : ''}>
      <summary>Change ${user.name}</summary>
      <form method="post" action="/console/users/${user.id}">
        ${csrfField(csrf)} ${fields.problem}
        ${fields.input('name', 'Name', { value: user.name, required: true, longest: 100 })}
        ${fields.select('role', 'Role', ROLE_WORDS, { value: user.role })}${teamsField(fields, teams, user.teams)}
        <button>Save ${user.name}</button>
      </form>
      <form method="post" action="/console/users/${user.id}">
        ${csrfField(csrf)} <input type="hidden" name="active" value="${String(!user.active)}" />
        <button>${user.active ? 'Disable' : 'Enable'} ${user.name}</button>
      </form>
    </details>
  </section>`;
}

function teamsField(fields: FormFields, teams: readonly string[], chosen: readonly string[]): Html {
  const label = `Teams of a manager (${teams.join(', ')}; empty: all)`;
  return fields.input('teams', label, { value: chosen.join(', ') });
}
