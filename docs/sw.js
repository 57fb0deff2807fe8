// @ts-check
/**
 * The service worker: the site without a connection, and never two editions of it at once.
 *
 * An edition is the site as one build made it.  offline.json lists the files of an edition with their
 * hashes; edition.json, a hundred bytes, says which edition the server holds (scripts/offline.py
 * writes both).
 *
 * - Files are kept by hash, not by address: editions share what they have in common, and an update
 *   downloads only what changed.  Nothing is kept, or given to a page, unless its hash is right.
 * - Every page belongs to the edition that it was opened in.  All it asks for later comes from that
 *   edition: kept, or from the server if the hash is right; else the request fails, the page is told
 *   that the site has changed, and says so.  Opening a page, or reloading it, takes the edition that
 *   the server holds at that moment.  So a new edition needs no new worker, and waits for no tab.
 * - Where an edition is unknown (a page opened before the worker was there, or while the server is
 *   being changed) the worker keeps out of the way: everything comes from the server.
 *
 * Kept in one cache, below `<site>/~/`, which is no address of the site:
 *   file/<hash>.<ending>   a file                 newest       the edition that the server held last
 *   edition/<name>         its offline.json       wish         what the reader wants kept: text, all,
 *   client/<id>            the edition of a page               or no more than that: stopped
 *
 * Messages from a page (js/offline.js, js/offline/): {type: "hello", edition, restored} when it is there,
 * {type: "loaded", edition, urls} if it was there before the worker; {type: "state"}, {type: "keep", path},
 * {type: "wish", wish}, each with a port for the answer.
 * To a page: {type: "renewed"}: the site has changed; {type: "complete"}: all that was wished is kept.
 *
 * @typedef {{hash: string, bytes: number, group: string}} Listed
 * @typedef {{name: string, files: Map<string, Listed>}} Edition
 * @typedef {"network"|"changed"|"full"} Problem  no connection; not this edition's file; no room
 * @typedef {{response: Response, problem?: undefined}|{response?: undefined, problem: Problem}} Found
 */
"use strict";

const scope = /** @type {any} */ (self);
const HOME = new URL(scope.registration.scope);
/** Another form of what is kept needs another number: the worker before may still be at work. */
const STORE = `book 1 ${HOME.pathname}`;
/** Never kept: what tells of the other files. */
const OWN = new Set(["sw.js", "offline.json", "edition.json"]);
/** How long a page waits to hear of the edition if it could be opened without (ms). */
const PATIENCE = 3000;
/** A page that was answered this lately (ms) may not be among the clients yet. */
const RECENT = 60_000;
/** Headers that a kept file needs as well. */
const HEADERS = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];
const LANGUAGE = /^(ko|en)\//;

// --- what is kept --------------------------------------------------------------------------------

const store = () => caches.open(STORE);
/** @param {string} name */
const address = (name) => `${HOME.href}~/${name}`;
/** @param {string} path @param {Listed} file */
const keyOf = (path, file) => address(`file/${file.hash}.${path.split(".").pop()}`);

/** @param {string} name @returns {Promise<string>} "" if there is none */
async function read(name) {
  return (await (await store()).match(address(name)))?.text() ?? "";
}

/** @param {string} name @param {string} text */
async function write(name, text) {
  const kept = await store();
  await (text ? kept.put(address(name), new Response(text)) : kept.delete(address(name)));
}

/** @returns {Promise<Set<string>>} the addresses of everything that is kept */
async function everything() {
  return new Set((await (await store()).keys()).map(({ url }) => url));
}

// --- editions ------------------------------------------------------------------------------------

/** @type {Map<string, Edition>} */
const editions = new Map();
/** The server has no edition any more: whatever is kept is not the site. */
let retired = false;

/** @param {string} name @returns {Promise<Edition|null>} null if it is not kept */
async function editionNamed(name) {
  const known = editions.get(name);
  if (known || !name) return known ?? null;
  const text = await read(`edition/${name}`);
  if (!text) return null;
  const files = new Map();
  for (const [group, listed] of Object.entries(JSON.parse(text))) {
    for (const [path, [hash, bytes]] of Object.entries(listed)) files.set(path, { hash, bytes, group });
  }
  editions.set(name, { name, files });
  return { name, files };
}

/**
 * Ask the server which edition it holds, and take its list over if it is new.
 * @returns {Promise<string>} rejects if there is no answer, or the server is just being changed
 */
async function ask() {
  const response = await fetch(new URL("edition.json", HOME), { cache: "no-cache" });
  // The site was replaced by one that is not kept offline, or by another.
  if (response.status === 404 || response.status === 410) {
    retired = true;
    await scope.registration.unregister();
  }
  const { edition, list } = await response.json();
  if (edition === (await read("newest"))) return edition;
  const text = await (await fetch(new URL("offline.json", HOME), { cache: "no-cache" })).text();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  if (hexOf(digest) !== list) throw new Error("offline.json is of another edition");
  await write(`edition/${edition}`, text);
  await write("newest", edition);
  for (const client of await scope.clients.matchAll({ type: "window" })) {
    const its = await nameFor(client.id);
    if (its && its !== edition) client.postMessage({ type: "renewed" });
  }
  return edition;
}

/**
 * The edition in which a page is opened now: the server's, or without an answer the last one.
 * @returns {Promise<Edition|null>} null if there is none
 */
async function newest() {
  const last = await read("newest");
  const asked = ask().catch(() => "");
  const patience = new Promise((resolve) => last && setTimeout(resolve, PATIENCE, ""));
  const name = await Promise.race([asked, patience]);
  return retired ? null : editionNamed(name || last);
}

// --- which edition a page belongs to -------------------------------------------------------------

/** In place of an edition: a page that came from the server as it was, and one too old for any. */
const FOREIGN = "foreign";
const LOST = "lost";

/** The editions of clients. @type {Map<string, string>} */
const assigned = new Map();
/** @type {Map<string, number>} */
const assignedAt = new Map();

/** @param {string} client @param {string} name */
async function assign(client, name) {
  if (!client || !name) return;
  assigned.set(client, name);
  assignedAt.set(client, Date.now());
  await write(`client/${client}`, name);
}

/** @param {string} client @returns {Promise<string>} "" if it is unknown */
async function nameFor(client) {
  if (!client) return "";
  const name = assigned.get(client) ?? (await read(`client/${client}`));
  if (name) assigned.set(client, name);
  return name;
}

/**
 * The name of the edition for a request.  Browsers that do not say which client a new worker will be
 * leave workers unknown: they belong to the open pages, if those are of one edition.
 * @param {any} event
 */
async function nameForRequest({ clientId }) {
  const name = await nameFor(clientId);
  if (name || (await scope.clients.get(clientId))?.type !== "worker") return name;
  const pages = await scope.clients.matchAll({ type: "window" });
  const names = new Set(await Promise.all(pages.map((/** @type {any} */ { id }) => nameFor(id))));
  return names.size === 1 ? [...names][0] : "";
}

/** Forget clients that are gone, and what only their editions needed. */
async function tidy() {
  const clients = await scope.clients.matchAll({ type: "all", includeUncontrolled: true });
  const alive = new Set(clients.map((/** @type {any} */ { id }) => id));
  const used = new Set([await read("newest")]);
  const kept = await store();
  const keys = [...(await everything())];
  /** @param {string} kind */
  const named = (kind) =>
    keys.filter((key) => key.startsWith(address(kind))).map((key) => key.slice(address(kind).length));
  for (const id of named("client/")) {
    if (alive.has(id) || Date.now() - (assignedAt.get(id) ?? 0) < RECENT) used.add(await nameFor(id));
    else {
      assigned.delete(id);
      await write(`client/${id}`, "");
    }
  }
  const old = named("edition/").filter((name) => !used.has(name));
  if (!old.length) return;
  const needed = new Set();
  for (const name of used) {
    const files = (await editionNamed(name))?.files ?? new Map();
    for (const [path, file] of files) needed.add(keyOf(path, file));
  }
  for (const key of keys) {
    if (key.startsWith(address("file/")) && !needed.has(key)) await kept.delete(key);
  }
  for (const name of old) {
    editions.delete(name);
    await write(`edition/${name}`, "");
  }
}

// --- files ---------------------------------------------------------------------------------------

/** @param {ArrayBuffer} digest */
const hexOf = (digest) =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * The hash as scripts/offline.py makes it: of what is packed, unpacked.
 * @param {string} path
 * @param {Uint8Array} bytes
 */
async function hashOf(path, bytes) {
  let content = /** @type {BufferSource} */ (bytes);
  if (path.endsWith(".gz") && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
    content = await new Response(stream).arrayBuffer();
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content), 0, 16);
  return btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}

/**
 * Read a body, telling of the bytes as they come.
 * @param {Response} response
 * @param {(bytes: number) => void} count
 */
async function bytesOf(response, count) {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const pieces = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    count(value.length);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/**
 * Check what came from the server, and keep it.
 * @param {string} path
 * @param {Listed} file
 * @param {Response} response
 * @param {(bytes: number) => void} [count]
 * @returns {Promise<{found: Response|null, kept: Promise<void>}>} null if the hash is wrong
 */
async function checked(path, file, response, count = () => {}) {
  const bytes = await bytesOf(response, count);
  if ((await hashOf(path, bytes).catch(() => "")) !== file.hash) {
    return { found: null, kept: Promise.resolve() };
  }
  const headers = new Headers();
  for (const name of HEADERS) headers.set(name, response.headers.get(name) ?? "");
  for (const name of HEADERS) if (!headers.get(name)) headers.delete(name);
  const found = new Response(/** @type {BodyInit} */ (bytes), { headers });
  const copy = found.clone();
  return { found, kept: store().then((kept) => kept.put(keyOf(path, file), copy)) };
}

/**
 * A file of an edition: kept, or from the server.
 * @param {Edition} edition
 * @param {string} path
 * @param {(task: Promise<void>) => void} meanwhile  what goes on after the answer
 * @param {(bytes: number) => void} [count]
 * @param {Promise<Response>} [early]  the server's answer, if it was asked already
 * @returns {Promise<Found>}
 */
async function obtain(edition, path, meanwhile, count, early) {
  const file = edition.files.get(path);
  if (!file) return { problem: "changed" };
  const kept = await (await store()).match(keyOf(path, file));
  if (kept) return { response: kept };
  // With the right hash the browser's own copy will do; with a wrong one it may be out of date.
  for (const cache of /** @type {const} */ (["default", "reload"])) {
    try {
      const response = await ((cache === "default" && early) || fetch(addressOf(path), { cache }));
      if (response.status === 404 || response.status === 410) continue;
      if (!response.ok) return { problem: "network" };
      const { found, kept } = await checked(path, file, response, count);
      meanwhile(kept);
      if (found) return { response: found };
    } catch {
      return { problem: "network" };
    }
  }
  return { problem: "changed" };
}

/**
 * @param {string} url
 * @returns {string|null} the path of the file below the site, null elsewhere
 */
function pathOf(url) {
  const { origin, pathname } = new URL(url);
  if (origin !== HOME.origin || !pathname.startsWith(HOME.pathname)) return null;
  try {
    const path = decodeURIComponent(pathname.slice(HOME.pathname.length));
    return path === "" || path.endsWith("/") ? `${path}index.html` : path;
  } catch {
    return null;
  }
}

/** @param {string} path */
const addressOf = (path) => new URL(path.replace(/(^|\/)index\.html$/, "$1") || ".", HOME).href;

// --- requests ------------------------------------------------------------------------------------

scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const path = pathOf(request.url);
  if (request.method !== "GET" || path === null || OWN.has(path)) return;
  const answer = request.mode === "navigate" ? open(event, path) : supply(event, path);
  event.respondWith(answer.catch(() => Response.error()));
});

/**
 * Open a page in the newest edition.
 * @param {any} event
 * @param {string} path
 */
async function open(event, path) {
  const { request } = event;
  const { answer: early } = await expect(path).catch(() => ({ answer: undefined }));
  const edition = await newest();
  if (edition?.files.has(path)) {
    const meanwhile = (/** @type {Promise<void>} */ task) => event.waitUntil(quiet(task));
    const { response, problem } = await obtain(edition, path, meanwhile, undefined, early);
    if (response) {
      await quiet(assign(event.resultingClientId, edition.name));
      event.waitUntil(quiet(tidy()));
      return response;
    }
    if (problem === "network") return notRead(event, edition, path);
  }
  // A redirection, a missing page, or a page of an edition that the worker does not know yet.
  try {
    const response = await fetch(request);
    await quiet(assign(event.resultingClientId, FOREIGN));
    return response;
  } catch {
    if (edition?.files.has(`${path}/index.html`)) return Response.redirect(`${request.url}/`);
    return edition ? notRead(event, edition, path) : Response.error();
  }
}

/**
 * Ask for a page that is not kept at once, not only when the edition is known.
 * @param {string} path
 * @returns {Promise<{answer: Promise<Response>|undefined}>}
 */
async function expect(path) {
  const edition = await editionNamed(await read("newest"));
  const file = edition?.files.get(path);
  if (!file || (await (await store()).match(keyOf(path, file)))) return { answer: undefined };
  const answer = fetch(addressOf(path));
  quiet(answer); // who waits for it hears of a failure
  return { answer };
}

/**
 * Answer what a page, or a worker of a page, asks for.
 * @param {any} event
 * @param {string} path
 */
async function supply(event, path) {
  const { request, resultingClientId } = event;
  const name = await nameForRequest(event).catch(() => "");
  await quiet(assign(resultingClientId, name)); // a worker of the page
  // Without an edition the browser's own copies could be of any: let it ask for each.
  if (!name || name === FOREIGN) {
    return fetch(request, { cache: request.cache === "reload" ? "reload" : "no-cache" });
  }
  const edition = await editionNamed(name).catch(() => null);
  if (!edition) return Response.error(); // not kept any more
  if (!edition.files.has(path)) return fetch(request);
  if (path.endsWith(".html")) event.waitUntil(quiet(ask())); // navigation within the page
  if (edition.files.get(path)?.group === "python") return stream(event, edition, path);
  const { response, problem } = await obtain(edition, path, (task) => event.waitUntil(quiet(task)));
  if (response) return response;
  if (problem === "changed") await tellRenewed(edition);
  return Response.error();
}

/**
 * Hand a large file on while it comes, so that the page can tell how far it is.  Whoever asks for these
 * checks the hash as well, and asks once more with "reload" if it is wrong: js/live/worker.js.
 * @param {any} event
 * @param {Edition} edition
 * @param {string} path
 */
async function stream(event, edition, path) {
  const file = /** @type {Listed} */ (edition.files.get(path));
  const kept = await (await store()).match(keyOf(path, file));
  if (kept) return kept;
  const { request } = event;
  const response = await fetch(request);
  if (response.ok) {
    const check = async (/** @type {Response} */ copy) => {
      const { found, kept } = await checked(path, file, copy);
      if (!found && request.cache === "reload") await tellRenewed(edition);
      await kept;
    };
    event.waitUntil(quiet(check(response.clone())));
  } else if (response.status === 404 || response.status === 410) await quiet(tellRenewed(edition));
  return response;
}

/**
 * Tell the pages of an edition that the site has changed: what asked may be a worker of theirs.
 * @param {Edition} edition
 */
async function tellRenewed({ name }) {
  for (const client of await scope.clients.matchAll({ type: "window" })) {
    if ((await nameFor(client.id)) === name) client.postMessage({ type: "renewed" });
  }
}

/** What may fail without harm: the page has its answer. @param {Promise<any>} task */
const quiet = (task) => task.catch(() => {});

/**
 * What a reader sees instead of a page that is not kept: which pages are.
 * @param {any} event
 * @param {Edition} edition
 * @param {string} path
 */
async function notRead(event, edition, path) {
  const { response } = await obtain(edition, "offline.html", () => {});
  if (!response) return Response.error();
  await quiet(assign(event.resultingClientId, edition.name));
  const language = path.match(LANGUAGE)?.[1] ?? "mul";
  let html = (await response.text())
    .replace("<head>", `<head><base href="${HOME.href}">`)
    .replace('lang="mul"', `lang="${language}"`);
  for (const [language, pages] of Object.entries(await pagesKept(edition))) {
    html = html.replace(`<ul data-read="${language}">`, (list) => list + pages.join(""));
  }
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  return new Response(html, { status: 503, headers });
}

/**
 * @param {Edition} edition
 * @returns {Promise<Record<string, string[]>>} links to the pages that are kept, by language; the
 *   reference of the package comes last
 */
async function pagesKept(edition) {
  const kept = await store();
  const keys = await everything();
  /** @type {Record<string, string[]>} */
  const found = { ko: [], en: [] };
  const isReference = (/** @type {[string, Listed]} */ [path]) => Number(path.includes("/api/"));
  const ordered = [...edition.files].sort((one, other) => isReference(one) - isReference(other));
  for (const [path, file] of ordered) {
    const language = path.match(LANGUAGE)?.[1];
    if (!language || !path.endsWith("/index.html") || !keys.has(keyOf(path, file))) continue;
    const page = await (await kept.match(keyOf(path, file)))?.blob();
    const title = (await page?.slice(0, 4096).text())?.match(/<title>([^<]*?)(?: - [^<]*)?<\/title>/)?.[1];
    if (title) found[language].push(`<li><a href="${addressOf(path)}">${title}</a></li>`);
  }
  return found;
}

// --- life ----------------------------------------------------------------------------------------

// The list, and what no page could do without; if that fails, the site is as it is without a worker.
scope.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      const edition = await editionNamed(await ask());
      if (!edition) throw new Error("no edition");
      for (const [path, { group }] of edition.files) {
        if (group === "core") await keep(edition, path);
      }
    })(),
  );
});

scope.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(Promise.all([scope.clients.claim(), quiet(tidy())]));
});

/**
 * Keep a file of an edition.
 * @param {Edition} edition
 * @param {string} path
 * @param {(bytes: number) => void} [count]
 */
async function keep(edition, path, count) {
  /** @type {Promise<Problem|void>[]} */
  const tasks = [];
  const { problem } = await obtain(edition, path, (task) => tasks.push(task.catch(() => "full")), count);
  const found = problem ?? (await Promise.all(tasks)).find(Boolean);
  if (found) throw Object.assign(new Error(`${path}: ${found}`), { problem: found });
}

// --- messages ------------------------------------------------------------------------------------

scope.addEventListener("message", (/** @type {any} */ event) => {
  const { data, source, ports } = event;
  const answer = { hello, loaded, state, keep: keepOne, wish }[/** @type {string} */ (data.type)];
  if (!answer || !source) return;
  event.waitUntil(
    Promise.resolve(answer(source, data, (told) => ports[0]?.postMessage(told))).catch((error) =>
      ports[0]?.postMessage({ type: "failed", problem: error.problem ?? problemOf(error) }),
    ),
  );
});

/** @param {any} error @returns {Problem} */
const problemOf = ({ name }) => (name === "QuotaExceededError" ? "full" : "network");

/**
 * A page is there.  One that was loaded without the worker gets its edition now, if that is known.
 * @param {any} page
 * @param {{edition: string, restored?: boolean}} message
 */
async function hello(page, { edition: its, restored = false }) {
  const name = await nameFor(page.id);
  const isKnown = async () => Boolean(await editionNamed(its));
  if (!name && (await isKnown())) await assign(page.id, its);
  const edition = await newest();
  if (!edition) return;
  if (!(await nameFor(page.id))) {
    if (await isKnown()) await assign(page.id, its);
    else if (restored) await assign(page.id, LOST);
  }
  const told = name && name !== FOREIGN ? name : its;
  if (told !== edition.name) return page.postMessage({ type: "renewed" });
  // One page after the other: two would both find missing what the other is fetching.
  granting = granting.then(() => grant(page, edition));
  await granting;
}

let granting = Promise.resolve();

/**
 * The reader asked for everything: what is new in this edition comes by itself.
 * @param {any} page
 * @param {Edition} edition
 */
async function grant(page, edition) {
  const wish = await read("wish");
  if (wish !== "text" && wish !== "all") return;
  try {
    for (const path of await missing(edition, wish)) await keep(edition, path);
    page.postMessage({ type: "complete" });
  } catch {
    // The next page that is opened tries again.
  }
}

/**
 * Keep what a page loaded without the worker, as far as it is of the edition of the page.
 * @param {any} _
 * @param {{edition: string, urls: string[]}} message
 */
async function loaded(_, { edition: its, urls }) {
  const edition = await editionNamed(its);
  for (const path of new Set(urls.map(pathOf))) {
    if (path && edition?.files.has(path)) await quiet(keep(edition, path));
  }
}

/** @param {string} group @param {string} wish */
const isWished = (group, wish) =>
  group === "core" || group === "text" || (group === "python" && wish === "all");

/** @param {Edition} edition @param {string} wish */
async function missing(edition, wish) {
  const keys = await everything();
  return [...edition.files]
    .filter(([path, file]) => isWished(file.group, wish) && !keys.has(keyOf(path, file)))
    .map(([path]) => path);
}

/** @param {any} page */
async function editionOf(page) {
  const edition = (await editionNamed(await nameFor(page.id))) ?? (await newest());
  if (!edition) throw Object.assign(new Error("no edition"), { problem: "network" });
  return edition;
}

/**
 * How much there is, and how much of it is kept.
 * @param {any} page
 * @param {unknown} _
 * @param {(told: any) => void} tell
 */
async function state(page, _, tell) {
  const edition = await editionOf(page);
  const keys = await everything();
  /** @param {string} wish */
  const sum = (wish) => {
    const told = { bytes: 0, kept: 0, missing: /** @type {[string, number][]} */ ([]) };
    for (const [path, file] of edition.files) {
      if (!isWished(file.group, wish)) continue;
      told.bytes += file.bytes;
      if (keys.has(keyOf(path, file))) told.kept += file.bytes;
      else told.missing.push([path, file.bytes]);
    }
    return told;
  };
  tell({ type: "state", wish: await read("wish"), text: sum("text"), all: sum("all") });
}

/**
 * Keep one file, telling how much of it has come.
 * @param {any} page
 * @param {{path: string}} message
 * @param {(told: any) => void} tell
 */
async function keepOne(page, { path }, tell) {
  await keep(await editionOf(page), path, (bytes) => tell({ type: "progress", bytes }));
  tell({ type: "kept" });
}

/**
 * Remember what the reader wants kept; "" removes all files but those no page could do without.
 * @param {any} page
 * @param {{wish: string}} message
 * @param {(told: any) => void} tell
 */
async function wish(page, { wish }, tell) {
  await write("wish", wish);
  if (!wish) {
    const kept = await store();
    const core = new Set();
    for (const [path, file] of (await editionOf(page)).files) {
      if (file.group === "core") core.add(keyOf(path, file));
    }
    for (const key of await everything()) {
      if (key.startsWith(address("file/")) && !core.has(key)) await kept.delete(key);
    }
  }
  tell({ type: "wished" });
}
