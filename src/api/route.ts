import { isDeepStrictEqual } from 'node:util';
import type { NextFunction, Request, Response, Router } from 'express';
import type { z } from 'zod';
import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { Action } from '../domain/policy.ts';
import type { Limited } from './rate-limits.ts';
import type { PublishedRules, RulesInForce } from '../store/rules/in-force.ts';
import { readBody, type BodyKind } from './body.ts';
import type { Caller } from './caller.ts';
import { formPostOf, isFormPost, readFormPost, readKeyOfForm } from './form-post.ts';
import { sendReply, type Reply } from './reply.ts';
import { check, inOneLine, type Output, validate } from './validate.ts';

/** A route is declared once. Express, the OpenAPI document, the 405 answers and the table of roles are made from it. */

type AnyObject = z.ZodObject;
type Out<S extends z.ZodType | undefined> = S extends z.ZodType ? Output<S> : undefined;

/** The policy's action of the route: a caller who may do it with no lead is refused. `public`: needs no key. */
export type Access = 'public' | Action;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One documented answer. Without a schema it has no body, or one that is not JSON (`mediaType`). */
export interface ResponseSpec {
  description: string;
  schema?: z.ZodType;
  mediaType?: string;
  example?: unknown;
}

/** The argument of a handler: validated input, the caller, and the rules that the request works by. */
interface Call<A extends Access, P, Q, B> {
  params: P;
  query: Q;
  body: B;
  caller: A extends 'public' ? null : Caller;
  request: Request;
  /** Taken once, as the request begins: one that is published meanwhile must not decide half of it. */
  rules: PublishedRules;
}

export interface RouteSpec<
  A extends Access,
  P extends AnyObject | undefined,
  Q extends AnyObject | undefined,
  B extends z.ZodType | undefined,
> {
  method: Method;
  /** As Express writes it: `/v1/leads/:id`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  access: A;
  params?: P;
  query?: Q;
  body?: B;
  /** JSON of 100 KB unless said otherwise. */
  bodyKind?: BodyKind;
  bodyExample?: unknown;
  /** Schemas that the body refers to by name. */
  bodyParts?: Readonly<Record<string, z.ZodType>>;
  headers?: AnyObject | undefined;
  answers: Readonly<Record<number, ResponseSpec>>;
  /** Problems a caller should expect beyond those every route has. */
  problems?: readonly ErrorCode[];
  /** May be called from any web page (CORS), as a site key needs. */
  fromBrowsers?: boolean;
  /** The route also accepts a form without a script, with a site key (form-post.ts). */
  takesForms?: boolean;
  /** The rate limit for site keys. The request is counted before its body is read. */
  limited?: Limited;
  /**
   * Answers before the body is read, refuses by what it throws, or is null: for what anybody can reach, so that who has no right to an answer cannot hold a connection
   * with a body that never ends.
   */
  beforeBody?(params: Out<P>): Reply | null;
  handle(call: Call<A, Out<P>, Out<Q>, Out<B>>): Promise<Reply> | Reply;
}

/** What a request comes with beside itself. */
interface Given {
  caller: Caller | null;
  rules: PublishedRules;
}

/** A declared route with its types sealed inside; `run` validates, calls and answers. */
export interface Route {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  description: string | undefined;
  access: Access;
  params: AnyObject | undefined;
  query: AnyObject | undefined;
  body: z.ZodType | undefined;
  bodyKind: BodyKind;
  bodyExample: unknown;
  bodyParts: Readonly<Record<string, z.ZodType>>;
  headers: AnyObject | undefined;
  answers: Readonly<Record<number, ResponseSpec>>;
  problems: readonly ErrorCode[];
  fromBrowsers: boolean;
  limited: Limited | null;
  takesForms: boolean;
  run(request: Request, response: Response, given: Given): Promise<Reply>;
}

export function route<
  const A extends Access,
  P extends AnyObject | undefined = undefined,
  Q extends AnyObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(spec: RouteSpec<A, P, Q, B>): Route {
  const bodyKind = spec.bodyKind ?? (spec.body === undefined ? 'none' : 'json');
  return {
    method: spec.method,
    path: spec.path,
    tag: spec.tag,
    summary: spec.summary,
    description: spec.description,
    access: spec.access,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    bodyKind,
    bodyExample: spec.bodyExample,
    bodyParts: spec.bodyParts ?? {},
    headers: spec.headers,
    answers: spec.answers,
    problems: spec.problems ?? [],
    fromBrowsers: spec.fromBrowsers ?? false,
    limited: spec.limited ?? null,
    takesForms: spec.takesForms ?? false,
    async run(request, response, { caller, rules }) {
      const params = spec.params && validate(spec.params, request.params, 'path');
      const query = spec.query && validate(spec.query, request.query, 'query');
      const early = beforeBodyOf(response, () => spec.beforeBody?.(params as Out<P>) ?? null);
      if (early !== null) return early;
      const sent = formPostOf(request)?.body ?? (await readBody(request, response, bodyKind));
      const body = spec.body && validate(spec.body, sent, 'body');
      const call = { params, query, body, caller, request, rules } as Call<A, Out<P>, Out<Q>, Out<B>>;
      return spec.handle(call);
    },
  };
}

/** What is left of the body would be waited for on a connection that is kept. */
function beforeBodyOf(response: Response, answer: () => Reply | null): Reply | null {
  try {
    const early = answer();
    return early && { ...early, headers: { ...early.headers, Connection: 'close' } };
  } catch (error) {
    response.setHeader('Connection', 'close');
    throw error;
  }
}

interface MountOptions {
  admit(route: Route, request: Request): Promise<Caller | null>;
  /** Before the key of a form without a script is read from its body. @throws AppError RATE_LIMITED */
  beforeForm(request: Request): void;
  /** Runs the handler of a form without a script. An error becomes a page. */
  formPage(work: () => Promise<Reply>): Promise<Reply>;
  checkAnswers: boolean;
  rules: Pick<RulesInForce, 'current'>;
}

/** plain: of a page without a script, whose key is in its body. scripted: its key is in the header. */
type Form = 'none' | 'plain' | 'scripted';

const FORM_REFUSED = 'Only a site key may send a form. Send JSON, with the header Content-Type: application/json';

/**
 * Hangs the routes into Express, path by path in their order: a fixed path comes before one with a parameter in its place.
 * A known path answers a wrong method with 405 and Allow. HEAD runs the GET handler, which sees `request.method`.
 * OPTIONS only lists the allowed methods.
 */
export function mount(router: Router, routes: readonly Route[], options: MountOptions): void {
  const { admit, beforeForm, formPage, checkAnswers, rules } = options;
  async function answer(route: Route, request: Request, response: Response, form: Form): Promise<Reply> {
    if (form === 'plain') {
      beforeForm(request);
      await readKeyOfForm(request, response);
    }
    const caller = await admit(route, request);
    response.locals['keyId'] = caller?.keyId;
    if (form !== 'none') {
      if (caller?.role !== 'site') throw new AppError('UNSUPPORTED_MEDIA_TYPE', FORM_REFUSED);
      await readFormPost(request, response, form === 'plain');
    }
    return route.run(request, response, { caller, rules: rules.current() });
  }

  for (const path of new Set(routes.map((route) => route.path))) {
    for (const route of routes.filter((one) => one.path === path)) {
      router[route.method](path, async (request: Request, response: Response) => {
        response.locals['route'] = path;
        const form = route.takesForms ? formOf(request) : 'none';
        const work = (): Promise<Reply> => answer(route, request, response, form);
        const reply = await (form === 'plain' ? formPage(work) : work());
        if (checkAnswers) checkAnswer(route, reply);
        sendReply(response, reply);
      });
    }
    const allow = allowedMethods(routes, path).join(', ');
    router.all(path, (request: Request, response: Response, next: NextFunction) => {
      response.locals['route'] = path;
      response.setHeader('Allow', allow);
      if (request.method === 'OPTIONS') response.status(204).end();
      else next(new AppError('METHOD_NOT_ALLOWED', `${request.method} is not possible here; allowed: ${allow}`));
    });
  }
}

function formOf(request: Request): Form {
  if (!isFormPost(request)) return 'none';
  return request.headers.authorization === undefined ? 'plain' : 'scripted';
}

/** Checks an answer against its declared schema, so that the document is right. */
function checkAnswer(route: Route, reply: Reply): void {
  const answer = route.answers[reply.status];
  const name = `${route.method} ${route.path}`;
  if (answer === undefined) {
    if (reply.body.kind === 'json')
      throw new AppError('INTERNAL', `${name} answered ${reply.status}, which is not declared`);
    return;
  }
  if (answer.schema === undefined || reply.body.kind !== 'json') return;
  const value: unknown = JSON.parse(JSON.stringify(reply.body.value));
  const checked = check(answer.schema, value);
  if (!checked.ok)
    throw new AppError('INTERNAL', `The answer of ${name} is not as declared: ${inOneLine(checked.fields)}`);
  // The schema leaves out what it does not name: callers would be told what nobody decided to tell.
  if (!isDeepStrictEqual(checked.value, value))
    throw new AppError('INTERNAL', `The answer of ${name} has fields that are not declared`);
}

function allowedMethods(routes: readonly Route[], path: string): string[] {
  const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}
