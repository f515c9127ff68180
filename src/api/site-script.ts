/**
 * The script that a website includes: it reports what identified visitors look at, and for how long. Its address has the version: what it
 * does for a site changes with a new address alone.
 */
import type { RequestHandler } from 'express';

export const SITE_SCRIPT_PATH = '/site/v1.js';

/**
 * Plain JavaScript for browsers, without a build step. Before `nurture.consent(true)` it sends nothing, keeps nothing and measures nothing;
 * it never sets a cookie. `fetch` with `keepalive` outlives the page as `sendBeacon` does, and can carry the key.
 */
export const SITE_SCRIPT = `(() => {
  'use strict';
  if (window.nurture !== undefined) return;
  const { src, dataset } = document.currentScript;
  const api = src.slice(0, src.lastIndexOf('/site/'));
  const LEAST_SECONDS = 5, MOST_SECONDS = 1800, KEPT = 'nurture';
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
  const kept = (use) => { try { return use(localStorage); } catch { return null; } };
  const view = newId();
  let may = false, lead = null, viewed = false, stretch = 0, since = null;

  function send(id, type, properties) {
    if (!may || lead === null) return;
    fetch(api + '/v1/events', {
      method: 'POST', keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + dataset.key },
      body: JSON.stringify({ events: [{ id, leadId: lead, type, properties: { path: location.pathname, ...properties } }] }),
    }).catch(() => {});
  }
  function front() {
    if (may && lead !== null && document.visibilityState === 'visible') since ??= performance.now();
  }
  function left() {
    if (since === null) return;
    const seconds = Math.min(MOST_SECONDS, Math.round((performance.now() - since) / 1000));
    since = null;
    if (seconds >= LEAST_SECONDS) send(view + '-' + (stretch += 1), 'page.dwelled', { seconds });
  }
  function begin() {
    if (!may || lead === null) return;
    kept((storage) => storage.setItem(KEPT, lead));
    if (!viewed) send(view, 'page.viewed', {});
    viewed = true;
    front();
  }

  window.nurture = {
    consent(yes) {
      may = yes === true;
      if (may) lead ??= kept((storage) => storage.getItem(KEPT));
      else {
        since = null;
        lead = null;
        kept((storage) => storage.removeItem(KEPT));
      }
      begin();
    },
    identify(handle) {
      lead = String(handle);
      begin();
    },
    track: (type, properties) => send(newId(), type, properties),
  };
  addEventListener('pagehide', left);
  addEventListener('pageshow', front);
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? left() : front()));
  if (dataset.consent === 'given' && navigator.globalPrivacyControl !== true) window.nurture.consent(true);
})();
`;

/** Any website may load it, and browsers keep it for a day. */
export const siteScript: RequestHandler = (_request, response) => {
  response.locals['route'] = SITE_SCRIPT_PATH;
  response
    .setHeader('Cache-Control', 'public, max-age=86400, stale-while-revalidate=604800')
    .setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    .type('text/javascript')
    .send(SITE_SCRIPT);
};
