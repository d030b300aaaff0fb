// What stands around the map: switches, legend, tables; and the start of it all.

// ---- Switches and legend ----

function choose(choice, name) {
  chosen.set(choice, name);
  for (const part of document.querySelectorAll("[data-choice]")) {
    part.hidden = !isChosen([part.dataset.choice, part.dataset.name]);
  }
  pointAway();
  redraw();
}

function buildSwitches() {
  page.choices.forEach((choice, group) => {
    const options = choice.options.map((name, i) => {
      const onchange = () => choose(choice.name, name);
      const state = { name: `choice-${group}`, checked: i === 0, autocomplete: "off", onchange };
      const input = element("input", { type: "radio", ...state });
      return element("label", {}, input, element("span", {}, name));
    });
    byId("switches").append(element("fieldset", {}, element("legend", {}, choice.name), ...options));
  });
  const signs = [["+", words.zoomIn, keys["+"]], ["−", words.zoomOut, keys["-"]], ["⤢", words.fit, keys[0]]];
  const button = ([sign, title, onclick]) => {
    return element("button", { type: "button", title, "aria-label": title, onclick }, sign);
  };
  box.append(element("div", { id: "zoom" }, ...signs.map(button)), tip);
  canvas.setAttribute("aria-label", words.map);
}

/** A small picture of a style, as the map draws it. */
function swatch(style, kind) {
  const width = kind === "lines" ? 34 : 22;
  const picture = element("canvas", { width: 2 * width, height: 36, class: kind });
  const pen = picture.getContext("2d");
  pen.scale(2, 2);
  if (kind === "points") return stamp(pen, style, 1, 11, 9), picture;
  [pen.strokeStyle, pen.lineWidth] = [style.colour, style.width];
  pen.setLineDash(dash(style));
  pen.moveTo(1, 9);
  pen.lineTo(width - 1, 9);
  pen.stroke();
  return picture;
}

function buildLegend() {
  const list = element("ul");
  for (const [label, checked] of ticked) {
    const items = new Map(); // each look that layers of this label use, once
    for (const layer of layers.filter((each) => each.label === label)) {
      for (const style of layer.styles ?? []) {
        items.set(JSON.stringify([layer.kind, style]), [swatch(style, layer.kind), style.label]);
      }
      const classes = layer.classes?.includes(-1) ? [...layer.scale, ["#d9dce1", words.noValue]] : (layer.scale ?? []);
      for (const [colour, text] of classes) {
        const patch = element("i");
        patch.style.background = colour;
        items.set(colour + text, [patch, text]);
      }
    }
    const onchange = (event) => (ticked.set(label, event.target.checked), pointAway(), redraw());
    const input = element("input", { type: "checkbox", checked, autocomplete: "off", onchange });
    const rows = [...items.values()].map((parts) => element("li", {}, ...parts));
    list.append(element("li", {}, element("label", {}, input, label), element("ul", {}, ...rows)));
  }
  byId("legend").append(element("details", { open: true }, element("summary", {}, words.legend), list));
}

// ---- Tables ----

const textOf = (cell) => (Array.isArray(cell) ? cell[2] : shownText(cell));
const collator = new Intl.Collator(page.language, { numeric: true });

function buildTable(table) {
  const most = 500; // rows on the page at once; a search reaches the others
  const texts = table.rows.map((row) => row.map(textOf).join("\n").toLocaleLowerCase());
  const numeric = table.columns.map((_, c) => table.rows.every((row) => row[c] === null || typeof row[c] === "number"));
  const order = table.rows.map((_, r) => r);
  const [body, count] = [element("tbody"), element("output")];
  const hint = { placeholder: words.search, "aria-label": words.search };
  const search = element("input", { type: "search", ...hint, oninput: fill });
  let [sorted, direction] = [-1, 1];

  function fill() {
    const wanted = search.value.trim().toLocaleLowerCase().split(/\s+/);
    const rows = order.filter((r) => wanted.every((word) => texts[r].includes(word)));
    const figures = { shown: number.format(Math.min(most, rows.length)), total: number.format(table.rows.length) };
    body.replaceChildren(...rows.slice(0, most).map(rowOf));
    count.value = filled(words.rows, figures);
  }

  function rowOf(r) {
    const key = table.keys[r];
    const show = () => {
      select(key, true);
      box.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    };
    const onkeydown = (event) => event.key === "Enter" && show();
    const mark = key === selected && "selected";
    const hands = key ? { tabindex: 0, "data-key": key, class: mark, onclick: show, onkeydown } : {};
    const cells = table.rows[r].map((cell, c) => {
      if (!Array.isArray(cell)) return element("td", { class: numeric[c] && "number" }, shownText(cell));
      return element("td", { class: `mark role-${cell[0]}` }, element("b", {}, cell[1]), ` ${cell[2]}`);
    });
    return element("tr", hands, ...cells);
  }

  function sortBy(c) {
    [sorted, direction] = [c, sorted === c ? -direction : 1];
    order.sort((a, b) => {
      const [one, other] = [table.rows[a][c], table.rows[b][c]];
      if (one === null || other === null) return (one === null) - (other === null) || a - b;
      return direction * (numeric[c] ? one - other : collator.compare(textOf(one), textOf(other))) || a - b;
    });
    const way = direction > 0 ? "ascending" : "descending";
    heads.forEach((head, h) => head.setAttribute("aria-sort", h === c ? way : "none"));
    fill();
  }

  const heads = table.columns.map((name, c) => {
    const button = element("button", { type: "button", onclick: () => sortBy(c) }, name);
    return element("th", { scope: "col", class: numeric[c] && "number", "aria-sort": "none" }, button);
  });
  const grid = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  const [choice, name] = table.option ?? [];
  const parts = [element("h2", {}, table.title), element("p", {}, search, count), element("div", {}, grid)];
  fill();
  const state = { "data-choice": choice, "data-name": name, hidden: !isChosen(table.option) };
  byId("tables").append(element("section", state, ...parts));
}

// ---- Paper: the same view, drawn anew for the width of a page and sharp enough for a printer ----

addEventListener("beforeprint", () => {
  const [{ width, height }, scale] = [size, view.scale];
  printing = true;
  setSize(1040, 560, 2);
  view.scale = scale * Math.min(1040 / width, 560 / height);
  draw();
  addEventListener("afterprint", () => ((view.scale = scale), (printing = false), resize()), { once: true });
});

// ---- Start ----

buildSwitches();
if (layers.length) buildLegend();
else box.append(element("p", { id: "nothing" }, words.nothing));
page.tables.forEach(buildTable);
new ResizeObserver(resize).observe(box);
resize();
root.dataset.ready = "true";
