// The review desk under the hand: single keys for everything, places that light up, an undo that counts down, and
// pages that notice what others do. All of it clicks the page's own links and buttons; nothing is decided here.

import { untouched } from "./page.js";
import { begin, end, held, refused, typed, underway } from "./underway.js";

const OFF = "peerloom-keys-off";
const PULSE = 4000;
const root = document.documentElement;
root.classList.add("scripted");

const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const keysOff = () => localStorage.getItem(OFF) === "1";
const points = () => all(".points > .point").filter((point) => point.offsetParent);
const FIELD = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
/** Whether somebody types there. A field in a form that has just closed holds the focus for a moment yet. */
const typing = (target) => Boolean(target.closest?.(FIELD)?.checkVisibility());

/** The point that keys act on: the one with the focus, or the one that was last, or the first that is undecided. */
function current() {
  return (
    document.activeElement?.closest?.(".point") ??
    document.querySelector(".point.now") ??
    document.querySelector(".point-proposed") ??
    points()[0]
  );
}

function choose(point) {
  if (!point) return;
  for (const other of all(".point.now")) other.classList.remove("now");
  point.classList.add("now");
  point.focus({ preventScroll: true });
  point.scrollIntoView({ block: "nearest" });
  show(point);
}

/** Bring the point's place in the work into view, without moving the page. */
function show(point) {
  const mark = document.querySelector(`mark.place-${point.dataset.point}`);
  const work = mark?.closest(".work");
  if (!work || work.scrollHeight <= work.clientHeight) return;
  const [at, box] = [mark.getBoundingClientRect(), work.getBoundingClientRect()];
  if (at.top < box.top || at.bottom > box.bottom) work.scrollTop += at.top - box.top - box.height / 3;
}

function move(step) {
  const there = points();
  const at = there.indexOf(document.activeElement?.closest?.(".point") ?? document.querySelector(".point.now"));
  choose(there[Math.max(0, Math.min(there.length - 1, at < 0 ? 0 : at + step))]);
}

/** Open a small form in place, if it is not open, and put the caret into its first field: the next keys are words. */
function openForm(details) {
  details.open = true;
  if (details.classList.contains("add")) takeSelection(details);
  const first = details.querySelector("form [data-first]");
  const field = first ?? details.querySelector("form :is(textarea, select, input:not([type=hidden]))");
  field?.focus();
  if (field?.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
  details.scrollIntoView({ block: "nearest" });
}

let selected = "";
document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  if (selection?.anchorNode?.parentElement?.closest(".work .sheet")) selected = words(selection);
});

/** What is selected in the work, without the numbers of points that stand in it. */
function words(selection) {
  if (!selection.rangeCount) return "";
  const copy = selection.getRangeAt(0).cloneContents();
  for (const pin of copy.querySelectorAll(".pin")) pin.remove();
  return copy.textContent;
}

function takeSelection(details) {
  const field = details.querySelector("[data-takes-selection]");
  if (field && selected && untouched(field)) {
    field.value = selected;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function ofPoint(key, sending, point) {
  const found = point?.querySelector(`[data-point-key="${key}"]`);
  if (!found) return false;
  choose(point);
  return reach(found, sending);
}

function ofPage(key, sending) {
  const there = (one) => one.offsetParent || one.closest(".more:not([open])");
  const details = all(`details[data-key="${key}"]`).find(there);
  const named = () => all(`[aria-keyshortcuts="${CSS.escape(key)}"]`).find((one) => there(one) && !one.disabled);
  const found = details ?? named();
  found?.closest(".more")?.setAttribute("open", "");
  return Boolean(found) && reach(found, sending);
}

/** Open a form, or click, which sends or leaves. */
function reach(found, sending) {
  if (found.matches("details")) openForm(found);
  else if (sending) found.click();
  else return false;
  return true;
}

function sources() {
  const point = current();
  const details = point?.querySelector("details.sources");
  if (!details) return false;
  choose(point);
  details.open = !details.open;
  for (const one of all("details.source", details)) one.open = details.open;
  return true;
}

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  dialog.querySelector("#keys-on").checked = !keysOff();
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

const own = {
  j: () => move(1),
  k: () => move(-1),
  o: sources,
};

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return;
  reading?.request.abort(); // what is done now is done on what is in view
  if (held(event, aim())) return;
  if (event.ctrlKey) return sendWithCtrlEnter(event);
  if (event.key === "Escape") return leave(event);
  if (document.querySelector("dialog[open]")) return;
  if (reasonByNumber(event)) return event.preventDefault();
  if (typing(event.target)) return;
  if (event.key === "?") return event.preventDefault(), help();
  if (keysOff() || event.key === "Enter" || event.key === " ") return;
  if (act(event.key, !event.repeat)) event.preventDefault();
}

/** Do what a key asks for; if not `sending`, only what moves or opens. */
function act(key, sending, point = current()) {
  if (own[key]) return own[key]() !== false;
  if (/^[1-9]$/.test(key)) return byNumber(Number(key));
  if (document.querySelector(".queue") && inQueue(key)) return true;
  return ofPoint(key, sending, point) || ofPage(key, sending);
}

/** What a key acts on that is pressed now: the field in which one types, or the point. */
function aim() {
  const active = document.activeElement;
  return { field: active && typing(active) ? active.id || active.name : "", point: current()?.dataset.id ?? "" };
}

/** Do here what a key that waited asks for. False if it would send, or what it was aimed at is not there any more. */
function play({ key, field, point }) {
  const active = document.activeElement;
  if (active && typing(active)) return (!field || field === (active.id || active.name)) && typed(active, key);
  if (field || keysOff() || document.querySelector("dialog[open]")) return false;
  if (reasonByNumber({ key, target: active })) return true;
  const aimed = points().find((one) => one.dataset.id === point);
  return key.length === 1 && act(key, false, aimed ?? current());
}

function byNumber(number) {
  const point = points()[number - 1];
  if (point) choose(point);
  return Boolean(point);
}

/** While a dismissal is open, a number chooses its reason. */
function reasonByNumber(event) {
  const form = event.target.closest?.("form");
  if (!/^[1-9]$/.test(event.key) || !form || event.target.matches("input[type=text], textarea")) return false;
  const radio = form.querySelector(`input[data-digit="${event.key}"]`);
  if (!radio) return false;
  radio.checked = true;
  radio.focus();
  return true;
}

function sendWithCtrlEnter(event) {
  const form = event.target.closest?.("form");
  if (event.key !== "Enter" || !form) return;
  event.preventDefault();
  form.requestSubmit();
}

/** Leave a form: it closes where it can, and keeps its words. */
function leave(event) {
  const details = event.target.closest?.("details.opens[open]");
  if (details) details.open = false;
  else if (!typing(event.target)) return;
  const back = details ? (details.closest(".point") ?? details.querySelector("summary")) : current();
  if (back) back.focus();
  else event.target.blur();
}

function inQueue(key) {
  const rows = all(".queue > li");
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const step = { j: 1, k: -1 }[key];
  if (!step) return false;
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))]?.querySelector("a")?.focus();
  return true;
}

document.addEventListener("keydown", pressed);
document.addEventListener("click", (event) => {
  for (const menu of all(".more[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest("[data-help]")) help();
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "keys-on") return;
  localStorage.setItem(OFF, event.target.checked ? "0" : "1");
  root.classList.toggle("keys-off", keysOff());
});
// A place in the work shows its point, as a point shows its place.
for (const kind of ["pointerover", "pointerout"]) {
  document.addEventListener(kind, (event) => {
    const mark = event.target.closest?.("mark[data-points]");
    for (const number of mark?.dataset.points.split(" ") ?? []) {
      document.getElementById(`point-${number}`)?.classList.toggle("now", kind === "pointerover");
    }
  });
}

// Undo counts down by the server's own time of release.
setInterval(() => {
  for (const done of all("[data-done][data-release]")) {
    const left = Math.ceil((new Date(done.dataset.release) - Date.now()) / 1000);
    const count = done.querySelector("[data-countdown]");
    if (left > 0 && count) count.textContent = String(left);
    if (left <= 0) finished(done);
  }
}, 250);

function finished(done) {
  delete done.dataset.release;
  done.querySelector("form")?.remove();
  done.querySelector("span").textContent = done.querySelector("span").textContent.replace(/; it is released.*$/, "; it is released.");
}

// What others do: the page asks for a mark of what it shows, and reads itself again when that has changed.
const busy = () =>
  all("form[data-keep] :is(textarea, input[type=text])").some((field) => !untouched(field)) ||
  Boolean(document.querySelector("details.opens[open] form, dialog[open]")) ||
  Boolean(document.activeElement && typing(document.activeElement));

let reading = null; // the request that reads this page again
let writing = false; // a draft is being taken over to be written by hand
const again = (ctx) => Boolean(ctx?.request?.headers?.["X-Again"]);
const restoring = (ctx) => Boolean(ctx?.request?.headers?.["HX-History-Restore-Request"]);
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (again(ctx)) return void (reading = ctx);
  if (restoring(ctx)) return;
  if (!stays(ctx) || !begin(ctx, Boolean(aim().field))) return event.preventDefault();
  reading?.request.abort(); // what is asked for now comes later than what was being read
  writing = ctx.request.action?.endsWith("/write");
});
document.addEventListener("htmx:finally:request", (event) => {
  if (again(event.detail.ctx)) reading = null;
  else end(event.detail.ctx, play);
});
// Begun to type while the page was being read again: it stays as it is.
document.addEventListener("htmx:before:swap", (event) => {
  if (!again(event.detail.ctx) || !(busy() || underway())) return;
  event.preventDefault();
  const page = document.querySelector("[data-pulse]");
  if (page) tell(page);
});
// Words that come another way (pasted, dropped, dictated) do not go into what is about to be replaced either.
document.addEventListener("beforeinput", (event) => {
  if (!underway()) return;
  event.preventDefault();
  refused();
});

/** Forms with words in them that were not sent, but this one. */
const unsent = (sent) =>
  all(".bench form[data-keep]").filter(
    (form) => form !== sent && all("textarea, input[type=text]", form).some((field) => !untouched(field)),
  );

/** Whether a request may go: words that were typed here and not sent are not left behind without a question. */
function stays(ctx) {
  const from = ctx?.sourceElement;
  const leaves = from?.matches?.(".verdict form, [data-done] form, #claim form") || ctx?.request?.method === "GET";
  if (!leaves || !unsent(from).length) return true;
  return window.confirm("You have typed words here that were not sent. Go on without them? This window keeps them for when you come back.");
}
window.addEventListener("beforeunload", (event) => {
  if (unsent(null).length) event.preventDefault();
});

async function look() {
  const page = document.querySelector("[data-pulse]");
  if (!page || document.hidden || underway() || reading) return;
  const [address, seen] = [location.href, page.dataset.seen];
  let mark;
  try {
    const answer = await fetch(page.dataset.pulse, { headers: { Accept: "text/plain" }, redirect: "manual" });
    if (!answer.ok) return;
    mark = await answer.text();
  } catch {
    document.dispatchEvent(new CustomEvent("peerloom:gone"));
    return;
  }
  const overtaken = underway() || !page.isConnected || location.href !== address || page.dataset.seen !== seen;
  if (overtaken || mark === seen) return;
  if (busy()) return tell(page);
  await window.htmx?.ajax("GET", address, { target: document.body, swap: "outerMorph", headers: { "X-Again": "1" } });
}

function tell(page) {
  if (document.getElementById("changed")) return;
  const note = document.createElement("p");
  note.id = "changed";
  note.className = "notice changed";
  note.setAttribute("role", "status");
  note.textContent = "This has changed meanwhile. Finish what you type; when you send it, both are shown.";
  page.prepend(note);
}

setInterval(look, PULSE);
document.addEventListener("peerloom:back", look);

/** Say that this person is at the draft, once a draft: others see it, and nobody does the same work twice. */
let opened = "";
async function open() {
  const page = document.querySelector("[data-open]");
  if (!page || opened === page.dataset.draft) return;
  opened = page.dataset.draft;
  const headers = { "X-CSRF": page.dataset.csrf };
  await fetch(page.dataset.open, { method: "POST", headers, redirect: "manual" }).catch(() => {});
}

/** Say which sources were opened, once each: the trail tells what an approval rested on. */
const openedSources = new Set();
document.addEventListener(
  "toggle",
  (event) => {
    const one = event.target;
    const page = document.querySelector("[data-open]");
    const mark = `${page?.dataset.draft} ${one.dataset?.source}`;
    if (!page || !one.open || !one.dataset.source || openedSources.has(mark)) return;
    openedSources.add(mark);
    const headers = { "X-CSRF": page.dataset.csrf };
    const body = new URLSearchParams({ source: one.dataset.source });
    fetch(`${page.dataset.open}-source`, { method: "POST", headers, body, redirect: "manual" }).catch(() => {});
  },
  true,
);

/** What to decide on next: the first undecided point behind this one, or the first at all. */
function undecidedAfter(point) {
  const there = points();
  const open = (one) => one.matches(".point-proposed");
  return there.slice(there.indexOf(point) + 1).find(open) ?? there.find(open);
}

function ready() {
  root.classList.add("scripted");
  root.classList.toggle("keys-off", keysOff());
  open();
  const own = writing && document.querySelector("details.add");
  writing = false;
  if (own) return openForm(own);
  const decided = new URLSearchParams(location.search).get("decided");
  const after = decided && points().find((point) => point.dataset.id === decided);
  if (after) choose(undecidedAfter(after) ?? after);
  else if (document.querySelector(".bench") && !typing(document.activeElement ?? document.body)) choose(current());
}

document.addEventListener("htmx:after:swap", ready);
ready();
