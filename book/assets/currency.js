/* What is late today. The page carries dates; whoever reads it long after it was built is told here
   that a search is overdue or that a scheduled job has fallen silent. */
(() => {
  const DAY = 24 * 60 * 60 * 1000;

  function told(element, words) {
    const mark = document.createElement("strong");
    mark.className = "late";
    mark.textContent = ` (${words})`;
    element.after(mark);
    return mark;
  }

  function warn(line, words) {
    const banner = document.createElement("p");
    banner.className = "currency-banner";
    banner.setAttribute("role", "note");
    banner.textContent = words;
    line.parentElement.prepend(banner);
  }

  const line = document.querySelector("aside.currency");
  if (!line) return;
  const now = new Date();
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());

  const due = line.querySelector("time[data-due]");
  const late = due ? Math.round((today - Date.parse(due.dateTime)) / DAY) : 0;
  if (late > 0) {
    const days = late === 1 ? "1 day" : `${late} days`;
    told(due, `overdue by ${days}`);
    warn(
      line,
      `The search that was due on ${due.textContent} is overdue by ${days}. Newer studies may be missing here.`,
    );
  }
  for (const job of line.querySelectorAll("[data-silent-from]")) {
    if (today < Date.parse(job.dataset.silentFrom)) continue;
    const mark = told(job.lastChild, "it has missed a run");
    mark.dataset.missed = job.dataset.job;
    if (!late) warn(line, `The scheduled ${job.dataset.job} has missed a run.`);
  }
})();
