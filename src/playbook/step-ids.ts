import { STEP_KINDS } from '../steps/kinds.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/**
 * The ids of the steps. A step without an id gets one made from its kind and the step before it, so that the id stays the same when
 * steps are added elsewhere.
 */
export function idsOf(file: YamlFile, written: readonly unknown[]): string[] {
  const taken = new Map<string, number>();
  written.forEach((_, i) => {
    const own = file.at(['steps', i, 'id']);
    if (typeof own !== 'string') return;
    const first = taken.get(own);
    if (first === undefined) taken.set(own, i);
    else file.report(['steps', i, 'id'], `the id "${own}" is used already by steps[${first}]`);
  });
  const ids: string[] = [];
  written.forEach((_, i) => {
    const own = file.at(['steps', i, 'id']);
    if (typeof own === 'string') return ids.push(own);
    const wanted = generatedId((name) => file.at(['steps', i, name]), ids[i - 1]);
    let unique = wanted;
    for (let n = 2; taken.has(unique); n += 1) unique = `${wanted}-${n}`;
    taken.set(unique, i);
    return ids.push(unique);
  });
  return ids;
}

function generatedId(of: (name: string) => unknown, before: string | undefined): string {
  const place = before === undefined ? 'at-start' : `after-${before}`;
  const found = STEP_KINDS.find(({ kind }) => of(kind) !== undefined);
  return found?.language.defaultId(of(found.kind), place) ?? `step-${place}`;
}
