// What mouse, touch, wheel and keys do to the map.

// ---- Pointing ----

/** What lies under a place on the screen: points before lines before cells, nearest first. */
function under(x, y, reach) {
  for (const kind of ["points", "lines", "cells"]) {
    const found = [];
    for (const layer of shown(kind)) {
      for (let i = 0; i < layer.count; i++) {
        const away = distance[kind](layer, i, x, y, reach);
        if (away <= reach) found.push({ layer, i, away });
      }
    }
    if (found.length) return found.sort((a, b) => a.away - b.away);
  }
  return [];
}

/** Pixels from a place on the screen to feature i; anything above `reach` when it is farther than that. */
const distance = {
  points(layer, i, x, y) {
    const [px, py] = markerAt(layer, i);
    return Math.max(0, Math.hypot(px - x, py - y) - radiusOf(layer, i));
  },
  lines({ shape }, i, x, y, reach) {
    const [west, south, east, north] = shape.box.subarray(4 * i, 4 * i + 4);
    if (x < screenX(west) - reach || x > screenX(east) + reach) return Infinity;
    if (y < screenY(north) - reach || y > screenY(south) + reach) return Infinity;
    let best = Infinity;
    for (let p = shape.start[i] + 1; p < shape.start[i + 1]; p++) {
      const [[ax, ay], [bx, by]] = [onScreenAt(shape, p - 1), onScreenAt(shape, p)];
      const [dx, dy] = [bx - ax, by - ay];
      const t = between(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 1);
      best = Math.min(best, Math.hypot(ax + t * dx - x, ay + t * dy - y));
    }
    return best;
  },
  cells({ shape }, i, x, y) {
    if (!isOnScreen(shape, i, 0)) return Infinity;
    let inside = false;
    const last = shape.start[i + 1] - 1;
    for (let p = shape.start[i], q = last; p <= last; q = p++) {
      const [[px, py], [qx, qy]] = [onScreenAt(shape, p), onScreenAt(shape, q)];
      if (py > y !== qy > y && x < ((qx - px) * (y - py)) / (qy - py) + px) inside = !inside;
    }
    return inside ? 0 : Infinity;
  },
};

const tip = element("div", { id: "tip", role: "status", hidden: true });
const measured = (value, unit) => {
  if (Number.isNaN(value)) return words.noValue;
  return Number.isFinite(value) ? `${number.format(value)} ${unit}`.trim() : words.never;
};

/** What the tooltip says of a cell: the value on show, with its class where infinite, and the numbers beside it. */
function cellRows(layer, i) {
  const [{ shown: values, valueLabel, numbers }, { classes, unit }] = [layer.now, layer.scale];
  const [, , text] = classes.find(([index]) => index === layer.classes[i]) ?? [];
  const value = Math.abs(values[i]) === Infinity ? text : measured(values[i], unit);
  return [[valueLabel, value], ...numbers.map(([name, index]) => [name, measured(column(layer, index)[i], "")])];
}

function describe({ layer, i }) {
  const isCell = layer.kind === "cells";
  const role = isCell ? layer.label : styleOf(layer, i).label;
  const name = layer.names[i];
  const rows = layer.fields.map(([field, values]) => [field, shownText(values[i])]).filter(([, text]) => text !== "");
  if (isCell) rows.unshift(...cellRows(layer, i));
  const list = rows.flatMap(([field, text]) => [element("dt", {}, field), element("dd", {}, text)]);
  const head = element("h2", {}, ...(isCell ? [] : [swatch(styleOf(layer, i), layer.kind)]), name || role);
  return element("section", {}, head, ...(name && !isCell ? [element("p", {}, role)] : []), element("dl", {}, ...list));
}

function showTip(found, x, y) {
  const most = 3;
  tip.hidden = !found.length;
  tip.replaceChildren(...found.slice(0, most).map(describe));
  const more = filled(words.more, { count: number.format(found.length - most) });
  if (found.length > most) tip.append(element("p", {}, more));
  // Beside the pointer, on the other side of it where there is no room, never outside the map.
  const beside = (at, length, room) => {
    return between(4, at + 14 + length > room ? at - 14 - length : at + 14, room - length - 4);
  };
  tip.style.left = `${beside(x, tip.offsetWidth, size.width)}px`;
  tip.style.top = `${beside(y, tip.offsetHeight, size.height)}px`;
}

function pointAt(x, y, reach) {
  const [found, before] = [under(x, y, reach), pointed];
  pointed = found[0] ?? null;
  canvas.style.cursor = pointed ? "pointer" : "";
  showTip(found, x, y);
  if (before?.layer !== pointed?.layer || before?.i !== pointed?.i) redraw();
  return found;
}
const pointAway = () => pointAt(-1e6, -1e6, 0);

/** Picks out one key everywhere; with `fly` the view moves to hold all of its features on show. */
function select(key, fly) {
  selected = key;
  for (const row of document.querySelectorAll("tr[data-key]")) row.classList.toggle("selected", row.dataset.key === key);
  if (fly) tip.hidden = true;
  const around = [Infinity, Infinity, -Infinity, -Infinity];
  for (const layer of [...shown("points"), ...shown("lines"), ...shown("cells")]) {
    for (let i = 0; i < layer.count; i++) {
      if (layer.keys[i] !== key) continue;
      const { x, y, box } = layer.shape;
      const [west, south, east, north] = box ? box.subarray(4 * i, 4 * i + 4) : [x[i], y[i], x[i], y[i]];
      const room = layer.kind === "cells" ? 3 * (east - west) : 0; // a cell alone would say nothing of where it is
      const own = [west - room, south - room, east + room, north + room];
      own.forEach((edge, k) => (around[k] = k < 2 ? Math.min(around[k], edge) : Math.max(around[k], edge)));
    }
  }
  if (fly && around[0] <= around[2]) flyTo(viewOf(around, 0.012));
  redraw();
}

// ---- Hands: mouse, touch, wheel, keys ----

const fingers = new Map();
let travelled = 0;
const placeOf = (event) => {
  const edge = canvas.getBoundingClientRect();
  return [event.clientX - edge.left, event.clientY - edge.top];
};
/** Distance and middle of two fingers, or 0 and the place of one. */
const grip = () => {
  const [[ax, ay], [bx, by] = [ax, ay]] = [...fingers.values()];
  return [Math.hypot(ax - bx, ay - by), (ax + bx) / 2, (ay + by) / 2];
};

canvas.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  cancelAnimationFrame(flight);
  if (!fingers.size) travelled = 0;
  fingers.set(event.pointerId, placeOf(event));
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) return void (event.pointerType === "mouse" && pointAt(...placeOf(event), 4));
  const [apart, x, y] = grip();
  fingers.set(event.pointerId, placeOf(event));
  const [apartNow, xNow, yNow] = grip();
  travelled += Math.abs(xNow - x) + Math.abs(yNow - y) + Math.abs(apartNow - apart);
  if (travelled < 5) return; // a click that trembles
  tip.hidden = true;
  move(xNow - x, yNow - y);
  if (apart && apartNow) zoom(apartNow / apart, xNow, yNow);
});
const lift = (event) => {
  const held = fingers.delete(event.pointerId);
  if (!held || event.type !== "pointerup" || travelled >= 5 || fingers.size) return;
  const found = pointAt(...placeOf(event), event.pointerType === "mouse" ? 4 : 14);
  select(found.map(({ layer, i }) => layer.keys[i]).find(Boolean) ?? "", false);
};
canvas.addEventListener("pointerup", lift);
canvas.addEventListener("pointercancel", lift);
canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !fingers.size && pointAway());
canvas.addEventListener("dblclick", (event) => zoom(2, ...placeOf(event)));
const wheel = (event) => {
  event.preventDefault();
  tip.hidden = true;
  zoom(Math.exp(-between(-240, event.deltaY * (event.deltaMode === 1 ? 24 : 1), 240) * 0.0022), ...placeOf(event));
};
canvas.addEventListener("wheel", wheel, { passive: false });
const keys = {
  "+": () => zoom(1.5),
  "=": () => zoom(1.5),
  "-": () => zoom(1 / 1.5),
  0: showEverything,
  ArrowLeft: () => move(80, 0),
  ArrowRight: () => move(-80, 0),
  ArrowUp: () => move(0, 80),
  ArrowDown: () => move(0, -80),
  Escape: () => (select("", false), pointAway()),
  Enter: () => pointAt(size.width / 2, size.height / 2, 14),
};
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
