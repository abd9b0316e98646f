// Opens a form that was open before although there is no connection. It keeps only pages with a form to fill in or a
// turn to sign, and only those of the person who opened the last page; sign-out and a session that has ended forget them.
const PAGES = "pages", FILES = "files", WHO = "/who";
const LONGEST = 12 * 3600 * 1000;  // milliseconds that a page is kept

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([PAGES, FILES].map((name) => caches.delete(name))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});

// A page that was there before this script asks to be kept, too.
self.addEventListener("message", (event) => {
  event.waitUntil(fetch(event.data, { credentials: "same-origin" }).then((answer) => keep(event.data, answer)).catch(() => {}));
});

async function page(event) {
  const { url } = event.request;
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (error) {
    const found = await kept(url);
    if (found) return found;
    throw error;
  }
}

async function keep(url, answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return;
  const text = await answer.text();
  const [, person] = text.match(/<body[^>]*\bdata-actor="([^"]*)"/) ?? [];
  let cache = await caches.open(PAGES);
  if (await (await cache.match(WHO))?.text() !== person) {
    await caches.delete(PAGES);
    if (!person) return;
    cache = await caches.open(PAGES);
    await cache.put(WHO, new Response(person));
  }
  if (!answer.ok || !text.includes("data-offline")) return;
  const headers = new Headers(answer.headers);  // the policy of the page among them
  headers.set("X-Kept-At", Date.now());
  await cache.put(url, new Response(text, { headers }));
}

async function kept(url) {
  const found = await (await caches.open(PAGES)).match(url);
  if (!found || Date.now() - found.headers.get("X-Kept-At") > LONGEST) return null;
  const text = await found.text();
  const { pathname, searchParams } = new URL(url);
  const [, key] = text.match(/data-key="([^"]*)"/) ?? [];
  const fresh = pathname.endsWith("/new") && !searchParams.has("draft");  // another sheet, not that of the last time
  return new Response(fresh && key ? text.replaceAll(`"${key}"`, `"${self.crypto.randomUUID()}"`) : text, { headers: found.headers });
}

// Their addresses carry their hash: what is there is right.
async function file(request) {
  const cache = await caches.open(FILES);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
