import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium } from 'playwright-core';
import { rolesFor } from '../../src/domain/policy.ts';
import { openApiPath } from '../../src/api/openapi.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

type Json = { [key: string]: Json } & { $ref?: string };

describe('/openapi.json', () => {
  test('lists every route with its answers, problems and key', async () => {
    const document = (await bench.get('/openapi.json', null)).body as unknown as {
      openapi: string;
      paths: Record<string, Record<string, Json>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(listed.toSorted()).toEqual(
      bench.api.routes.map(({ method, path }) => `${method} ${openApiPath(path)}`).toSorted(),
    );
    const operationIds = new Set<unknown>();
    for (const { method, path, access, params } of bench.api.routes) {
      const operation = document.paths[openApiPath(path)]?.[method] as unknown as Record<string, unknown>;
      expect(operation['summary'], path).toBeTruthy();
      expect(Object.keys(operation['responses'] as object).length).toBeGreaterThan(0);
      expect(operation['security']).toEqual(access === 'public' ? [] : [{ key: [] }]);
      expect(operation['x-roles']).toEqual(access === 'public' ? [] : rolesFor(access));
      operationIds.add(operation['operationId']);
      const named = [...openApiPath(path).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(Object.keys(params?.shape ?? {})).toEqual(named);
      const parameters = (operation['parameters'] ?? []) as { in: string; name: string }[];
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(named);
    }
    expect(operationIds.size).toBe(bench.api.routes.length);
  });

  test('a status that comes as a page and as a problem is documented as both', async () => {
    const { text } = await bench.get('/openapi.json', null);
    const { paths } = JSON.parse(text) as {
      paths: Record<string, { post?: { responses: Record<string, { content: object }> } }>;
    };
    const content = paths['/r/{token}']?.post?.responses['400']?.content ?? {};
    expect(Object.keys(content)).toEqual(['text/html', 'application/problem+json']);
  });

  test('every reference leads somewhere', async () => {
    const document = (await bench.get('/openapi.json', null)).body as unknown as Json;
    const refs: string[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('$ref' in value && typeof value.$ref === 'string') refs.push(value.$ref);
      Object.values(value).forEach(visit);
    };
    visit(document);
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of new Set(refs)) {
      const target = ref
        .slice(2)
        .split('/')
        .reduce<Json | undefined>((at, key) => at?.[key], document);
      expect(target, ref).toBeDefined();
    }
  });
});

test('security headers stand on everything', async () => {
  for (const path of ['/v1/leads', '/nothing', '/healthz', '/docs/', '/u/x']) {
    const { headers } = await bench.get(path, null);
    expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  }
  expect(
    (await bench.call('GET', '/healthz', { headers: { 'x-request-id': 'mine-1' } })).headers.get('x-request-id'),
  ).toBe('mine-1');
  expect(
    (await bench.call('GET', '/healthz', { headers: { 'x-request-id': 'a b<script>' } })).headers.get('x-request-id'),
  ).toMatch(/^[\w-]{36}$/);
});

test('metrics: the process, requests by route, leads by stage', async () => {
  await bench.lead();
  const { text } = await bench.get('/metrics', null);
  expect(text).toMatch(/process_cpu_seconds_total/);
  expect(text).toMatch(
    /nurture_http_request_duration_seconds_count\{method="POST",route="\/v1\/leads",status="201"\} 1/,
  );
  expect(text).toMatch(/nurture_leads\{stage="new"\} \d/);
  expect(text).toMatch(/nurture_outbox_backlog \d/);
});

describe.skipIf(chromiumPath === undefined)('/docs in a browser', () => {
  test('shows the operations under its strict policy, without an error and without another host', async () => {
    const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      const hosts = new Set<string>();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host);
      });
      await page.goto(`${bench.base}/docs`);
      await page.waitForSelector('.opblock', { timeout: PATIENCE_MS });
      expect(await page.locator('.opblock').count()).toBe(bench.api.routes.length);
      await page.locator('.opblock-summary-control').first().click();
      await page.waitForSelector('.opblock-body .responses-wrapper');
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(bench.base).host]);
    } finally {
      await browser.close();
    }
  });
});
