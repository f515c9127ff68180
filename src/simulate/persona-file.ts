import type { LeadSubmission } from '../store/capture/submission.ts';
import type { Stated } from '../domain/stated.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import type { Deed, Persona } from './persona.ts';
import { type PersonaFile, personaSchema } from './persona-schema.ts';

const CONSENT = { text: 'Yes, send me tips and offers by email.', source: 'form of a simulation' };

/** Reads one persona; null when the file has mistakes, which are reported. */
export function readPersona(file: YamlFile, at: { persona: string; file: string }): Persona | null {
  // zod leaves optional keys out, and the types of the project say so.
  const read = file.parse(personaSchema) as Stated<PersonaFile> | null;
  if (read === null) return null;
  if (read.profile.email === undefined && read.profile.phone === undefined) {
    file.report(['profile'], 'expected an "email", or a "phone" for a persona who gets calls and no mail', 'key');
    return null;
  }
  const { name, description, arrives, profile, consent, reads, does, rep, ...asks } = read;
  return {
    ...at,
    name,
    ...(description === undefined ? {} : { description }),
    arrives,
    request: requestOf({ ...profile, ...asks, consent }),
    reads,
    does: does.map((one) => deedOf(one, profile)),
    rep,
  };
}

type StatedFile = Stated<PersonaFile>;
type StatedRequest = NonNullable<StatedFile['does'][number]['request']>;

function requestOf({ consent, ...rest }: StatedRequest): LeadSubmission {
  if (consent === undefined || consent === false) return rest;
  return { ...rest, consent: consent === true ? CONSENT : consent };
}

/** A later request is by the same person: it needs to state only what is new. */
function deedOf(
  { day, at, event, properties, request }: StatedFile['does'][number],
  profile: StatedFile['profile'],
): Deed {
  const time = { day, time: at };
  if (request !== undefined)
    return { ...time, act: { kind: 'request', request: requestOf({ ...profile, ...request }) } };
  return { ...time, act: { kind: 'event', type: event ?? '', properties: properties ?? {} } };
}
