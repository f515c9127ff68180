import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

export function registerRouting(program: Command): void {
  const routing = family(program, 'routing');
  const test = routing
    .command('test')
    .description('tell who would get a made-up lead, or one that there is, by the rules of the folder')
    .argument('<lead>', 'a file such as lead.yaml or lead.json, an id (lead-…) or an email address');
  answering(test, async (who: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { routingTest } = await import('../routing.ts');
    return routingTest(loadConfig(process.env), who);
  });
  examples(test, [
    ['nurture routing test lead.yaml', 'lead.yaml has what is known of it, as conditions name it: country: IT'],
    ['nurture routing test ada@lovelace.example', 'a lead that there is, by rules that are not published yet'],
  ]);
  const explain = routing
    .command('explain')
    .description('tell who would get a lead now by the published rules, who was considered, and why not')
    .argument('<lead>', 'its id (lead-…) or its email address');
  answering(explain, async (who: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { routingExplain } = await import('../routing.ts');
    return routingExplain(loadConfig(process.env), who);
  });
  examples(explain, [
    ['nurture routing explain ada@lovelace.example', 'the rule, the reps, and what keeps each of them'],
  ]);
}
