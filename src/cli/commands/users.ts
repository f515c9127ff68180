import { type Command, Option } from 'commander';
import { USER_ROLES, type UserRole } from '../../domain/actor.ts';
import { answering, examples, family } from '../command.ts';

const load = async () => (await import('../../runtime/config.ts')).loadConfig(process.env);

const roleOption = () => new Option('--role <role>', 'what they may do').choices([...USER_ROLES]);
const teamOption = () => new Option('--team <team...>', 'of a manager: the teams they manage; without it all');

export function registerUsers(program: Command): void {
  const users = family(program, 'users');
  const list = users.command('list').description('list who may sign in to the console beside the reps');
  answering(list, async () => {
    const { usersList } = await import('../users.ts');
    return usersList(await load());
  });
  examples(list, [['nurture users list', 'who is there, with which role']]);

  const invite = users
    .command('invite')
    .description('let somebody sign in to the console')
    .argument('<address>', 'their mail address')
    .requiredOption('--name <name>', 'what they are called')
    .addOption(roleOption().makeOptionMandatory())
    .addOption(teamOption());
  answering(invite, async (address: string, options: { name: string; role: UserRole; team?: string[] }) => {
    const { usersInvite } = await import('../users.ts');
    return usersInvite(await load(), address, options);
  });
  examples(invite, [
    ['nurture users invite mia@example.com --name "Mia Rossi" --role admin', 'the first admin invites the others'],
    ['nurture users invite kim@example.com --name Kim --role manager --team europe', 'a manager of one team'],
  ]);

  const set = users
    .command('set')
    .description('change the name, the role or the teams of a user')
    .argument('<address>', 'their mail address')
    .option('--name <name>', 'what they are called')
    .addOption(roleOption())
    .addOption(teamOption());
  answering(set, async (address: string, { name, role, team }: { name?: string; role?: UserRole; team?: string[] }) => {
    const { usersChange } = await import('../users.ts');
    return usersChange(await load(), address, { name, role, teams: team });
  });
  examples(set, [['nurture users set kim@example.com --role operator', 'from the next page that Kim opens']]);

  for (const name of ['disable', 'enable'] as const) {
    const words =
      name === 'disable' ? 'end the right of a user to sign in, at once' : 'let a disabled user sign in again';
    const command = users.command(name).description(words).argument('<address>', 'their mail address');
    answering(command, async (address: string) => {
      const { usersChange } = await import('../users.ts');
      return usersChange(await load(), address, { active: name === 'enable' });
    });
    examples(command, [[`nurture users ${name} kim@example.com`, words]]);
  }

  const link = users
    .command('link')
    .description('make a link to sign in, for when no mail gets through')
    .argument('<address>', 'mail address of a user or a rep');
  answering(link, async (address: string) => {
    const { usersLink } = await import('../users.ts');
    return usersLink(await load(), address);
  });
  examples(link, [['nurture users link mia@example.com', 'works once, for ten minutes']]);
}
