/* Claims: a mark opens its card in place. Without this script the mark is a link to the card,
   which its address opens (:target); with it nothing jumps. */
(() => {
  const cardOf = (mark) => document.getElementById(decodeURIComponent(mark.hash.slice(1)));
  const marks = [...document.querySelectorAll("a.claim-mark")].filter(cardOf);
  let last = null;

  function set(card, open) {
    card.classList.toggle("open", open);
    for (const mark of marks) {
      if (cardOf(mark) === card) mark.setAttribute("aria-expanded", String(open));
    }
  }

  function close(card) {
    set(card, false);
    const opener = last && cardOf(last) === card ? last : marks.find((m) => cardOf(m) === card);
    opener.focus({ preventScroll: true });
  }

  function toggle(mark) {
    last = mark;
    set(cardOf(mark), !cardOf(mark).classList.contains("open"));
  }

  function openAddressed() {
    const id = decodeURIComponent(location.hash.slice(1));
    const mark = marks.find((m) => cardOf(m).id === id);
    if (!mark) return;
    set(cardOf(mark), true);
    cardOf(mark).scrollIntoView({ block: "nearest" });
  }

  for (const mark of marks) {
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-controls", cardOf(mark).id);
    mark.setAttribute("aria-expanded", "false");
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      toggle(mark);
    });
    mark.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      toggle(mark);
    });
  }

  for (const link of document.querySelectorAll("a.card-close")) {
    link.setAttribute("role", "button");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      close(link.closest(".claim-card"));
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const inside = document.activeElement.closest(".claim-card.open");
    const card = inside || (last && cardOf(last).classList.contains("open") && cardOf(last));
    if (card) close(card);
  });

  document.documentElement.classList.add("cards-scripted");
  window.addEventListener("hashchange", openAddressed);
  openAddressed();
})();
