/** What the shell offers at a Tab. The script of `nurture completion` asks by `nurture complete -- WORDS`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** Adds the hidden command `complete`, which answers the shell. */
export function offerCompletions(program: Command): void {
  const root = tab(program);
  const cadences = keysIn(path.join(process.env['PLAYBOOK_DIR'] ?? 'playbook', 'cadences'), '.yaml');
  const templates = keysIn(process.env['TEMPLATES_DIR'] ?? 'templates', '.mjml');
  for (const { arguments: own } of root.commands.values()) {
    for (const argument of own.values()) {
      const keys = argument.name === 'cadence' ? cadences : argument.name === 'template' ? templates : null;
      if (keys !== null) argument.handler = (complete) => keys.forEach((key) => complete(key, ''));
    }
  }
}

function keysIn(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith(ending) ? [file.slice(0, -ending.length)] : []));
  } catch {
    // Outside of the marketer's folder nothing is offered.
    return [];
  }
}
