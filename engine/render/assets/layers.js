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

const noValue = "#d9dce1";
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

/** Undoes codec.py's encode_values. */
function decodeValues(base64, decimals) {
  const [text, unit, values] = [atob(base64), 10 ** decimals, []];
  for (let at = 0; at < text.length; ) {
    let code = 0;
    for (let place = 1; ; place *= 128) {
      const byte = text.charCodeAt(at++);
      code += (byte & 127) * place;
      if (byte < 128) break;
    }
    const sign = code - 3;
    values.push(code < 3 ? [NaN, Infinity, -Infinity][code] : (sign % 2 ? -(sign + 1) / 2 : sign / 2) / unit);
  }
  return Float64Array.from(values);
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

/** Mean distance of the places of some layers, judged by how many share a square of 0.01 degree, in usual markers. */
function spacing(together) {
  const squares = new Set();
  let markers = 0;
  for (const { shape, sizes, count } of together) {
    for (let i = 0; i < count; i++) {
      squares.add(Math.floor(shape.x[i] * 100) * 36000 + Math.floor(shape.y[i] * 100));
      markers += (sizes[i] ?? 1) ** 2;
    }
  }
  return 0.01 * Math.sqrt(squares.size / Math.max(1, markers));
}

const layers = page.layers;
for (const layer of layers) {
  for (const band of layer.bands ?? []) band.shape = boxed(decodeLines(band.lines));
  layer.count = 0;
  if (layer.kind === "roads") continue;
  layer.shape = decodeLines(layer.kind === "points" ? layer.places : layer.lines);
  if (layer.curved) layer.shape = bent(layer.shape);
  if (layer.kind !== "points") boxed(layer.shape);
  layer.count = layer.kind === "points" ? layer.shape.x.length : layer.shape.count;
  if (layer.kind === "cells") continue;
  // Later entries of the legend on top, so that a broken promise never hides under a kept one; small ones on large ones.
  layer.order = Array.from({ length: layer.count }, (_, i) => i);
  const roleOf = (i) => (Array.isArray(layer.roles) ? layer.roles[i] : 0);
  layer.order.sort((a, b) => roleOf(a) - roleOf(b) || sizeOf(layer, b) - sizeOf(layer, a) || a - b);
}
for (const layer of layers) {
  if (layer.kind !== "points" || layer.spacing) continue;
  const of = (other) => other.kind === "points" && other.label === layer.label && other.numbered === layer.numbered;
  const alike = layers.filter(of);
  const shared = layer.numbered ? 1 : spacing(alike); // what one reads does not shrink
  for (const each of alike) each.spacing = shared;
}
function sizeOf(layer, i) {
  return layer.sizes?.[i] ?? 1;
}
const styleOf = (layer, i) => layer.styles[typeof layer.roles === "number" ? layer.roles : layer.roles[i]];

// ---- What is on show ----

const chosen = new Map(page.start);
const ticked = new Map();
for (const layer of layers) ticked.set(layer.label, ticked.get(layer.label) || layer.visible);
/** Options of one choice are alternatives; every choice that is named must agree. */
const isChosen = (options) => {
  return options.every(([choice]) => options.some(([other, name]) => other === choice && chosen.get(choice) === name));
};
const isOffered = (layer) => isChosen(layer.options) && (layer.kind !== "cells" || layer.now);
const shown = (kind) => layers.filter((each) => each.kind === kind && ticked.get(each.label) && isOffered(each));

/** One column of a cell layer, decoded when first wanted. */
function column(layer, index) {
  layer.decoded ??= [];
  return (layer.decoded[index] ??= decodeValues(layer.streams[index], layer.decimals));
}

/** What a change from one value to another is: from infinity it is "reached now", to it "no longer reached". */
function difference(after, before, unit) {
  if (after === before) return 0;
  return Math.round((after - before) * unit) / unit;
}

/** Computes a series: its values, the class of each (-1: no value) and its numbers. */
function prepare(layer, series) {
  const [scale, unit] = [layer.scales[series.scale], 10 ** layer.decimals];
  const [own, minus] = [column(layer, series.values), series.minus !== null && column(layer, series.minus)];
  const measure = series.measure !== null && column(layer, series.measure);
  series.shown = minus ? own.map((value, i) => difference(value, minus[i], unit)) : own;
  series.classes = Int8Array.from(series.shown, (value, i) => {
    if (Number.isNaN(value)) return -1;
    if (value === Infinity) return scale.above;
    if (value === -Infinity) return scale.below;
    const many = measure ? value / measure[i] : value;
    const found = scale.limits.findIndex((limit) => many <= limit + 1e-9);
    return found < 0 ? scale.limits.length : found;
  });
}

/** Gives each cell layer the series that is chosen now. */
function takeSeries() {
  for (const layer of layers) {
    if (layer.kind !== "cells") continue;
    layer.now = layer.series.find((each) => isChosen(each.options)) ?? null;
    if (!layer.now) continue;
    if (!layer.now.classes) prepare(layer, layer.now);
    [layer.classes, layer.scale] = [layer.now.classes, layer.scales[layer.now.scale]];
    layer.colours = new Map(layer.scale.classes.map(([index, colour]) => [index, colour]));
  }
}
takeSeries();
let selected = ""; // the key picked by a click
let pointed = null; // {layer, i} under the pointer
const isPointed = (layer, i) => pointed?.layer === layer && pointed.i === i;
const isPicked = (layer, i) => (selected && layer.keys[i] === selected) || isPointed(layer, i);
const isFaded = (layer, i) => selected && layer.keys.length && layer.keys[i] !== selected;
