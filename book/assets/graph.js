/* The graph of mechanisms comes to life: filters, a panel of sentences, arrow keys, an address.
   Without this script the drawing and its rows stay as they are. */
(() => {
  const figure = document.querySelector(".mechanism-graph");
  if (!figure) return;
  const svg = figure.querySelector(".graph");
  const form = figure.querySelector(".graph-filter");
  const output = form.querySelector("output");
  const panel = figure.querySelector(".graph-panel");
  const links = [...svg.querySelectorAll(".link")];
  const nodes = [...svg.querySelectorAll(".node")];
  const rows = [...figure.querySelectorAll(".graph-sentences li")];
  const node = new Map(nodes.map((item) => [item.dataset.node, item]));
  const pair = (item) => `${item.dataset.from} ${item.dataset.to}`;
  const touches = (item, name) => item.dataset.from === name || item.dataset.to === name;
  const label = (item) => [...item.querySelectorAll("text")].map((t) => t.textContent).join(" ");
  const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
  let chosen = "";
  let shown = rows;

  /* Filters */
  function filter() {
    const wanted = [...new FormData(form)].filter(([, value]) => value);
    shown = rows.filter((row) =>
      wanted.every(([name, value]) => row.dataset[name].split("|").includes(value)),
    );
    const pairs = new Set(shown.map(pair));
    const names = new Set(shown.flatMap((row) => [row.dataset.from, row.dataset.to]));
    for (const link of links) link.classList.toggle("off", !pairs.has(pair(link)));
    for (const item of nodes) item.classList.toggle("off", !names.has(item.dataset.node));
    form.querySelector("button").hidden = !wanted.length;
  }

  function count() {
    const all = `${shown.length} of ${rows.length} statements`;
    const own = shown.filter((row) => touches(row, chosen)).length;
    output.textContent = chosen ? `${all}, ${own} of ${label(node.get(chosen))}` : all;
  }

  /* Neighbours of what is chosen, focused or under the pointer */
  function light(name) {
    svg.classList.toggle("focused", Boolean(name));
    const near = new Set([name]);
    for (const link of links) {
      const on = touches(link, name) && !link.classList.contains("off");
      link.classList.toggle("on", on);
      if (on) near.add(link.dataset.from).add(link.dataset.to);
      if (on) link.parentNode.append(link);
    }
    for (const item of nodes) item.classList.toggle("near", near.has(item.dataset.node));
  }

  /* The panel */
  function element(tag, className, ...content) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  function sentences(title, found) {
    const copies = found.map((row) => row.cloneNode(true));
    return found.length
      ? [element("p", "panel-part", `${title} (${found.length})`), element("ul", "", ...copies)]
      : [];
  }

  function tell() {
    panel.hidden = !chosen;
    if (!chosen) return;
    const { name, also, about } = node.get(chosen).dataset;
    const close = element("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", () => choose("", true));
    const word = label(node.get(chosen));
    panel.replaceChildren(
      element("p", "panel-head", element("b", "", name), close),
      element("p", "panel-about", [about, also].filter(Boolean).join(". Also: ")),
      ...sentences(
        `Acts on ${word}`,
        shown.filter((row) => row.dataset.to === chosen),
      ),
      ...sentences(
        `${word} acts on`,
        shown.filter((row) => row.dataset.from === chosen),
      ),
    );
    panel.scrollTop = 0;
  }

  /* The address remembers node and filters */
  function address() {
    const told = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (chosen) told.set("node", chosen);
    const hash = told.size ? `#${told}` : "";
    history.replaceState(null, "", location.pathname + location.search + hash);
  }

  function read() {
    const told = new URLSearchParams(location.hash.slice(1));
    for (const select of form.elements) {
      if (select.name) select.value = told.get(select.name) || "";
      if (select.name && select.selectedIndex < 0) select.value = "";
    }
    chosen = node.has(told.get("node")) ? told.get("node") : "";
    show();
    if (chosen) node.get(chosen).scrollIntoView({ block: "center", inline: "center" });
  }

  function show() {
    filter();
    light(chosen);
    tell();
    count();
    for (const item of nodes) {
      const own = item.dataset.node === chosen;
      item.classList.toggle("chosen", own);
      item.setAttribute("aria-pressed", own);
    }
    if (chosen) rove(node.get(chosen));
  }

  function choose(name, back = false) {
    const before = chosen;
    chosen = name;
    show();
    address();
    if (back && before) node.get(before).focus({ preventScroll: true });
  }

  /* The panel lies over the foot of the drawing: what was chosen there moves up */
  function uncover() {
    if (!chosen) return;
    const item = node.get(chosen).querySelector("rect").getBoundingClientRect();
    const over = item.bottom + 24 - panel.getBoundingClientRect().top;
    if (over > 0) window.scrollBy({ top: over, behavior: STILL.matches ? "auto" : "smooth" });
  }

  /* Keys: one node can be reached by Tab, arrows move between them */
  function rove(item) {
    for (const other of nodes) other.tabIndex = other === item ? 0 : -1;
  }

  const middle = (item) => {
    const box = item.querySelector("rect").getBBox();
    return box.y + box.height / 2;
  };
  const free = (column) =>
    nodes.filter((n) => n.dataset.column === String(column) && !n.classList.contains("off"));

  function beside(item, step) {
    for (
      let column = Number(item.dataset.column) + step;
      column >= 0 && column < 12;
      column += step
    ) {
      const near = free(column).sort(
        (a, b) => Math.abs(middle(a) - middle(item)) - Math.abs(middle(b) - middle(item)),
      );
      if (near.length) return near[0];
    }
    return null;
  }

  function along(item, step) {
    const column = free(item.dataset.column).sort((a, b) => middle(a) - middle(b));
    return column[column.indexOf(item) + step];
  }

  const MOVES = {
    ArrowUp: (item) => along(item, -1),
    ArrowDown: (item) => along(item, 1),
    ArrowLeft: (item) => beside(item, -1),
    ArrowRight: (item) => beside(item, 1),
  };

  svg.addEventListener("keydown", (event) => {
    const item = event.target.closest(".node");
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(item.dataset.node === chosen ? "" : item.dataset.node);
      uncover();
    }
    const next = MOVES[event.key]?.(item);
    if (event.key in MOVES) event.preventDefault();
    if (!next) return;
    rove(next);
    next.focus();
  });

  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) choose("", panel.contains(document.activeElement));
  });

  svg.addEventListener("click", (event) => {
    const name = event.target.closest(".node")?.dataset.node || "";
    choose(name === chosen ? "" : name);
    uncover();
  });

  /* A look without choosing: by the keyboard's focus or the mouse */
  svg.addEventListener("focusin", (event) => {
    const item = event.target.closest(".node");
    if (item?.matches(":focus-visible")) light(item.dataset.node);
  });
  svg.addEventListener("focusout", () => light(chosen));
  svg.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    light(event.target.closest(".node")?.dataset.node || chosen);
  });
  svg.addEventListener("pointerleave", () => light(chosen));

  form.addEventListener("input", () => {
    show();
    address();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () =>
    setTimeout(() => {
      show();
      address();
    }),
  );
  window.addEventListener("hashchange", read);

  /* The drawing becomes a group of buttons */
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "The graph: arrow keys move between words, Enter chooses one");
  svg.parentNode.removeAttribute("tabindex");
  for (const item of nodes) {
    item.setAttribute("role", "button");
    item.setAttribute("aria-label", item.dataset.name);
    item.setAttribute("aria-controls", panel.id);
  }
  rove(nodes.find((item) => item.classList.contains("hub")) || nodes[0]);
  figure.classList.add("scripted");
  form.hidden = false;
  figure.querySelector(".graph-hint").hidden = false;
  read();
})();
