import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { z } from 'zod';
import { AppError, ERROR_CODES, type ErrorCode } from '../domain/errors.ts';
import { rolesFor } from '../domain/policy.ts';
import { Problem, problemOf } from './problem.ts';
import type { ResponseSpec, Route } from './route.ts';

const ABOUT = `Every lead's life is one durable process. This is the way in and the way to see.

**Keys.** \`Authorization: Bearer <key>\`. Each key has a role; what a role may do stands with each operation. A \`site\` key is
public: it may only send forms and the event types that \`playbook/events.yaml\` lists for sites.

**Limits.** Forms and events by a site key, pages without a key and wrong keys are limited by address, a minute at a time:
\`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) say where you stand; 429 comes with \`Retry-After\`.

**Problems** are answered as RFC 9457 \`application/problem+json\` with a stable \`code\` and a list of field errors.

**Lists** are walked with \`cursor\`: pass \`nextCursor\` of one page to get the next, until it is null.

**Time.** What is stamped for a lead is on the lead's clock: real time, plus what the lead was fast-forwarded by.`;

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of these routes. */
export function describeApi(routes: readonly Route[], publicUrl: string, version: string): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'nurture-engine', version, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key' } },
      schemas: Object.assign({ Problem }, ...routes.map((route) => route.bodyParts)) as Record<string, z.ZodType>,
    },
    paths,
  });
}

/** `/v1/leads/:id` → `/v1/leads/{id}` */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operation(route: Route): ZodOpenApiOperationObject {
  const roles = route.access === 'public' ? [] : rolesFor(route.access);
  const access = route.access === 'public' ? 'No key needed.' : `Roles: ${roles.join(', ')}.`;
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, access].filter((part) => part !== undefined).join('\n\n'),
    security: route.access === 'public' ? [] : [{ key: [] }],
    // Any of them, for programs; role names under `security` would mean all of them.
    'x-roles': roles,
    requestParams: {
      ...(route.params && { path: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.headers && { header: route.headers }),
    },
    ...(route.body && { requestBody: requestBody(route) }),
    responses: merged(answersOf(route.answers), problemsOf(route)),
  };
}

/** Stable and readable: `postLeadsByIdPause`. */
function operationId(route: Route): string {
  const words = route.path
    .split(/[/.]/)
    .filter((part) => part !== '' && part !== 'v1')
    .map((part) => (part.startsWith(':') ? `by-${part.slice(1)}` : part));
  return [route.method, ...words].join('-').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function requestBody(route: Route): NonNullable<ZodOpenApiOperationObject['requestBody']> {
  const mediaType = mediaTypeOf(route);
  const example = route.bodyExample === undefined ? {} : { example: route.bodyExample };
  return {
    required: route.bodyKind !== 'optional-json' && route.bodyKind !== 'any-form',
    content: { [mediaType]: { ...(route.body !== undefined && { schema: route.body }), ...example } },
  };
}

function mediaTypeOf(route: Route): string {
  if (route.bodyKind === 'csv') return 'text/csv';
  return isForm(route) ? 'application/x-www-form-urlencoded' : 'application/json';
}

function isForm(route: Route): boolean {
  return route.bodyKind === 'form' || route.bodyKind === 'any-form';
}

function answersOf(answers: Readonly<Record<number, ResponseSpec>>): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, answer] of Object.entries(answers)) {
    const example = answer.example === undefined ? {} : { example: answer.example };
    const content =
      answer.schema === undefined && answer.mediaType === undefined
        ? {}
        : {
            content: {
              [answer.mediaType ?? 'application/json']: {
                schema: answer.schema ?? { type: 'string' as const },
                ...example,
              },
            },
          };
    responses[status as `${1 | 2 | 3 | 4 | 5}${string}`] = { description: answer.description, ...content };
  }
  return responses;
}

/** A status may come both ways: 400 of a page is a page, and a problem where the request could not be read at all. */
function merged(answers: ZodOpenApiResponsesObject, problems: ZodOpenApiResponsesObject): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = { ...answers };
  for (const [status, problem] of Object.entries(problems)) {
    const key = status as `4${string}`;
    const answer = answers[key];
    responses[key] =
      answer === undefined
        ? problem
        : {
            description: `${answer.description}; ${problem.description}`,
            content: { ...contentOf(answer), ...contentOf(problem) },
          };
  }
  return responses;
}

function contentOf(answer: object): object {
  return 'content' in answer && typeof answer.content === 'object' ? { ...answer.content } : {};
}

/** Problems that follow from how the route is declared, with those it names, by status. */
function problemsOf(route: Route): ZodOpenApiResponsesObject {
  const codes = new Set<ErrorCode>(route.problems);
  if (route.params || route.query || route.body) codes.add('VALIDATION_FAILED');
  if (route.access !== 'public')
    codes.add('UNAUTHENTICATED').add('FORBIDDEN').add('UNAVAILABLE').add('TOO_BUSY').add('RATE_LIMITED');
  if (route.limited !== null) codes.add('RATE_LIMITED');
  if (route.bodyKind !== 'none') codes.add('BODY_TOO_LARGE');
  if (route.bodyKind === 'csv') codes.add('UNSUPPORTED_MEDIA_TYPE');
  else if (route.body && !isForm(route)) codes.add('BODY_NOT_JSON').add('UNSUPPORTED_MEDIA_TYPE');
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, group] of Map.groupBy(codes, (code) => ERROR_CODES[code].status)) {
    const examples = Object.fromEntries(
      group.map((code) => [code, { value: problemOf(new AppError(code, ERROR_CODES[code].title)) }]),
    );
    responses[`${status}` as `4${string}`] = {
      description: group.map((code) => `${code}: ${ERROR_CODES[code].title}`).join('; '),
      content: { 'application/problem+json': { schema: Problem, examples } },
    };
  }
  return responses;
}
