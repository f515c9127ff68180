import { z } from 'zod';
import type { RejectReason } from '../domain/reasons.ts';
import { checkKnown, type KnownNames } from './context.ts';
import { didYouMean } from '../domain/did-you-mean.ts';
import { stated } from '../domain/stated.ts';
import { key, mapping, spanOrNone, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const FOLLOWS = ['recycle', 'reroute', 'no-need', 'disqualify', 'lost', 'won'] as const;
type Follow = (typeof FOLLOWS)[number];

const note = z.literal('required', { error: 'expected "required"; without it a note is optional' }).optional();

const recycle = mapping({
  label: words,
  note,
  follow: z.literal('recycle'),
  cadence: key,
  coolOff: spanOrNone,
  score: z.enum(['keep', 'halve', 'reset']),
  limit: z.int('expected a whole number').min(1, 'expected at least one').optional(),
});
const disqualify = mapping({
  label: words,
  note,
  follow: z.literal('disqualify'),
  givesTurnBack: z.boolean().default(false),
});
const reroute = mapping({ label: words, note, follow: z.literal('reroute') });
/** The need ends. */
const end = mapping({ label: words, note, follow: z.enum(['no-need', 'lost', 'won']), cadence: key.optional() });

/** Reads reasons.yaml; reasons with mistakes are reported and left out. */
export function readReasons(file: YamlFile, known: KnownNames): RejectReason[] {
  const keys = file.parse(z.record(key, z.unknown()));
  return Object.keys(keys ?? {}).flatMap((reason): RejectReason[] => {
    const written = file.at([reason, 'follow']);
    if (!isFollow(written)) {
      const expected = `expected one of ${FOLLOWS.join(', ')}`;
      const near = typeof written === 'string' ? `, found "${written}"${didYouMean(written, FOLLOWS)}` : '';
      file.report([reason, 'follow'], `${expected}${near}`);
      return [];
    }
    if (written === 'disqualify') {
      const read = file.parse(disqualify, [reason]);
      const follow = { kind: written, ...(read?.givesTurnBack === true && { givesTurnBack: true as const }) };
      return read ? [stated({ reason, label: read.label, follow, note: read.note })] : [];
    }
    if (written === 'reroute') {
      const read = file.parse(reroute, [reason]);
      return read ? [stated({ reason, label: read.label, follow: { kind: written }, note: read.note })] : [];
    }
    if (written !== 'recycle') {
      const read = file.parse(end, [reason]);
      if (!read) return [];
      checkKnown(file, [reason, 'cadence'], 'cadence', read.cadence, known.cadences);
      const follow = stated({ kind: read.follow, cadence: read.cadence });
      return [stated({ reason, label: read.label, follow, note: read.note })];
    }
    const read = file.parse(recycle, [reason]);
    if (!read) return [];
    checkKnown(file, [reason, 'cadence'], 'cadence', read.cadence, known.cadences);
    const { label, cadence, coolOff, score, limit } = read;
    const follow = stated({ kind: 'recycle' as const, cadence, coolOff, score, limit });
    return [stated({ reason, label, follow, note: read.note })];
  });
}

function isFollow(value: unknown): value is Follow {
  return typeof value === 'string' && (FOLLOWS as readonly string[]).includes(value);
}
