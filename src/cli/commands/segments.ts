import type { Command } from 'commander';
import { answering, examples, family } from '../command.ts';

const SHOWN = 50;

export function registerSegments(program: Command): void {
  const segments = family(program, 'segment');
  const count = segments.command('count [segment]').description('count the leads in each segment, or in one');
  answering(count, async (segment: string | undefined) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { segmentCount } = await import('../segments.ts');
    return segmentCount(loadConfig(process.env), segment);
  });
  examples(count, [
    ['nurture segment count', 'every segment of the published playbook'],
    ['nurture segment count wine-growers --json', 'one, for a program'],
  ]);
  const list = segments.command('list <segment>').description(`list the newest ${SHOWN} leads of a segment`);
  answering(list, async (segment: string) => {
    const { loadConfig } = await import('../../runtime/config.ts');
    const { segmentList } = await import('../segments.ts');
    return segmentList(loadConfig(process.env), segment, SHOWN);
  });
  examples(list, [['nurture segment list wine-growers', 'ids, the newest first']]);
}
