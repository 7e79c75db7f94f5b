// Keeps a document up to date: without this script it is complete, and changes when it is loaded again.
//
// An event says that something has changed. The script then asks for its own address again (the browser sends the ETag
// that it has), and replaces the elements with data-live that are others now. While there are no events, or the cache of
// the service is not up, it asks every 5 seconds. A page that nobody sees does not listen.

const ASK_MS = 5_000;
const RECONNECT_MS = 2_000;
// The origin has no name and no key: a browser refuses to ask for an address that has them, as a page may that was opened
// with its key in the address. It sends the key by itself.
const { origin } = location;
const ADDRESS = origin + location.pathname + location.search;
const EVENTS = origin + document.body.dataset.events;
const PROCESS = origin + document.body.dataset.process;
const FAILED = document.body.dataset.failed;

const NO_ANSWER = "The service does not answer: asking every 5 s";

const status = document.getElementById("status");
let source; // of events, while the page is seen
let isLive = false; // events come, and tell of all changes
let reason = "connecting";
const troubles = { page: "", process: "" }; // why each could not be renewed
let etag;
let asking; // the request that runs
let askAgain = false; // an event came meanwhile

function show() {
  const trouble = troubles.page || troubles.process;
  const [state, text] = trouble
    ? ["lost", trouble]
    : isLive
      ? ["live", "Live"]
      : ["slow", `Not live, ${reason}: asking every 5 s`];
  if (status.textContent !== text) status.textContent = text;
  status.dataset.state = state;
}

// -- the document

async function refresh() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  do {
    askAgain = false;
    await Promise.all([renew("page", ADDRESS, FAILED ? reload : replaceLive), renewProcess()]);
  } while (askAgain);
  asking = false;
}

async function renew(part, address, replace) {
  try {
    const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(ASK_MS * 2) });
    troubles[part] = answer.ok ? "" : troubleOf(answer.status);
    if (answer.ok) await replace(answer);
  } catch {
    troubles[part] = NO_ANSWER;
  }
  show();
}

function troubleOf(status) {
  if (status === 401 || status === 403) return "The key is not valid any more: reload the page";
  if (status === 429) return "Too many requests: asking every 5 s";
  return `The service cannot answer now (${status}): asking every 5 s`;
}

function reload() {
  location.reload();
}

async function replaceLive(answer) {
  const its = answer.headers.get("etag");
  if (its && its === etag) return;
  const next = parse(await answer.text());
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = next.getElementById(old.id);
    if (fresh) replace(old, fresh);
  }
  etag = its;
}

function renewProcess() {
  const old = document.getElementById("process");
  return renew("process", PROCESS, async (answer) => {
    const fresh = parse(await answer.text()).getElementById("process");
    fresh.className = old.className;
    old.replaceWith(fresh);
  });
}

function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function replace(old, fresh) {
  const wasOpen = [...old.querySelectorAll("details")].map((each) => each.open);
  const focused = [...focusable(old)].indexOf(document.activeElement);
  fresh.querySelectorAll("details").forEach((each, place) => (each.open = wasOpen[place] ?? false));
  old.classList.remove("changed");
  if (old.isEqualNode(fresh)) return;
  const before = cells(old);
  old.replaceWith(fresh);
  cells(fresh).forEach((cell, place) => {
    if (cell.textContent !== before[place]?.textContent) cell.classList.add("changed");
  });
  if (focused >= 0) focusable(fresh)[focused]?.focus({ preventScroll: true });
}

const focusable = (part) => part.querySelectorAll("a, summary, [tabindex]");
const cells = (part) => [...part.querySelectorAll("td, dd")];

// -- events

function listen() {
  if (source || document.hidden) return;
  source = new EventSource(EVENTS);
  source.addEventListener("change", (event) => {
    const { cache } = JSON.parse(event.data);
    isLive = cache === "up";
    reason = "the cache is not in use";
    show();
    refresh();
  });
  source.addEventListener("error", () => {
    stopListening("no events");
    setTimeout(listen, RECONNECT_MS * (0.5 + Math.random()));
  });
}

function stopListening(why) {
  source?.close();
  source = undefined;
  isLive = false;
  reason = why;
  show();
}

// -- beginning

function start() {
  setInterval(() => {
    if (document.hidden) return;
    if (isLive && !troubles.page) renewProcess();
    else refresh();
  }, ASK_MS);
  addEventListener("offline", () => {
    troubles.page = NO_ANSWER;
    show();
  });
  addEventListener("online", refresh);
  if (FAILED) {
    troubles.page = "Asking every 5 s";
    show();
    renewProcess();
    return;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? stopListening("paused") : listen()));
  addEventListener("pageshow", listen);
  refresh();
  listen();
}

if (FAILED !== "final") start();
