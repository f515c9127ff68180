/** The hidden field `once` of a form: the same for the same showing of the form, so that the second press of a button does nothing more. */
import type { Request } from 'express';
import { newId } from '../domain/ids.ts';
import { field } from './fields.ts';

const AS_WE_WRITE_IT = /^[\w-]{1,100}$/;

/** A post without it, or with what no form of ours has, is a showing of its own: never that of another such post. */
export function onceOf(request: Request): string {
  const once = field(request, 'once');
  return AS_WE_WRITE_IT.test(once) ? once : newId('command');
}
