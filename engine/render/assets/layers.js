// The data of the page: decodes the layers, and knows which of them are on show and what is picked out.

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const page = JSON.parse(byId("map-data").textContent);
const words = page.words;
const box = byId("map");
const canvas = box.querySelector("canvas");
const context = canvas.getContext("2d");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** An element with attributes (on… are listeners) and children; strings become text nodes. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== undefined) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const between = (low, value, high) => Math.max(low, Math.min(high, value));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const number = new Intl.NumberFormat(page.language, { maximumFractionDigits: 1 });
const shownText = (value) => (value === null ? "" : typeof value === "number" ? number.format(value) : value);

// ---- Places: Mercator, in degrees of longitude, north up ----

const radian = Math.PI / 180;
const mercator = (lat) => Math.log(Math.tan(Math.PI / 4 + (between(-85, lat, 85) * radian) / 2)) / radian;
const latitude = (y) => (2 * Math.atan(Math.exp(y * radian))) / radian - 90;

/** Undoes codec.py: line i has the points start[i] … start[i + 1] - 1. */
function decodeLines(base64) {
  const text = atob(base64);
  let at = 0;
  const next = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = text.charCodeAt(at++);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const signed = () => {
    const value = next();
    return (value >>> 1) ^ -(value & 1);
  };
  const [count, points] = [next(), next()];
  const lines = { count, start: new Int32Array(count + 1), x: new Float64Array(points), y: new Float64Array(points) };
  for (let i = 0, p = 0, lon = 0, lat = 0; i < count; i++) {
    for (let left = next(); left > 0; left--, p++) {
      lines.x[p] = (lon += signed()) / 1e5;
      lines.y[p] = mercator((lat += signed()) / 1e5);
    }
    lines.start[i + 1] = p;
  }
  return lines;
}

/** Lines of two points bent to the left, as 16 short pieces, so that drawing and pointing need not know. */
function bent(lines) {
  const out = { count: lines.count, start: [0], x: [], y: [] };
  for (let i = 0; i < lines.count; i++) {
    const [first, last] = [lines.start[i], lines.start[i + 1] - 1];
    const [dx, dy] = [lines.x[last] - lines.x[first], lines.y[last] - lines.y[first]];
    for (let p = first; last - first !== 1 && p <= last; p++) (out.x.push(lines.x[p]), out.y.push(lines.y[p]));
    for (let t = 0; last - first === 1 && t <= 1; t += 1 / 16) {
      const bulge = 0.6 * t * (1 - t);
      out.x.push(lines.x[first] + dx * t - dy * bulge);
      out.y.push(lines.y[first] + dy * t + dx * bulge);
    }
    out.start.push(out.x.length);
  }
  return out;
}

/** Adds the box of each line: west, south, east, north at 4 * i. */
function boxed(lines) {
  lines.box = new Float64Array(4 * lines.count);
  for (let i = 0; i < lines.count; i++) {
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let p = lines.start[i]; p < lines.start[i + 1]; p++) {
      [west, east] = [Math.min(west, lines.x[p]), Math.max(east, lines.x[p])];
      [south, north] = [Math.min(south, lines.y[p]), Math.max(north, lines.y[p])];
    }
    lines.box.set([west, south, east, north], 4 * i);
  }
  return lines;
}

/** Mean distance of places, judged by how many share a square of 0.01 degree. */
function spacing({ x, y }) {
  const squares = new Set();
  for (let i = 0; i < x.length; i++) squares.add(Math.floor(x[i] * 100) * 36000 + Math.floor(y[i] * 100));
  return 0.01 * Math.sqrt(squares.size / Math.max(1, x.length));
}

const layers = page.layers;
for (const layer of layers) {
  for (const band of layer.bands ?? []) band.shape = boxed(decodeLines(band.lines));
  layer.count = 0;
  if (layer.kind === "roads") continue;
  layer.shape = decodeLines(layer.kind === "points" ? layer.places : layer.lines);
  if (layer.curved) layer.shape = bent(layer.shape);
  if (layer.kind === "points") layer.spacing = spacing(layer.shape);
  else boxed(layer.shape);
  layer.count = layer.kind === "points" ? layer.shape.x.length : layer.shape.count;
  // Later entries of the legend on top, so that a broken promise never hides under a kept one.
  layer.order = Array.from({ length: layer.count }, (_, i) => i);
  if (Array.isArray(layer.roles)) layer.order.sort((a, b) => layer.roles[a] - layer.roles[b] || a - b);
}
const styleOf = (layer, i) => layer.styles[typeof layer.roles === "number" ? layer.roles : layer.roles[i]];

// ---- What is on show ----

const chosen = new Map(page.choices.map((choice) => [choice.name, choice.options[0]]));
const ticked = new Map();
for (const layer of layers) ticked.set(layer.label, ticked.get(layer.label) || layer.visible);
const isChosen = (option) => !option || chosen.get(option[0]) === option[1];
const shown = (kind) => layers.filter((each) => each.kind === kind && ticked.get(each.label) && isChosen(each.option));
let selected = ""; // the key picked by a click
let pointed = null; // {layer, i} under the pointer
const isPointed = (layer, i) => pointed?.layer === layer && pointed.i === i;
const isPicked = (layer, i) => (selected && layer.keys[i] === selected) || isPointed(layer, i);
const isFaded = (layer, i) => selected && layer.keys.length && layer.keys[i] !== selected;
