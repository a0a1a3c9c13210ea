// What every page does beside its links and forms: shows times in the reader's zone, keeps what was typed, and says
// when the server cannot be reached. Nothing here is needed: without it the page works, only less comfortably.

const KEPT = "typed:";
const RETRY = 3000;
const HEARD = "X-Request-ID";

/** Times in the reader's own zone and language; the server writes UTC. */
function localize(root) {
  for (const time of root.querySelectorAll("time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) {
      time.textContent = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      time.title = time.dateTime;
    }
  }
}

/** Where a field's text is kept: by the form's name, which holds what the form is about, and the field's own. */
function place(field) {
  const form = field.form?.dataset.keep;
  return form && field.name && field.name !== "csrf" ? `${KEPT}${form}:${field.id || field.name}` : null;
}

/** Whether a field still holds what the server wrote into it. */
export function untouched(field) {
  return field.value === field.defaultValue;
}

/** Long texts outlast the window: until they are handed in, or their writer signs out. */
const shelf = (field) => (field.form?.hasAttribute("data-keep-long") ? localStorage : sessionStorage);

function keep(field) {
  const at = place(field);
  if (!at) return;
  if (untouched(field)) shelf(field).removeItem(at);
  else shelf(field).setItem(at, field.value);
  saved(field, !untouched(field));
}

/** Say beside a long text that it is kept, and when. */
function saved(field, is) {
  const note = document.querySelector(`[data-saved-of="${CSS.escape(field.id)}"]`);
  const at = new Date().toLocaleTimeString([], { timeStyle: "short" });
  if (note) note.textContent = is ? `Kept in this browser at ${at}; not handed in yet` : "";
}

function count(field) {
  const out = document.querySelector(`[data-words-of="${CSS.escape(field.id)}"]`);
  if (out) out.textContent = String(field.value.split(/\s+/u).filter(Boolean).length);
}

/** What is ticked is for the writer alone: it is kept here and sent nowhere. */
function ticks(root) {
  for (const box of root.querySelectorAll("input[data-tick]")) {
    box.checked = localStorage.getItem(KEPT + box.dataset.tick) === "1";
  }
}

document.addEventListener("change", ({ target }) => {
  if (!target.dataset?.tick) return;
  if (target.checked) localStorage.setItem(KEPT + target.dataset.tick, "1");
  else localStorage.removeItem(KEPT + target.dataset.tick);
});

/** Whoever signs out leaves no words behind for the next one at this machine. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches('form[action="/sign-out"]')) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(KEPT)) localStorage.removeItem(key);
});

/** Give back what was typed and not sent: after a reload, a lost connection, or an ended session. */
function giveBack(root) {
  for (const field of root.querySelectorAll("form[data-keep] :is(textarea, input[type=text])")) {
    const at = place(field);
    const kept = at && shelf(field).getItem(at);
    if (kept && kept !== field.value && untouched(field)) {
      field.value = kept;
      field.closest("details")?.setAttribute("open", "");
      const note = field.form.querySelector("[data-kept]");
      if (note) note.hidden = false;
      count(field);
      saved(field, true);
    }
  }
}

function forget(form) {
  for (const field of form.elements) {
    const at = place(field);
    if (at) shelf(field).removeItem(at);
    if (field.dataset?.tick) localStorage.removeItem(KEPT + field.dataset.tick);
  }
}

/** What was sent does not stand in the form any more, which may be on the next page, too. */
function taken(form) {
  forget(form);
  form.reset();
}

let lost = false;

function say(message) {
  const bar = document.getElementById("connection");
  if (!bar) return;
  bar.hidden = !message;
  bar.textContent = message;
}

function gone() {
  if (lost) return;
  lost = true;
  say("The server does not answer. What you typed is kept on this page; nothing was sent. Trying again …");
  setTimeout(look, RETRY);
}

async function look() {
  try {
    const answer = await fetch("/health", { cache: "no-store" });
    if (!answer.ok) throw new Error("not well");
    lost = false;
    say("The server answers again. Nothing was lost; please send again what you were about to send.");
    setTimeout(() => lost || say(""), 6000);
    document.dispatchEvent(new CustomEvent("peerloom:back"));
  } catch {
    setTimeout(look, RETRY);
  }
}

function ready(root) {
  localize(root);
  giveBack(root);
  ticks(root);
  for (const back of root.querySelectorAll("a[data-back]")) back.hidden = false;
}

document.addEventListener("input", (event) => {
  if (!event.target.form) return;
  keep(event.target);
  count(event.target);
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail?.error?.name !== "AbortError") gone();
});
document.addEventListener("peerloom:gone", gone);
document.addEventListener("offline", gone);
window.addEventListener("offline", gone);

// A form was taken: forget what was typed into it. Anything else than an answer of ours is as good as none.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement;
  if (!ctx?.response?.headers?.get(HEARD)) gone();
  else if (form instanceof HTMLFormElement && ctx.request.method === "POST" && ctx.response.status < 400) taken(form);
});
document.addEventListener("submit", (event) => {
  if (!window.htmx) forget(event.target);
});
// What follows a form stays where the reader is; what follows a link begins at the top.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (ctx?.request?.method === "POST" && samePage(ctx)) for (const task of tasks ?? []) task.swapSpec.show = undefined;
});

// A form that was refused has no address of its own: the reader is still where the form was.
document.addEventListener("htmx:before:history:update", (event) => {
  const { response, sourceElement } = event.detail;
  if (response?.status >= 400 && sourceElement instanceof HTMLFormElement) event.preventDefault();
});

// A page brings style sheets and scripts of its own, and htmx takes only what is between the body's ends.
document.addEventListener("htmx:before:swap", (event) => bring(event.detail.ctx?.text ?? ""));

const address = (one) => one.getAttribute("href") ?? one.getAttribute("src");

function bring(html) {
  const own = "link[rel=stylesheet], script[src]";
  const there = new Set(Array.from(document.querySelectorAll(own), address));
  const next = new DOMParser().parseFromString(html, "text/html");
  for (const one of next.head.querySelectorAll(own)) if (!there.has(address(one))) document.head.append(afresh(one));
}

/** An element like this one; what a parser made does not run. */
function afresh(one) {
  const made = document.createElement(one.localName);
  for (const { name, value } of one.attributes) made.setAttribute(name, value);
  if (made.localName === "script") made.async = false; // in the order in which they stand
  return made;
}

// A form is sent once: until its answer is there, sending it again does nothing.
const sending = new WeakMap();
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement;
  if (!(form instanceof HTMLFormElement) || ctx.request.method !== "POST") return;
  if (sending.has(form)) return event.preventDefault();
  sending.set(form, ctx);
  form.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement;
  for (const one of document.querySelectorAll("form[aria-busy]")) {
    if (sending.get(one) === ctx || !sending.has(one)) one.removeAttribute("aria-busy");
  }
  if (form && sending.get(form) === ctx) sending.delete(form);
});

// What was typed goes with its form's name, not with its place: a form of another page that stands where this one stood
// begins with what the server wrote. What is kept is given back by name when the page is there.
let shown = location.pathname;
document.addEventListener("htmx:before:swap", (event) => {
  const url = event.detail.ctx?.response?.raw?.url;
  const next = url ? new URL(url).pathname : shown;
  if (next !== shown) for (const form of document.forms) form.reset();
  shown = next;
});

// The menus of the bar close when one goes on elsewhere, and Escape gives the focus back to what opened them.
const menus = () => document.querySelectorAll(".nav-menu[open]");
document.addEventListener("click", ({ target }) => {
  for (const menu of menus()) if (!menu.contains(target) || target.closest("a")) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});

// One key leads to the search from every page that has it; where the desk's own keys are, they do.
document.addEventListener("keydown", (event) => {
  const desk = document.documentElement.classList.contains("scripted") || localStorage.getItem("peerloom-keys-off") === "1";
  const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (event.key !== "/" || event.defaultPrevented || desk || held) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
  const there = document.querySelector('.bar [aria-keyshortcuts="/"]');
  if (there) event.preventDefault();
  there?.click();
});

function samePage(ctx) {
  const url = ctx.response?.raw?.url;
  return Boolean(url) && new URL(url).pathname === location.pathname;
}

document.addEventListener("htmx:after:swap", () => ready(document));
ready(document);
