import { type Command, InvalidArgumentError } from 'commander';
import { answering, examples, family } from '../command.ts';
import { wholeNumber } from '../numbers.ts';

const KEY = ['<campaign>', 'its key, such as frost-webinar'] as const;
const ON = ['--on <day>', 'of which day it is, such as 2027-03-10; today without it'] as const;

/** PostgreSQL counts them by an int. */
const people = wholeNumber(0, 999_999_999, 'a whole number, such as 120');

export function registerCampaigns(program: Command): void {
  const campaigns = family(program, 'campaigns');
  const list = campaigns
    .command('list')
    .description('list the campaigns of campaigns.yaml and of the API, and those that only touches name');
  answering(list, async () => {
    const { config, commands } = await load();
    return commands.campaignsList(config);
  });
  examples(list, [
    ['nurture campaigns list', 'what each is, when, its budget and what was spent'],
    ['nurture report campaigns --by campaign', 'what each brought'],
  ]);

  const show = campaigns
    .command('show')
    .description('show a campaign, with its costs, who came and how it was liked')
    .argument(...KEY);
  answering(show, async (key: string) => {
    const { config, commands } = await load();
    return commands.campaignsShow(config, key);
  });
  examples(show, [['nurture campaigns show frost-webinar', 'what can be removed has its id behind it']]);

  const end = campaigns
    .command('end')
    .description('end a campaign that was written through the API; one of campaigns.yaml is taken out there')
    .argument(...KEY);
  answering(end, async (key: string) => {
    const { config, commands } = await load();
    return commands.campaignsEnd(config, key);
  });
  examples(end, [['nurture campaigns end spring-fair', 'it keeps its touches, and has no dates and costs any more']]);
  registerEntries(campaigns);
}

/** What is known of a campaign afterwards. */
function registerEntries(campaigns: Command): void {
  const cost = campaigns
    .command('cost')
    .description('add a cost, also to a campaign of campaigns.yaml')
    .argument(...KEY)
    .argument('<amount>', 'with its currency, such as "1250.50 EUR"')
    .option(...ON)
    .option('--for <what>', 'what it was for');
  answering(cost, async (key: string, amount: string, options: { on?: string; for?: string }) => {
    const { config, commands } = await load();
    return commands.campaignsCost(config, key, amount, options);
  });
  examples(cost, [['nurture campaigns cost frost-webinar "1250.50 EUR" --for ads', 'spent today']]);

  const attendance = campaigns
    .command('attendance')
    .description('add who came, as somebody counted them; entries add up')
    .argument(...KEY)
    .option(...ON)
    .option('--registered <people>', 'how many had registered', people)
    .option('--attended <people>', 'how many came', people)
    .option('--missed <people>', 'how many did not come', people);
  answering(
    attendance,
    async (key: string, options: { on?: string; registered?: number; attended?: number; missed?: number }) => {
      const { config, commands } = await load();
      return commands.campaignsAttendance(config, key, options);
    },
  );
  examples(attendance, [
    ['nurture campaigns attendance frost-webinar --registered 120 --attended 85', 'also of people whom nobody knows'],
  ]);

  const feedback = campaigns
    .command('feedback')
    .description('add how people liked it, as somebody summed it up; name nobody')
    .argument(...KEY)
    .option(...ON)
    .option('--rating <mean>', 'the mean of the ratings', number)
    .option('--answers <people>', 'of how many people', people)
    .option('--words <text>', 'in words');
  answering(
    feedback,
    async (key: string, options: { on?: string; rating?: number; answers?: number; words?: string }) => {
      const { config, commands } = await load();
      return commands.campaignsFeedback(config, key, options);
    },
  );
  examples(feedback, [
    ['nurture campaigns feedback frost-webinar --rating 4.3 --answers 40 --words "Good talks."', 'of today'],
  ]);

  const remove = campaigns
    .command('remove')
    .description('remove a cost, attendance or feedback that was added by mistake')
    .argument(...KEY)
    .argument('<id>', 'as `nurture campaigns show` has it');
  answering(remove, async (key: string, id: string) => {
    const { config, commands } = await load();
    return commands.campaignsRemove(config, key, id);
  });
  examples(remove, [['nurture campaigns show frost-webinar', 'the ids of what was added']]);
}

function number(text: string): number {
  if (/^\d{1,3}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number, such as 4.3');
}

async function load(): Promise<{
  config: import('../../runtime/config.ts').Config;
  commands: typeof import('../campaigns.ts');
}> {
  const { loadConfig } = await import('../../runtime/config.ts');
  return { config: loadConfig(process.env), commands: await import('../campaigns.ts') };
}
