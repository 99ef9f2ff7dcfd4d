/* The graph of mechanisms comes to life: filters, a panel of sentences, arrow keys, an address.
   Without this script the drawings and their rows stay as they are. */
(() => {
  const figure = document.querySelector(".mechanism-graph");
  if (!figure) return;
  const drawings = [...figure.querySelectorAll(".graph")];
  const all = figure.querySelector(".graph-all");
  const form = figure.querySelector(".graph-filter");
  const output = form?.querySelector("output");
  const panel = figure.querySelector(".graph-panel");
  const links = [...figure.querySelectorAll(".graph .link")];
  const nodes = [...figure.querySelectorAll(".graph .node")];
  const rows = [...figure.querySelectorAll(".graph-sentences li")];
  const named = (name) => nodes.filter((item) => item.dataset.node === name);
  const visible = (item) => item.getClientRects().length > 0;
  const seen = (name) => named(name).find(visible);
  const pair = (item) => `${item.dataset.from} ${item.dataset.to}`;
  const touches = (item, name) => item.dataset.from === name || item.dataset.to === name;
  const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
  let chosen = "";
  let shown = rows;

  /* Filters */
  const wanted = () => (form ? [...new FormData(form)].filter(([, value]) => value) : []);

  function filter() {
    shown = rows.filter((row) =>
      wanted().every(([name, value]) => row.dataset[name].split("|").includes(value)),
    );
    const pairs = new Set(shown.map(pair));
    const names = new Set(shown.flatMap((row) => [row.dataset.from, row.dataset.to]));
    for (const link of links) link.classList.toggle("off", !pairs.has(pair(link)));
    for (const item of nodes) item.classList.toggle("off", !names.has(item.dataset.node));
    if (form) form.querySelector("button").hidden = !wanted().length;
  }

  function count() {
    if (!output) return;
    const told = `${shown.length} of ${rows.length} statements`;
    const own = shown.filter((row) => touches(row, chosen)).length;
    output.textContent = chosen ? `${told}, ${own} of ${named(chosen)[0].dataset.name}` : told;
  }

  /* Neighbours of what is chosen, focused or under the pointer */
  function light(name) {
    for (const svg of drawings) svg.classList.toggle("focused", Boolean(name));
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
    const { name, also, about } = named(chosen)[0].dataset;
    const close = element("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", () => choose("", true));
    panel.replaceChildren(
      element("p", "panel-head", element("b", "", name), close),
      element("p", "panel-about", [about, also].filter(Boolean).join(". Also: ")),
      ...sentences(
        `Acts on ${name}`,
        shown.filter((row) => row.dataset.to === chosen),
      ),
      ...sentences(
        `${name} acts on`,
        shown.filter((row) => row.dataset.from === chosen),
      ),
    );
    panel.scrollTop = 0;
  }

  /* The address remembers node and filters */
  function address() {
    const told = new URLSearchParams(wanted());
    if (chosen) told.set("node", chosen);
    const hash = told.size ? `#${told}` : "";
    history.replaceState(null, "", location.pathname + location.search + hash);
  }

  function read() {
    const told = new URLSearchParams(location.hash.slice(1));
    for (const select of form?.elements || []) {
      if (select.name) select.value = told.get(select.name) || "";
      if (select.name && select.selectedIndex < 0) select.value = "";
    }
    chosen = named(told.get("node")).length ? told.get("node") : "";
    if (all && (wanted().length || (chosen && !seen(chosen)))) all.open = true;
    show();
    if (chosen) seen(chosen)?.scrollIntoView({ block: "center", inline: "center" });
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
    for (const item of named(chosen)) rove(item);
  }

  function choose(name, back = false) {
    const before = chosen;
    chosen = name;
    show();
    address();
    if (back && before) seen(before)?.focus({ preventScroll: true });
  }

  /* The panel lies over the foot of the drawing: what was chosen there moves up */
  function uncover(item) {
    if (!chosen) return;
    const box = item.querySelector("rect").getBoundingClientRect();
    const over = box.bottom + 24 - (window.innerHeight - panel.offsetHeight);
    if (over > 0) window.scrollBy({ top: over, behavior: STILL.matches ? "auto" : "smooth" });
  }

  /* Keys: one node of a drawing can be reached by Tab, arrows move between them */
  function rove(item) {
    const inside = nodes.filter((other) => other.ownerSVGElement === item.ownerSVGElement);
    for (const other of inside) other.tabIndex = other === item ? 0 : -1;
  }

  const middle = (item) => {
    const box = item.querySelector("rect").getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  /* The nearest word in the direction of the arrow; what lies aside counts as farther away. */
  function nearest(item, [right, down]) {
    const [x, y] = middle(item);
    const free = nodes
      .filter((other) => other.ownerSVGElement === item.ownerSVGElement && other !== item)
      .filter((other) => !other.classList.contains("off"))
      .map((other) => {
        const [dx, dy] = [middle(other)[0] - x, middle(other)[1] - y];
        const along = dx * right + dy * down;
        const aside = Math.abs(dx * down) + Math.abs(dy * right);
        return { other, along, far: along + 2 * aside };
      })
      .filter(({ along }) => along > 4);
    return free.sort((a, b) => a.far - b.far)[0]?.other;
  }

  figure.addEventListener("keydown", (event) => {
    const item = event.target.closest(".node");
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(item.dataset.node === chosen ? "" : item.dataset.node);
      uncover(item);
    }
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const next = nearest(item, ARROWS[event.key]);
    if (!next) return;
    rove(next);
    next.focus();
  });

  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) choose("", panel.contains(document.activeElement));
  });

  for (const svg of drawings) {
    svg.addEventListener("click", (event) => {
      const item = event.target.closest(".node");
      const name = item?.dataset.node || "";
      choose(name === chosen ? "" : name);
      if (item) uncover(item);
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

    /* The drawing becomes a group of buttons */
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", "The graph: arrow keys move between words, Enter chooses one");
    svg.parentNode.removeAttribute("tabindex");
    rove(svg.querySelector(".node.hub") || svg.querySelector(".node"));
  }
  for (const item of nodes) {
    item.setAttribute("role", "button");
    item.setAttribute("aria-label", item.dataset.name);
    item.setAttribute("aria-controls", panel.id);
  }

  form?.addEventListener("input", () => {
    show();
    address();
  });
  form?.addEventListener("submit", (event) => event.preventDefault());
  form?.addEventListener("reset", () =>
    setTimeout(() => {
      show();
      address();
    }),
  );
  /* Filters that nobody sees filter nothing. */
  all?.addEventListener("toggle", () => {
    if (!all.open && wanted().length) form.reset();
  });
  window.addEventListener("hashchange", read);

  figure.classList.add("scripted");
  if (form) form.hidden = false;
  figure.querySelector(".graph-hint").hidden = false;
  read();
})();
