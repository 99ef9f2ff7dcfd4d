/* Charts: a drawing comes to life when it is touched. Vega is loaded once, from this book, on the
   first touch; if anything fails the drawing stays. */
(() => {
  const BUNDLE = new URL("vega.js", document.currentScript.src).href;
  const page = document.documentElement;
  const mode = () => (page.dataset.theme === "dark" ? "dark" : "light");
  let loading = null;

  function load() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = BUNDLE;
      script.onload = () => resolve(window.vegaEmbed);
      script.onerror = () => {
        loading = null;
        reject(new Error("the script for charts was not found"));
      };
      document.head.append(script);
    });
    return loading;
  }

  async function draw(box) {
    const embed = await load();
    const spec = JSON.parse(box.querySelector("script").textContent);
    const live = box.querySelector(".chart-live");
    spec.config = window.cartreviewChartThemes[mode()];
    const place = document.createElement("div");
    await embed(place, spec, {
      renderer: "svg",
      actions: false,
      ast: true, // expressions are interpreted: no page may make code from text
      tooltip: { theme: mode() },
    });
    live.replaceChildren(place);
    live.hidden = false;
    box.querySelector(".chart-still").hidden = true;
    box.dataset.state = "live";
  }

  async function wake(box) {
    if (box.dataset.state) return;
    box.dataset.state = "loading";
    try {
      await draw(box);
    } catch (error) {
      delete box.dataset.state;
      console.info("the chart stays a drawing:", error.message);
    }
  }

  const boxes = document.querySelectorAll(".chart-box");
  for (const box of boxes) {
    const start = () => wake(box);
    box.addEventListener("click", start);
    box.addEventListener("focus", start);
    // A finger that scrolls past is no wish to see more; a pointer at rest is.
    box.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") start();
    });
  }

  new MutationObserver(() => {
    for (const box of boxes) if (box.dataset.state === "live") draw(box).catch(() => {});
  }).observe(page, { attributes: true, attributeFilter: ["data-theme"] });

  // Drawings not yet scrolled to are not yet loaded; paper has no scrolling.
  window.addEventListener("beforeprint", () => {
    for (const image of document.querySelectorAll(".chart img")) image.loading = "eager";
  });
})();
