// Phrases, inserted where one writes: Alt+P offers those that one keeps, first those that share most words with what is
// being said there. Nothing is sent; what is inserted is typed text like any other.

const FIELD = ".bench textarea[name=text]";
const LIST = "/desk/phrases/list.json";
const SHORT = 4; // letters below which a word says little of what a text is about
const MOST = 8;

let known = null;
let box = null;
let into = null;

const words = (text) => new Set(text.toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu)?.filter((one) => one.length >= SHORT));

async function phrases() {
  if (known) return known;
  const answer = await fetch(LIST, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
  known = answer?.ok ? await answer.json() : null;
  return known ?? [];
}

/** What is being said where the field stands: its own words, those of its point, and the criterion's. */
function about(field) {
  const point = field.closest(".point");
  const chosen = field.form?.querySelector("select[name=criterion]")?.selectedOptions[0]?.textContent ?? "";
  return words(`${field.value} ${point?.querySelector(".point-head")?.textContent ?? ""} ${point?.querySelector(".point-text")?.textContent ?? ""} ${chosen}`);
}

function ranked(all, field, typed) {
  const said = about(field);
  const sought = typed.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const shared = (one) => [...words(one.text)].filter((word) => said.has(word)).length;
  return all
    .filter((one) => sought.every((part) => one.text.toLocaleLowerCase().includes(part)))
    .map((one, at) => ({ one, at, score: shared(one) }))
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, MOST)
    .map(({ one }) => one);
}

function close(back = true) {
  box?.remove();
  box = null;
  if (back) into?.focus();
}

function insert(text) {
  const field = into;
  close();
  const [from, to] = [field.selectionStart, field.selectionEnd];
  const gap = from > 0 && !/\s$/u.test(field.value.slice(0, from)) ? " " : "";
  field.setRangeText(gap + text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function draw(all, typed) {
  const list = box.querySelector("ul");
  const found = ranked(all, into, typed);
  list.replaceChildren(
    ...found.map((one) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.dir = "auto";
      button.textContent = one.text;
      button.addEventListener("click", () => insert(one.text));
      item.append(button);
      return item;
    }),
  );
  box.querySelector("[role=status]").textContent = found.length ? "" : all.length ? "None has these words." : "You keep none yet.";
}

async function open(field) {
  close(false);
  into = field;
  const all = await phrases();
  box = document.createElement("div");
  box.className = "phrase-box";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", "Insert a phrase");
  const find = document.createElement("input");
  find.type = "search";
  find.setAttribute("aria-label", "Find a phrase");
  find.placeholder = "Find a phrase";
  const status = document.createElement("p");
  status.className = "small";
  status.setAttribute("role", "status");
  const ways = document.createElement("p");
  ways.className = "small";
  const link = document.createElement("a");
  link.href = "/desk/phrases";
  link.textContent = "Keep or let go of phrases";
  ways.append(link);
  box.append(find, document.createElement("ul"), status, ways);
  field.after(box);
  draw(all, "");
  find.addEventListener("input", () => draw(all, find.value));
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // these keys are for this list, and no command
    const buttons = [...box.querySelectorAll("li button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === find) buttons[0]?.click();
    else if (event.key === "ArrowDown") buttons[Math.min(buttons.length - 1, at + 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? buttons[at - 1] : find).focus();
    else return;
    event.preventDefault();
  });
  find.focus();
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyP") return;
  if (!event.target.matches?.(FIELD)) return;
  event.preventDefault();
  open(event.target);
});

/** A button beside each field, for those who point. */
function offer() {
  for (const field of document.querySelectorAll(FIELD)) {
    if (field.dataset.phrases) continue;
    field.dataset.phrases = "1";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain small phrase-open";
    button.textContent = "+ phrase";
    button.title = "Alt P";
    button.addEventListener("click", () => open(field));
    field.form?.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.append(" ", button);
  }
}

document.addEventListener("htmx:after:swap", () => {
  close(false);
  offer();
});
offer();
