// The view and the drawing of everything in it.

// ---- View ----

const view = { x: 0, y: 0, scale: 1 }; // centre, pixels per degree
let size = null; // width, height in pixels of the page, and device pixels for each
let printing = false;
let fitted = true; // whether the view is still the one that shows everything
let frame = 0;
let flight = 0;
const screenX = (x) => (x - view.x) * view.scale + size.width / 2;
const screenY = (y) => (view.y - y) * view.scale + size.height / 2;
const onScreenAt = (shape, p) => [screenX(shape.x[p]), screenY(shape.y[p])];
const redraw = () => (frame ||= requestAnimationFrame(draw));
const boundedScale = (scale) => between(0.5, scale, 2e5);

function setView(x, y, scale) {
  [view.x, view.y, view.scale] = [between(-180, x, 180), between(-180, y, 180), boundedScale(scale)];
  redraw();
}

/** How many pixels of the map's right the legend covers. */
function covered() {
  const legend = byId("legend");
  return !printing && getComputedStyle(legend).position === "absolute" ? legend.offsetWidth : 0;
}

/** The view that holds a box of projected degrees, beside the legend, at least `least` wide and high. */
function viewOf([west, south, east, north], least) {
  const side = covered();
  const room = Math.min(48, size.width / 8, size.height / 8);
  const [across, up] = [Math.max(east - west, least), Math.max(north - south, least)];
  const scale = boundedScale(Math.min((size.width - side - 2 * room) / across, (size.height - 2 * room) / up));
  return [(west + east + side / scale) / 2, (south + north) / 2, scale];
}

function wholeView() {
  if (!page.bounds) return [0, 0, size.width / 360];
  const [west, south, east, north] = page.bounds;
  return viewOf([west, mercator(south), east, mercator(north)], 0.004);
}

function flyTo([x, y, scale]) {
  fitted = false;
  if (calm) return setView(x, y, scale);
  const [from, began] = [{ ...view }, performance.now()];
  const step = (now) => {
    const t = between(0, (now - began) / 350, 1);
    const part = t * t * (3 - 2 * t);
    setView(from.x + (x - from.x) * part, from.y + (y - from.y) * part, from.scale * (scale / from.scale) ** part);
    if (t < 1) flight = requestAnimationFrame(step);
  };
  cancelAnimationFrame(flight);
  flight = requestAnimationFrame(step);
}

/** Zooms by a factor about a place on the screen, which stays where it is. */
function zoom(factor, atX = size.width / 2, atY = size.height / 2) {
  fitted = false;
  const [dx, dy, scale] = [atX - size.width / 2, atY - size.height / 2, boundedScale(view.scale * factor)];
  setView(view.x + dx / view.scale - dx / scale, view.y - dy / view.scale + dy / scale, scale);
}

function move(dx, dy) {
  fitted = false;
  setView(view.x - dx / view.scale, view.y + dy / view.scale, view.scale);
}

function showEverything() {
  flyTo(wholeView());
  fitted = true;
}

function setSize(width, height, ratio) {
  size = { width, height, ratio };
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
}

function resize() {
  if (printing) return;
  setSize(box.clientWidth || 1, box.clientHeight || 1, devicePixelRatio || 1);
  if (fitted) setView(...wholeView());
  draw();
}

// ---- Drawing ----

let drawn = {}; // how many of each kind are on the screen

function draw() {
  cancelAnimationFrame(frame);
  frame = 0;
  drawn = { cells: 0, roads: 0, lines: 0, points: 0 };
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.fillStyle = "#f8f9fb";
  context.fillRect(0, 0, size.width, size.height);
  context.lineCap = context.lineJoin = "round";
  for (const [kind, paint] of Object.entries(painters)) {
    for (const layer of shown(kind)) paint(layer);
    context.globalAlpha = 1;
  }
  drawNames();
  drawScaleBar();
  root.dataset.drawn = JSON.stringify(drawn);
}

/** Whether the box of line i meets the screen, widened by some pixels. */
function isOnScreen({ box }, i, margin = 4) {
  if (screenX(box[4 * i + 2]) < -margin || screenX(box[4 * i]) > size.width + margin) return false;
  return screenY(box[4 * i + 1]) >= -margin && screenY(box[4 * i + 3]) <= size.height + margin;
}

/** Adds line i to the current path, leaving out points closer than about a pixel to the one before. */
function trace(shape, i) {
  const last = shape.start[i + 1] - 1;
  let [penX, penY] = onScreenAt(shape, shape.start[i]);
  context.moveTo(penX, penY);
  for (let p = shape.start[i] + 1; p <= last; p++) {
    const [x, y] = [screenX(shape.x[p]), screenY(shape.y[p])];
    if (p < last && Math.abs(x - penX) + Math.abs(y - penY) < 1.2) continue;
    context.lineTo(x, y);
    [penX, penY] = [x, y];
  }
}

/** Calls `paint(i, picked)` for each feature of a layer, those picked out last and so on top. */
function inOrder(layer, paint) {
  const last = [];
  for (const i of layer.order) isPicked(layer, i) ? last.push(i) : paint(i, false);
  for (const i of last) paint(i, true);
}

/** Diagonal strokes over a class that grey paper could not tell from another. */
function hatching() {
  const tile = element("canvas", { width: 12, height: 12 });
  const pen = tile.getContext("2d");
  [pen.strokeStyle, pen.lineWidth] = ["rgba(40, 20, 0, 0.5)", 1.6];
  for (const at of [-12, 0, 12]) (pen.moveTo(at - 2, 14), pen.lineTo(at + 14, -2));
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix([0.5, 0, 0, 0.5, 0, 0]));
  return pattern;
}

function outline(shape, i) {
  trace(shape, i);
  context.closePath();
}

// In this order: the ground first.
const painters = {
  roads(layer) {
    const widen = between(0.6, (view.scale / 9000) ** 0.4, 2.4);
    for (const band of [...layer.bands].reverse()) {
      if (view.scale < band.fromScale) continue;
      context.strokeStyle = band.colour;
      context.lineWidth = band.width * widen;
      context.beginPath();
      for (let i = 0, pending = 0; i < band.shape.count; i++) {
        if (!isOnScreen(band.shape, i)) continue;
        trace(band.shape, i);
        drawn.roads++;
        if (++pending % 400) continue;
        context.stroke(); // one huge path is much slower than several small ones
        context.beginPath();
      }
      context.stroke();
    }
  },

  /** Multiplied into what lies below, so that the roads show through and a colour stays that of the legend. */
  cells(layer) {
    const members = new Map(); // the cells on the screen by class: one path each is much faster than one a cell
    const marked = [];
    for (let i = 0; i < layer.count; i++) {
      if (!isOnScreen(layer.shape, i)) continue;
      drawn.cells++;
      if (isPicked(layer, i)) marked.push(i);
      const sort = layer.classes[i];
      members.has(sort) ? members.get(sort).push(i) : members.set(sort, [i]);
    }
    const [first] = members.values();
    const { box } = layer.shape;
    const across = first ? (box[4 * first[0] + 2] - box[4 * first[0]]) * view.scale : 0;
    context.globalCompositeOperation = "multiply";
    for (const [sort, cells] of members) {
      context.beginPath();
      for (const i of cells) outline(layer.shape, i);
      context.fillStyle = layer.colours.get(sort) ?? noValue;
      context.fill();
      if (!layer.scale.hatched.includes(sort)) continue;
      context.fillStyle = hatching();
      context.fill();
    }
    context.globalCompositeOperation = "source-over";
    if (across > 7) {
      context.globalAlpha = between(0, (across - 7) / 20, 0.55);
      context.beginPath();
      for (const cells of members.values()) for (const i of cells) outline(layer.shape, i);
      strokeWith("#ffffff", 0.8, []);
      context.globalAlpha = 1;
    }
    for (const i of marked) {
      context.beginPath();
      outline(layer.shape, i);
      strokeWith("#ffffff", 6, []);
      strokeWith("#1b1f24", 3, []);
    }
  },

  lines(layer) {
    inOrder(layer, (i, picked) => {
      if (!isOnScreen(layer.shape, i)) return;
      const style = styleOf(layer, i);
      const width = style.width + (picked ? 1.5 : 0);
      context.globalAlpha = isFaded(layer, i) ? 0.15 : 0.9;
      context.beginPath();
      trace(layer.shape, i);
      if (!isFaded(layer, i)) strokeWith("#ffffff", width + 2, []);
      strokeWith(style.colour, width, dash(style));
      context.setLineDash([]);
      drawArrow(layer.shape, i, style);
      drawn.lines++;
    });
  },

  points(layer) {
    const factor = factorOf(layer);
    inOrder(layer, (i, picked) => {
      const [x, y] = markerAt(layer, i);
      if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) return;
      context.globalAlpha = isFaded(layer, i) ? 0.35 : 1;
      stamp(context, styleOf(layer, i), factor * sizeOf(layer, i), x, y, picked ? 2.5 : 0);
      if (!layer.numbered) return void drawn.points++;
      drawTail(styleOf(layer, i), radiusOf(layer, i), x, y);
      drawInside(layer.names[i] ?? "", styleOf(layer, i), radiusOf(layer, i), x, y);
      drawn.points++;
    });
  },
};

const dash = (style) => (style.dashed ? [3 * style.width, 2.2 * style.width] : []);
/** Markers of a crowded layer shrink when one zooms out. */
const factorOf = (layer) => layer.size * between(0.1, (layer.spacing * view.scale) / 13, 1) ** 0.5;
const radiusOf = (layer, i) => styleOf(layer, i).radius * factorOf(layer) * sizeOf(layer, i);

function strokeWith(colour, width, pattern) {
  [context.strokeStyle, context.lineWidth] = [colour, width];
  context.setLineDash(pattern);
  context.stroke();
}

/** An arrowhead half-way along line i, where there is room for one. */
function drawArrow(shape, i, style) {
  const [first, last] = [shape.start[i], shape.start[i + 1] - 1];
  const middle = Math.ceil((first + last) / 2);
  const span = Math.hypot(shape.x[last] - shape.x[first], shape.y[last] - shape.y[first]) * view.scale;
  if (span < 50) return;
  const [[ax, ay], [bx, by]] = [onScreenAt(shape, middle - 1), onScreenAt(shape, middle)];
  const [angle, reach] = [Math.atan2(by - ay, bx - ax), 3 + 1.8 * style.width];
  context.fillStyle = style.colour;
  context.beginPath();
  for (const turn of [0, 2.3, -2.3]) {
    context.lineTo((ax + bx) / 2 + reach * Math.cos(angle + turn), (ay + by) / 2 + reach * Math.sin(angle + turn));
  }
  context.fill();
}

// Corners of the shapes at radius 1, y down. A circle has none.
const quarter = [[0, -0.4], [0.6, -1], [1, -0.6]];
const corners = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  triangle: [[0, -1.1], [1.05, 0.8], [-1.05, 0.8]],
  cross: [0, 1, 2, 3].flatMap((turn) => quarter.map(([x, y]) => [[x, y], [-y, x], [-x, -y], [y, -x]][turn])),
  star: Array.from({ length: 10 }, (_, k) => {
    const reach = k % 2 ? 0.45 : 1;
    return [reach * Math.sin((k * Math.PI) / 5), -reach * Math.cos((k * Math.PI) / 5)];
  }),
};

/** One marker with its white rim, `extra` pixels larger than its style says. */
function stamp(pen, style, factor, x, y, extra = 0) {
  const radius = style.radius * factor + extra;
  pen.beginPath();
  if (style.shape === "circle") pen.arc(x, y, radius, 0, 2 * Math.PI);
  else for (const [dx, dy] of corners[style.shape]) pen.lineTo(x + dx * radius, y + dy * radius);
  pen.closePath();
  [pen.lineJoin, pen.lineWidth, pen.strokeStyle] = ["round", radius > 3.5 ? 3 : 1, "#ffffff"];
  if (radius > 2) pen.stroke();
  pen.fillStyle = style.colour;
  pen.fill();
}

/** Where a marker stands: numbered ones are pins above their place, so that they hide nothing there. */
function markerAt(layer, i) {
  const [x, y] = onScreenAt(layer.shape, i);
  return [x, layer.numbered ? y - radiusOf(layer, i) - 8 : y];
}

function drawTail(style, radius, x, y) {
  context.beginPath();
  for (const [dx, dy] of [[-0.45, 0.8], [0, 1 + 8 / radius], [0.45, 0.8]]) context.lineTo(x + dx * radius, y + dy * radius);
  context.fillStyle = style.colour;
  context.fill();
}

/** A short name in the middle of a marker, white on dark colours and black on light ones. */
function drawInside(text, style, radius, x, y) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(style.colour.slice(at, at + 2), 16));
  context.font = `700 ${radius * (text.length > 1 ? 1.15 : 1.35)}px system-ui, sans-serif`;
  [context.textAlign, context.textBaseline] = ["center", "middle"];
  context.fillStyle = 0.3 * red + 0.6 * green + 0.1 * blue < 140 ? "#ffffff" : "#1b1f24";
  context.fillText(text, x, y + radius * 0.06);
  context.textAlign = "start";
}

/** Names beside the points of labelled layers, where they hide no other such point and no other name. */
function drawNames() {
  const [taken, wanted] = [[], []];
  for (const layer of shown("points")) {
    for (let i = 0; layer.labelled && i < layer.count; i++) {
      const [[x, y], radius] = [onScreenAt(layer.shape, i), radiusOf(layer, i)];
      if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
      taken.push([x - radius, y - radius, x + radius, y + radius]);
      if (layer.names[i] && !isFaded(layer, i)) wanted.push([layer.names[i], x + radius + 4, y]);
    }
  }
  if (wanted.length > 400) return;
  context.font = "600 11.5px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillStyle = "#1b1f24";
  for (const [text, x, y] of wanted) {
    const [left, top, right, bottom] = [x - 1, y - 7, x + context.measureText(text).width + 1, y + 7];
    if (taken.some((other) => left < other[2] && right > other[0] && top < other[3] && bottom > other[1])) continue;
    taken.push([left, top, right, bottom]);
    [context.lineWidth, context.strokeStyle] = [3, "rgba(255, 255, 255, 0.9)"];
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

function drawScaleBar() {
  const metresPerPixel = (111319.49 * Math.cos(latitude(view.y) * radian)) / view.scale;
  const most = metresPerPixel * Math.min(120, size.width / 4);
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
  const [x, y, length] = [12, size.height - 12, metres / metresPerPixel];
  context.fillStyle = "rgba(255, 255, 255, 0.85)";
  context.fillRect(x - 6, y - 20, length + 12, 27);
  context.beginPath();
  for (const [dx, dy] of [[0, -4], [0, 0], [length, 0], [length, -4]]) context.lineTo(x + dx, y + dy);
  strokeWith("#3c4550", 1.5, []);
  [context.fillStyle, context.font, context.textBaseline] = ["#3c4550", "11px system-ui, sans-serif", "alphabetic"];
  context.fillText(metres >= 1000 ? `${number.format(metres / 1000)} km` : `${number.format(metres)} m`, x + 3, y - 6);
}
