/** What a workflow history may hold of an error that is not one of ours: its message can quote data of a lead. */

const CLASS = /^[A-Za-z]\w{0,59}$/;
const CODE = /^[A-Z0-9_]{2,40}$/;
/** The first line of a stack that is in our sources. */
const PLACE = /^\s+at .*?\b(src\/[a-z0-9/-]+\.ts:\d+)/m;

/** Class, code where there is one, and place: `TypeError at src/steps/email/perform.ts:50`. */
export function defectOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something that is no error was thrown';
  const code = 'code' in error && typeof error.code === 'string' && CODE.test(error.code) ? ` ${error.code}` : '';
  return `${CLASS.test(error.name) ? error.name : 'Error'}${code}${placeOf(error)}`;
}

/** Looks behind the message, which stands at the head of the stack and may have lines of anybody's. */
function placeOf({ stack = '', message }: Error): string {
  const frames = stack.slice(stack.lastIndexOf(message) + message.length);
  const [, place] = PLACE.exec(frames) ?? [];
  return place === undefined ? '' : ` at ${place}`;
}
