/* Filters of the ledger, of the disagreements and of tables of studies: a form hides the items that
   do not match. Without this script the form stays hidden and everything is shown. */
(() => {
  function matches(item, wanted) {
    const words = (wanted.get("text") || "").toLowerCase().split(/\s+/).filter(Boolean);
    const text = item.textContent.toLowerCase();
    const has = (name, value) => (item.dataset[name] || "").split(";").includes(value);
    const fields = [...wanted].filter(([name, value]) => name !== "text" && value);
    return (
      fields.every(([name, value]) => has(name, value)) &&
      words.every((word) => text.includes(word))
    );
  }

  function sectionsOf(item) {
    const section = item.parentElement.closest("section");
    return section ? [section, ...sectionsOf(section)] : [];
  }

  function apply(form, items) {
    const wanted = new FormData(form);
    for (const item of items) item.hidden = !matches(item, wanted);
    const shown = items.filter((item) => !item.hidden).length;
    form.querySelector("output").textContent = `${shown} of ${items.length}`;
    const left = (part) => [...part.querySelectorAll("[data-item]")].some((item) => !item.hidden);
    // A section whose items are all hidden is only a heading: hide it too, but never the form.
    for (const section of new Set(items.flatMap(sectionsOf))) {
      if (section.querySelector(":scope > h1") || section.contains(form)) continue;
      section.hidden = !left(section);
    }
    // What is folded is not seen: a choice unfolds what it leaves.
    if (![...wanted.values()].some(Boolean)) return;
    for (const folded of new Set(items.map((item) => item.closest("details.weighed")))) {
      if (folded) folded.open = left(folded);
    }
  }

  for (const form of document.querySelectorAll("form.filter")) {
    const part = document.getElementById(form.dataset.filter) || document;
    const items = [...part.querySelectorAll("[data-item]")];
    const run = () => apply(form, items);
    // An address may choose: claims.html?verdict=holds
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    form.hidden = false;
    form.addEventListener("input", run);
    form.addEventListener("submit", (event) => event.preventDefault());
    run();
  }
})();
