// While an answer is under way, what is pressed is not for what comes next. Keys wait, shown, each with the draft it
// was aimed at; when the answer is there, those that only move, open or type are played there, and the first that would
// decide on something ends it: that one, all behind it, and all that was aimed at a draft that is gone, are told.

const MOST = 400;
const PAUSE = 300; // ms: keys that follow one another faster were begun before their writer saw what came
const TOLD = 8000;

let request = null; // the one of a link or form that is under way
let waiting = [];
let begun = ""; // where the request began
let inField = false; // it was sent from a field, in which its writer may go on typing
let arrived = false; // what keys were aimed at has gone, and the burst that they came in may still go on
let last = -Infinity;
let timer = 0;

export const underway = () => request !== null;
const bench = () => document.querySelector(".bench[data-draft]");
const here = () => bench()?.dataset.draft ?? location.pathname;

/** Show these words; empty: nothing. What another person does not do goes by itself after a while. */
function show(words, stays = false) {
  clearTimeout(timer);
  const bar = document.getElementById("waiting");
  if (!bar) return;
  bar.hidden = !words;
  bar.textContent = words;
  if (words && !stays) timer = setTimeout(() => show(""), TOLD);
}

/** Keys as people read them: a run of letters as it was typed. */
const named = (keys) => keys.map(({ key }) => (key === " " ? "␣" : key.length > 1 ? ` ${key} ` : key)).join("");

export const refused = () => show("Not done: the answer to what you did before is still under way.");

function dropped(keys) {
  const why = keys[0].at === here() ? "they came before the answer did" : "what they were aimed at has gone";
  show(`Not taken, because ${why}: ${named(keys)}`);
}

/** Whether this key waits, or is passed over with the burst that it belongs to; `aim` is what it would act on. */
export function held(event, aim) {
  const [before, soon] = [last, arrived];
  if (event.ctrlKey && event.key !== "Enter") return false;
  if (event.key.length > 1 && !["Enter", "Backspace", "Escape"].includes(event.key)) return false;
  last = performance.now();
  arrived = soon && last - before < PAUSE;
  if (!request && !arrived) return false;
  event.preventDefault();
  const one = { key: event.ctrlKey ? "Ctrl+Enter" : event.key, at: request ? begun : "", ...aim };
  waiting = [...waiting, one].slice(-MOST);
  if (request) show(`Waiting for the answer: ${named(waiting)}`, true);
  else dropped(waiting);
  return true;
}

/** A request begins, `typing` in a field; false if one is under way, and this one may not. */
export function begin(ctx, typing) {
  if (request) return refused(), false;
  [request, begun, inField, waiting, arrived] = [ctx, here(), typing, [], false];
  return true;
}

/** It has ended: `play` does what one key asks for there, and says whether that could be done without sending. */
export function end(ctx, play) {
  if (request !== ctx) return;
  request = null;
  const keys = waiting.splice(0);
  const at = keys.findIndex((one) => one.at !== here() || !play(one));
  const left = at < 0 ? [] : keys.slice(at);
  arrived = begun !== here() || inField || left.length > 0;
  waiting = left;
  if (left.length) dropped(left);
  else show("");
}

/** Type a key into a field, as the browser would have done. False for what is no typing. */
export function typed(field, key) {
  const words = key.length === 1 || key === "Backspace" || (key === "Enter" && field.matches("textarea"));
  if (!words || !field.matches("textarea, input[type=text]")) return false;
  let [from, to] = [field.selectionStart, field.selectionEnd];
  if (key === "Backspace" && from === to) from = Math.max(0, from - 1);
  field.setRangeText({ Backspace: "", Enter: "\n" }[key] ?? key, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}
