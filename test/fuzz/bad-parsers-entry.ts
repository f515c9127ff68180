/** Parsers that misbehave, for what watches over them. */
import fc from 'fast-check';
import type { ParserTarget } from '../../fuzz/parsers.ts';

export function parserTargets(): ParserTarget[] {
  const target = (name: string, read: ParserTarget['read']): ParserTarget => ({
    name,
    inputs: fc.constant('sound'),
    known: ['sound', 'evil', 'more'],
    read,
    refusals: [],
    share: 1,
  });
  return [
    target('loops', (input) => {
      for (;;) if (input !== 'evil') return input;
    }),
    target('ends', (input) => {
      if (input === 'evil') process.exit(3);
    }),
    target('reads', (input) => input),
  ];
}
