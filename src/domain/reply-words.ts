/** What a person wrote in an answer, without the mail that it answers, and whether it asks for no more mail. */

const QUOTE_BEGINS = [
  /^\s*>/,
  /^\s*-{2,}\s*(?:original message|ursprüngliche nachricht|original-nachricht|forwarded message|weitergeleitete nachricht)/i,
  /^\s*(?:on|am|le|el|il)\b.{5,200}\b(?:wrote|schrieb|a écrit|escribió|ha scritto)\b.{0,200}:?\s*$/i,
  /^\s*(?:from|von|de|da):\s.+@/i,
  /^\s*_{10,}\s*$/,
];

/** The part above the quotation. A person who answers below it is read whole, without the lines that are quoted. */
export function ownWords(text: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => QUOTE_BEGINS.some((begins) => begins.test(line)));
  const above = (at === -1 ? lines : lines.slice(0, at)).join('\n').trim();
  if (above !== '') return above;
  return lines
    .filter((line) => !QUOTE_BEGINS.some((begins) => begins.test(line)))
    .join('\n')
    .trim();
}

const REMOVAL = [
  /\b(?:remove|take|delete|drop) (?:me|us|my (?:e-?mail|address|name|data))\b/i,
  /\bunsubscribe\b|\bopt(?:ing)?[- ]?(?:me )?out\b/i,
  /\b(?:stop|quit|cease) (?:sending|e-?mailing|mailing|contacting|writing|spamming|this)\b/i,
  /\b(?:do not|don['’]?t|never) (?:send|e-?mail|mail|contact|write)(?: to)? (?:me|us)\b/i,
  /\bno (?:more|further) (?:e-?mails?|mails?|messages?|newsletters?)\b/i,
  /\b(?:ab|aus)(?:melden|tragen|getragen|bestellen)\b|\bmelden sie mich .{0,40}\bab\b|\btragen sie mich .{0,40}\baus\b/i,
  /\b(?:nehmen|streichen|löschen|entfernen) sie (?:mich|uns|meine)\b|\baus (?:ihrem|dem|eurem) (?:e-?mail-?)?verteiler\b/i,
  /\bkeine (?:weiteren |solchen )?(?:e-?mails?|mails?|nachrichten|werbung|newsletter)(?: mehr)?\b/i,
  /\bwiderspreche\b|\bwiderrufe meine einwilligung\b/i,
  /\bdésinscri|\bdésabonn|\bne (?:m['’]|me )?(?:plus )?(?:envoye|contacte)\w* plus\b|\bdarme de baja\b|\bcancellatemi\b|\bdisiscriv/i,
];

/** Whether the writer asks to get no more mail. A guess: a person reads it. */
export function asksForRemoval(text: string): boolean {
  const words = ownWords(text).slice(0, 2_000);
  return REMOVAL.some((wish) => wish.test(words));
}
