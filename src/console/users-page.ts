/** The users of the console, for an admin: who is there, inviting one, changing and disabling them. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { USER_ROLES, actorHandle, type UserRole } from '../domain/actor.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { changeUser, inviteUser, listUsers, type ListedUser, readTeams } from '../store/access/users.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { csrfField, type Html, problem, sendPage, said } from './layout.ts';
import { headOf } from './navigation.ts';
import { requireAtAll, type Visitor, visitorOf } from './session.ts';

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

  async function show(request: Request, response: Response, visitor: Visitor, wrong: AppError | null): Promise<void> {
    requireAtAll(visitor, 'manage-users');
    const [users, teams] = await Promise.all([listUsers(store.db, new Date(store.realNow())), readTeams(store.db)]);
    const frame = { title: 'Users', companyName: settings.organization.companyName, who: headOf(visitor) };
    const content = html`${said(DONE, request)}${problem(wrong?.message ?? null)}
      <p class="soft">
        Reps need no row here: they sign in with their address in <code>routing.yaml</code>. Everybody else is invited.
      </p>
      ${users.length === 0 ? html`<p class="soft">There is no user yet.</p>` : users.map((user) => userCard(user, teams, visitor))}
      ${inviteForm(teams, visitor)}`;
    await sendPage(response, wrong === null ? 200 : ERROR_CODES[wrong.code].status, frame, content);
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
        await show(request, response, visitor, error);
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
  if (role === undefined) throw new AppError('VALIDATION_FAILED', 'Choose one of the roles.');
  return role;
}

/** Only a manager has teams: what is in the field of others counts for nothing. */
function teamsOf(request: Request): string[] {
  return roleOf(request) === 'manager' ? field(request, 'teams').split(/[\s,]+/) : [];
}

function inviteForm(teams: readonly string[], { csrf }: Visitor): Html {
  return html`<form class="card" method="post" action="/console/users" aria-labelledby="invite">
    <h2 id="invite">Invite a user</h2>
    ${csrfField(csrf)} <label for="name">Name</label><input id="name" name="name" required maxlength="100" />
    <label for="email">Email address</label
    ><input id="email" name="email" type="email" required maxlength="254" /> ${rolesField('new', 'marketer')}
    ${teamsField('new', teams, [])}
    <button class="main">Invite</button>
  </form>`;
}

function userCard(user: ListedUser, teams: readonly string[], { csrf, zone }: Visitor): Html {
  const seen =
    user.signedInAt === null ? 'not signed in' : `signed in since ${formatForPeople(user.signedInAt.getTime(), zone)}`;
  return html`<section class="card">
    <h2>${user.name}</h2>
    <p>
      <a href="mailto:${user.email}">${user.email}</a> <span class="badge">${user.role}</span>
      ${user.teams.map((team) => html` <span class="badge">${team}</span>`)}
      ${user.active ? html`<span class="soft">${seen}</span>` : html`<span class="badge late">disabled</span>`}
    </p>
    <details>
      <summary>Change ${user.name}</summary>
      <form method="post" action="/console/users/${user.id}">
        ${csrfField(csrf)} <label for="name-${user.id}">Name</label
        ><input id="name-${user.id}" name="name" value="${user.name}" required maxlength="100" />
        ${rolesField(user.id, user.role)}${teamsField(user.id, teams, user.teams)}
        <button>Save ${user.name}</button>
      </form>
      <form method="post" action="/console/users/${user.id}">
        ${csrfField(csrf)} <input type="hidden" name="active" value="${String(!user.active)}" />
        <button>${user.active ? 'Disable' : 'Enable'} ${user.name}</button>
      </form>
    </details>
  </section>`;
}

function rolesField(id: string, chosen: UserRole): Html {
  return html`<label for="role-${id}">Role</label
    ><select id="role-${id}" name="role">
      ${USER_ROLES.map((role) => html`<option value="${role}" ${role === chosen ? 'selected' : ''}>${ROLE_WORDS[role]}</option>`)}
    </select>`;
}

function teamsField(id: string, teams: readonly string[], chosen: readonly string[]): Html {
  return html`<label for="teams-${id}">Teams of a manager (${teams.join(', ')}; empty: all)</label
    ><input id="teams-${id}" name="teams" value="${chosen.join(', ')}" maxlength="500" />`;
}
