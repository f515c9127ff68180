/** The fields of a form. A form that was refused shows again what was typed, and what is wrong beside its field. */
import type { Request } from 'express';
import { html } from 'hono/html';
import type { AppError } from '../domain/errors.ts';
import { written, writtenAll } from './fields.ts';
import type { Html } from './layout.ts';
import { problemInWords, wrongByField } from './wrong.ts';

/** A form that was posted and refused. */
export interface Refused {
  /** Which of the forms of the page. */
  form: string;
  valueOf(name: string): string;
  /** Of a field that may be sent more than once: the boxes that were ticked. */
  valuesOf(name: string): readonly string[];
  /** What is wrong, by field; none: the form as a whole. */
  wrong: ReadonlyMap<string, string>;
  error: AppError;
  /** The labels of its fields, as they are put on the page. */
  labels: Map<string, string>;
}

export function refusedOf(form: string, request: Request, error: AppError): Refused {
  return {
    form,
    valueOf: (name) => written(request, name),
    valuesOf: (name) => writtenAll(request, name),
    wrong: wrongByField(error),
    error,
    labels: new Map(),
  };
}

/** What is wrong, for the top of the page on which the form stands; the form must be made before. */
export function refusedInWords(refused: Refused | null): string | null {
  return refused === null ? null : problemInWords(refused.error, refused.labels);
}

export interface FormFields {
  /** What was typed before; `otherwise` in a form that is shown for the first time. */
  valueOf(name: string, otherwise?: string): string;
  /** A choice without a preset has an option with an empty value, which comes first. */
  select(name: string, label: string, options: Readonly<Record<string, string>>, more?: More): Html;
  input(name: string, label: string, more?: More): Html;
  text(name: string, label: string, more?: More): Html;
  /** What is wrong with the form as a whole. */
  problem: Html | '';
}

interface More {
  required?: boolean;
  /** Where nothing was typed. */
  value?: string;
  type?: string;
  longest?: number;
  inputmode?: string;
  hint?: string;
  /** Of an input of one line: what is suggested while somebody types. */
  among?: readonly string[];
}

/** @param before Stands before the ids of the fields, where the page has other fields of the names */
export function fieldsOfForm(form: string, refused: Refused | null, before = ''): FormFields {
  const mine = refused?.form === form ? refused : null;
  const valueOf = (name: string, otherwise = ''): string => mine?.valueOf(name) ?? otherwise;
  const [first] = mine?.wrong.keys() ?? [];

  const around = (
    name: string,
    label: string,
    hint: string | undefined,
    control: (id: string, marks: Html) => Html,
  ) => {
    const id = before + name;
    mine?.labels.set(name, label);
    const wrong = mine?.wrong.get(name);
    const marks =
      wrong === undefined
        ? html``
        : html`aria-invalid="true" aria-describedby="wrong-${id}" ${name === first ? html`autofocus` : ''}`;
    return html`<label for="${id}">${label}</label
      >${hint === undefined ? '' : html`<span class="soft small">${hint}</span>`}${control(id, marks)}
      ${wrong === undefined ? '' : html`<p class="problem" id="wrong-${id}">${wrong}</p>`}`;
  };

  return {
    valueOf,
    select(name, label, options, { required = false, value = '', hint } = {}) {
      const chosen = valueOf(name, value);
      const all = Object.entries(options)
        .toSorted(([a], [b]) => Number(b === '') - Number(a === ''))
        .map(([key, words]) => html`<option value="${key}" ${key === chosen ? html`selected` : ''}>${words}</option>`);
      return around(
        name,
        label,
        hint,
        (id, marks) =>
          html`<select id="${id}" name="${name}" ${required ? html`required` : ''} ${marks}>
            ${all}
          </select>`,
      );
    },
    input(name, label, { required = false, value = '', type = 'text', longest = 500, inputmode, hint, among } = {}) {
      return around(
        name,
        label,
        hint,
        (id, marks) =>
          html`<input
              id="${id}"
              name="${name}"
              type="${type}"
              value="${valueOf(name, value)}"
              maxlength="${longest}"
              ${inputmode === undefined ? '' : html`inputmode="${inputmode}"`}
              ${among === undefined ? '' : html`list="of-${id}"`}
              ${required ? html`required` : ''}
              ${marks}
            />${
              among === undefined
                ? ''
                : html`<datalist id="of-${id}">${among.map((one) => html`<option value="${one}"></option>`)}</datalist>`
            }`,
      );
    },
    text(name, label, { required = false, value = '', longest = 4000, hint } = {}) {
      return around(
        name,
        label,
        hint,
        (id, marks) =>
          html`<textarea
            id="${id}"
            name="${name}"
            rows="3"
            maxlength="${longest}"
            ${required ? html`required` : ''}
            ${marks}
          >
${valueOf(name, value)}</textarea>`,
      );
    },
    problem:
      mine === null || mine.wrong.size > 0 ? '' : html`<p class="problem" role="alert">${mine.error.message}</p>`,
  };
}
