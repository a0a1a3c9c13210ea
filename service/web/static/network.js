// Draws the network's map where there is one. Everything in it also stands in lists; without this script nothing is lost.

const WIDTH = 900, HEIGHT = 560, HUES = 6;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function looks() {
  const ink = colour("--ink"), edge = colour("--edge"), sheet = colour("--sheet");
  const hues = Array.from({ length: HUES }, (_, n) => ({
    selector: `node[group = ${n}]`, style: { "background-color": colour(`--way-${n}`) },
  }));
  return [
    { selector: "node", style: { "label": "data(label)", "color": ink, "font-size": 11, "width": 16, "height": 16,
      "background-color": edge, "text-outline-color": sheet, "text-outline-width": 2, "text-valign": "bottom",
      "text-margin-y": 3, "min-zoomed-font-size": 8, "text-max-width": 130, "text-wrap": "ellipsis" } },
    { selector: "node[kind = 'group']", style: { "shape": "round-rectangle", "width": 22, "height": 22, "font-weight": "bold" } },
    { selector: "node[kind = 'challenge']", style: { "shape": "diamond", "width": 22, "height": 22 } },
    ...hues,
    { selector: "edge", style: { "width": 1, "line-color": edge, "opacity": 0.45, "curve-style": "straight" } },
    { selector: "edge[kind = 'introduced'], edge[kind = 'working']", style: { "width": 3, "line-color": colour("--way-0"), "opacity": 1 } },
    { selector: "edge[kind = 'working']", style: { "width": 5 } },
    { selector: "edge[kind = 'near']", style: { "width": 2, "line-style": "dotted", "line-color": colour("--way-2"), "opacity": 0.9 } },
    { selector: "edge[kind = 'could']", style: { "width": 2, "line-style": "dashed", "line-color": colour("--way-1"), "opacity": 0.9 } },
    { selector: "edge[kind = 'at']", style: { "line-style": "dashed" } },
    { selector: ".away", style: { "display": "none" } },
    { selector: ".faint", style: { "opacity": 0.12 } },
  ];
}

function elements(graph) {
  const nodes = graph.nodes.map((one) => ({
    data: { id: one.id, label: one.label, kind: one.kind, group: one.group < 0 ? -1 : one.group % HUES },
    position: { x: one.x * WIDTH, y: one.y * HEIGHT },
  }));
  const edges = graph.edges.map((one, n) => ({ data: { id: `edge:${n}`, source: one.source, target: one.target, kind: one.kind } }));
  return [...nodes, ...edges];
}

function choose(map, kinds) {
  const shown = new Set(Array.from(kinds.querySelectorAll("input:checked"), (one) => one.value));
  if (shown.has("introduced")) shown.add("working");
  map.edges().forEach((edge) => { edge.toggleClass("away", !shown.has(edge.data("kind"))); });
  map.nodes("[kind = 'group']").toggleClass("away", !shown.has("member"));
  map.nodes("[kind = 'challenge']").toggleClass("away", !shown.has("at"));
}

async function styled() {
  for (let turn = 0; turn < 60 && !colour("--way-0"); turn += 1) await new Promise((next) => setTimeout(next, 50));
}

async function draw(place) {
  place.dataset.drawn = "yes";
  await styled();
  const answer = await fetch(place.dataset.graph, { credentials: "same-origin" });
  if (!answer.ok) return;
  const graph = await answer.json();
  place.hidden = false;
  const kinds = document.getElementById("map-kinds");
  const map = globalThis.cytoscape({
    container: place, elements: elements(graph), style: looks(), layout: { name: "preset", fit: true, padding: 30 },
    minZoom: 0.3, maxZoom: 4, userZoomingEnabled: false, boxSelectionEnabled: false, autoungrabify: true,
  });
  document.getElementById("map-without").hidden = true;
  kinds.hidden = false;
  kinds.addEventListener("change", () => choose(map, kinds));
  choose(map, kinds);
  map.on("tap", "node", (event) => {
    map.elements().addClass("faint");
    event.target.closedNeighborhood().removeClass("faint");
  });
  map.on("tap", (event) => { if (event.target === map) map.elements().removeClass("faint"); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.style(looks()));
}

function look() {
  const place = document.getElementById("network-map");
  if (!place || place.dataset.drawn) return;
  if (globalThis.cytoscape) draw(place);
  else document.querySelector("script[src*=cytoscape]")?.addEventListener("load", look, { once: true });
}

look();
document.addEventListener("htmx:after:swap", look);
