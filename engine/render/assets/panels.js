// What stands around the map: switches, legend, tables; and the start of it all.

// ---- Switches and legend ----

function choose(...picked) {
  for (const [choice, name] of picked) chosen.set(choice, name);
  for (const each of document.querySelectorAll("#switches [data-choice]")) {
    const wanted = chosen.get(each.dataset.choice);
    each.type === "radio" ? (each.checked = each.value === wanted) : (each.value = wanted);
  }
  takeSeries();
  showChosen();
  fillLegend();
  pointAway();
  redraw();
  const figures = [...document.querySelectorAll("#figures > div:not([hidden])")].map((each) => each.innerText);
  tell(`${[...chosen.values()].join(", ")}. ${figures.join(". ")}`);
}

/** Figures and tables of what is chosen; a table is built when first shown. */
function showChosen() {
  for (const part of document.querySelectorAll("#figures [data-options]")) {
    part.hidden = !isChosen(JSON.parse(part.dataset.options));
  }
  page.tables.forEach((table, t) => {
    const section = byId("tables").children[t];
    section.hidden = !isChosen(table.options);
    if (!section.hidden && !section.hasChildNodes()) buildTable(table, section);
  });
  for (const row of document.querySelectorAll("[data-pick]")) {
    row.classList.toggle("selected", isChosen(JSON.parse(row.dataset.pick)));
  }
}

/** Says something to who cannot see the page. */
const tell = (text) => (byId("status").textContent = text.replace(/\s+/g, " "));

/** A few short options make a row of buttons, others a list to unfold. */
const isShort = ({ options }) => options.length <= 4 && options.join("").length <= 36;

function buttonsOf(choice, group) {
  const options = choice.options.map((name) => {
    const onchange = () => choose([choice.name, name]);
    const checked = chosen.get(choice.name) === name;
    const state = { type: "radio", name: `choice-${group}`, value: name, checked, autocomplete: "off", onchange };
    return element("label", {}, element("input", { ...state, "data-choice": choice.name }), element("span", {}, name));
  });
  return element("fieldset", {}, element("legend", {}, choice.name), ...options);
}

function listOf(choice) {
  const options = choice.options.map((name) => {
    return element("option", { value: name, selected: chosen.get(choice.name) === name }, name);
  });
  const onchange = (event) => choose([choice.name, event.target.value]);
  const list = element("select", { autocomplete: "off", "data-choice": choice.name, onchange }, ...options);
  return element("label", { class: "list" }, element("b", {}, choice.name), list);
}

function buildSwitches() {
  const several = page.choices.filter((choice) => choice.options.length > 1);
  byId("switches").append(...several.map((choice, group) => (isShort(choice) ? buttonsOf(choice, group) : listOf(choice))));
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
  if (kind === "points") return stamp(pen, style, Math.min(1, 8.5 / style.radius), 11, 9), picture;
  [pen.strokeStyle, pen.lineWidth] = [style.colour, style.width];
  pen.setLineDash(dash(style));
  pen.moveTo(1, 9);
  pen.lineTo(width - 1, 9);
  pen.stroke();
  return picture;
}

/** The looks that the layers of a label have now: [key, picture, text]; equal ones have equal keys. */
function looksOf(layer) {
  const looks = (layer.styles ?? []).map((style) => {
    return [JSON.stringify([layer.kind, style]), () => swatch(style, layer.kind), style.label];
  });
  const sizes = layer.sizeLegend ?? [];
  const largest = Math.max(...sizes.map(([factor]) => factor)); // drawn as large as there is room, others in proportion
  for (const [factor, text] of sizes) {
    const style = { ...layer.styles[0], colour: "#7c8794", radius: Math.max(1.5, (8 * factor) / largest) };
    if (layer.styles.length) looks.push([`size ${text}`, () => swatch(style, layer.kind), text]);
  }
  if (layer.kind !== "cells") return looks;
  // Classes of infinite values, and that of none, are explained only where there are such.
  const some = ([sort]) => (sort >= 0 && sort <= layer.scale.limits.length) || layer.classes.includes(sort);
  return [...layer.scale.classes, [-1, noValue, words.noValue]].filter(some).map(([sort, colour, text]) => {
    const patch = element("i", { class: layer.scale.hatched.includes(sort) && "hatched" });
    patch.style.backgroundColor = colour;
    return [colour + text, () => patch, text];
  });
}

const entries = new Map(); // label -> its entry in the legend, the text of its check box and its list of looks

function buildLegend() {
  for (const [label, checked] of ticked) {
    const onchange = (event) => (ticked.set(label, event.target.checked), pointAway(), redraw());
    const input = element("input", { type: "checkbox", checked, autocomplete: "off", onchange });
    const [text, looks] = [element("span", {}, label), element("ul")];
    entries.set(label, { entry: element("li", {}, element("label", {}, input, text), looks), text, looks });
  }
  const list = element("ul", {}, ...[...entries.values()].map(({ entry }) => entry));
  byId("legend").append(element("details", { open: true }, element("summary", {}, words.legend), list));
  fillLegend();
}

/** The legend explains what is chosen now, each look once. */
function fillLegend() {
  for (const [label, { entry, text, looks }] of entries) {
    const offered = layers.filter((layer) => layer.label === label && isOffered(layer));
    const items = new Map(offered.flatMap(looksOf).map(([key, picture, words]) => [key, [picture, words]]));
    entry.hidden = !offered.length;
    text.textContent = offered.find((layer) => layer.kind === "cells")?.now.valueLabel ?? label;
    looks.replaceChildren(...[...items.values()].map(([picture, words]) => element("li", {}, picture(), words)));
  }
}

// ---- Tables ----

const textOf = (cell) => (Array.isArray(cell) ? cell[2] : shownText(cell));
const collator = new Intl.Collator(page.language, { numeric: true });

function buildTable(table, section) {
  const most = 500; // rows on the page at once; a search reaches the others
  const texts = table.rows.map((row) => row.map(textOf).join("\n").toLocaleLowerCase());
  const numeric = table.columns.map((_, c) => table.rows.every((row) => row[c] === null || typeof row[c] === "number"));
  const order = table.rows.map((_, r) => r);
  const [body, count, paper] = [element("tbody"), element("output"), element("p", { class: "paper" })];
  const hint = { placeholder: words.search, "aria-label": words.search };
  const search = element("input", { type: "search", ...hint, oninput: fill });
  const [rest, folds] = [element("button", { type: "button", class: "rest", onclick: unfold }), table.first > 0];
  let [sorted, direction, whole] = [-1, 1, false];

  function fill() {
    const wanted = search.value.trim().toLocaleLowerCase().split(/\s+/);
    const rows = order.filter((r) => wanted.every((word) => texts[r].includes(word)));
    const here = Math.min(folds && !whole && !search.value ? table.first : most, rows.length);
    const figures = { shown: number.format(here), total: number.format(table.rows.length) };
    body.replaceChildren(...rows.slice(0, here).map(rowOf));
    rest.hidden = !folds || search.value !== "" || rows.length <= table.first;
    rest.textContent = filled(whole ? words.fewer : words.all, { total: number.format(whole ? table.first : rows.length) });
    rest.setAttribute("aria-expanded", whole);
    [...body.children].slice(table.printed).forEach((row) => row.classList.add("screen"));
    count.value = filled(words.rows, figures);
    const cut = rows.length - table.printed; // what paper leaves out it says
    paper.textContent = table.printed && cut > 0 ? filled(words.offPaper, { count: number.format(cut) }) : "";
  }

  function unfold() {
    whole = !whole;
    fill();
  }

  function rowOf(r) {
    const [key, pick] = [table.keys[r], table.picks[r]];
    const said = table.rows[r].map(textOf).filter(Boolean).join(", ");
    const show = () => {
      if (pick) choose(...pick);
      if (key) select(key, true);
      box.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      if (key) tell(said);
    };
    const hands = key || pick ? { "data-key": key || false, "data-pick": pick && JSON.stringify(pick), onclick: show } : {};
    hands.class = (key ? key === selected : pick && isChosen(pick)) && "selected";
    const cells = table.rows[r].map((cell, c) => {
      const parts = Array.isArray(cell) ? [element("b", {}, cell[1]), ` ${cell[2]}`] : [shownText(cell)];
      // A button in the first cell, so that keys and screen readers can do what a click on the row does.
      const way = { type: "button", "aria-label": `${words.show}: ${said}` };
      const sort = Array.isArray(cell) ? `mark role-${cell[0]}` : numeric[c] && "number";
      return element("td", { class: sort, "data-column": table.columns[c] }, ...((key || pick) && c === 0 ? [element("button", way, ...parts)] : parts));
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
  // On a narrow screen rows of many columns are cards: each value with its column's name.
  const grid = element("table", { class: table.columns.length > 5 && (table.columns.length > 8 ? "cards many" : "cards") }, element("thead", {}, element("tr", {}, ...heads)), body);
  fill();
  const scrolled = { tabindex: 0, role: "region", "aria-label": table.title }; // so that keys can scroll it
  const title = element("h2", {}, table.title);
  if (!table.rows.length && table.empty) section.append(title, element("p", { class: "empty" }, table.empty));
  else {
    const line = table.rows.length > table.printed ? [element("p", {}, search, count)] : []; // few need no search
    section.append(title, ...line, element("div", scrolled, grid), rest, paper);
  }
}

// ---- Paper: the same view, drawn anew for the width of a page and sharp enough for a printer ----

addEventListener("beforeprint", () => {
  const [{ height }, { x, y, scale }, side] = [size, view, covered()];
  printing = true;
  setSize(...(document.querySelector("#tables .printed") ? [700, 660] : [1040, 560]), 2);
  if (fitted) setView(...wholeView());
  else setView(x - side / scale / 2, y, (scale * size.height) / height);
  draw();
  const back = () => {
    printing = false;
    [view.x, view.y, view.scale] = [x, y, scale];
    resize();
  };
  addEventListener("afterprint", back, { once: true });
});

// ---- Charts ----

/** A click on a bar chooses its options; tables do the same for keys and screen readers. */
for (const bar of document.querySelectorAll("#charts [data-pick]")) {
  bar.addEventListener("click", () => choose(...JSON.parse(bar.dataset.pick)));
}

// ---- Start ----

buildSwitches();
if (layers.length) buildLegend();
else box.append(element("p", { id: "nothing" }, words.nothing));
const sections = page.tables.map((table) => element("section", { class: table.printed ? "printed" : "screen" }));
byId("tables").append(...sections);
showChosen();
new ResizeObserver(resize).observe(box);
resize();
root.dataset.ready = "true";
