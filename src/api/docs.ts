import path from 'node:path';
import { Router } from 'express';
import absolutePath from 'swagger-ui-dist/absolute-path.js';
import { allowOn } from './security.ts';

/**
 * The docs page: Swagger UI from this server alone. Its policy lets scripts, styles and requests come from here only; inline
 * styles are what the UI itself sets on elements, `data:` is for its icons.
 */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>nurture-engine API</title>
  <link rel="icon" href="/docs/favicon-32x32.png">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null,
  docExpansion: 'list', defaultModelsExpandDepth: 0, displayRequestDuration: true, persistAuthorization: false,
});
`;

export function docsPage(): Router {
  const router = Router();
  const folder = absolutePath();
  router.use((_request, response, next) => {
    response.locals['route'] = '/docs';
    allowOn(response, DOCS_POLICY);
    next();
  });
  router.get('/', (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/start.js', (_request, response) => {
    response.type('text/javascript').send(START);
  });
  for (const asset of ASSETS) {
    router.get(`/${asset}`, (_request, response) => response.sendFile(path.join(folder, asset), { maxAge: '1h' }));
  }
  return router;
}
