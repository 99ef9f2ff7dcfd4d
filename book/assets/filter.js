/* Filters of the ledger and of the disagreements: a form hides the items that do not match. Without
   this script the form stays hidden and everything is shown. */
(() => {
  function matches(item, wanted) {
    const words = (wanted.get("text") || "").toLowerCase().split(/\s+/).filter(Boolean);
    const text = item.textContent.toLowerCase();
    const fields = [...wanted].filter(([name, value]) => name !== "text" && value);
    return (
      fields.every(([name, value]) => item.dataset[name] === value) &&
      words.every((word) => text.includes(word))
    );
  }

  function apply(form, items) {
    const wanted = new FormData(form);
    for (const item of items) item.hidden = !matches(item, wanted);
    const shown = items.filter((item) => !item.hidden).length;
    form.querySelector("output").textContent = `${shown} of ${items.length}`;
    // A section whose items are all hidden is only a heading: hide it too.
    for (const section of new Set(items.map((item) => item.closest("section")))) {
      if (section.querySelector(":scope > h1")) continue;
      section.hidden = ![...section.querySelectorAll("[data-item]")].some((item) => !item.hidden);
    }
  }

  for (const form of document.querySelectorAll("form.filter")) {
    const items = [...document.querySelectorAll("[data-item]")];
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
