/* The forms of the grading page: they read answers, show what grading.js makes of them, keep it in
   sight, and write it into the address and onto the clipboard. Without scripts they stay hidden and
   the tables of rules say the same. */
(() => {
  const { bands, doubts, doubtsOfCounts, grade, late, outlook, points, ratio, sum } =
    globalThis.cartreviewGrading;
  const CAUTION = "Not for clinical use.";

  const KINDS = {
    scale: { run: grade, say: (result) => `Grade ${result.value}` },
    late: { run: late, say: (result) => `Grade ${result.value}`, doubts: doubtsOfCounts },
    bands: {
      run: bands,
      say: (result) => (result.unread ? "No grade" : `Grade ${result.value}`),
    },
    ice: {
      run: (rules, answers) => sum(rules.inputs, answers),
      say: (result) => `ICE score ${result.value}`,
    },
    points: {
      run: points,
      say: ({ value, group }, rules) => `${rules.name} ${value}${group ? `, ${group}` : ""}`,
      doubts: (rules, answers) => doubts(rules.inputs, answers),
    },
    formula: {
      run: ratio,
      say: (result, rules) => `${rules.name} ${result.value.toPrecision(3)}`,
      doubts: (rules, answers) => doubts(rules.inputs, answers),
    },
  };

  // An answer as the form has it: undefined where it is still to come.
  function answer(form, one) {
    const field = form.elements[one.name];
    const word = form.querySelector(`[data-word="${one.name}"]:checked`);
    if (word) return word.dataset.value === "" ? null : word.dataset.value;
    if (field instanceof RadioNodeList || field.type === "radio") {
      const chosen = form.querySelector(`[name="${one.name}"]:checked`);
      if (!chosen) return undefined;
      return one.kind === "flag" ? chosen.value === "yes" : chosen.value;
    }
    if (field.type === "checkbox") return field.checked;
    if (field.value.trim() === "") return field.validity.badInput ? NaN : undefined;
    return Number(field.value);
  }

  function allowed(form, one, value) {
    const field = form.elements[one.name];
    if (typeof value !== "number") return true;
    if (Number.isNaN(value) || (field.validity && !field.validity.valid)) return false;
    return one.unit === undefined || one.zero !== false || value > 0;
  }

  // What a number may be, for the words of a refusal.
  function range(field, one) {
    if (field.min && field.max) return `${field.min} to ${field.max}`;
    return one.zero === false ? "above 0" : "from 0 on";
  }

  function read(form, rules) {
    const answers = {};
    const wrong = [];
    for (const one of rules.inputs) {
      const value = answer(form, one);
      answers[one.name] = value;
      if (value === undefined || allowed(form, one, value)) continue;
      wrong.push(`${one.label} (${range(form.elements[one.name], one)})`);
    }
    // Where a number cannot be had, its empty field is an answer.
    for (const one of rules.inputs.filter((each) => each.without)) {
      const [other, level] = one.without;
      const free = answers[other] === level || (one.unless && answers[one.unless]);
      if (answers[one.name] === undefined && free) answers[one.name] = null;
    }
    const missing = rules.inputs.filter((one) => answers[one.name] === undefined);
    return { answers, missing: missing.map((one) => one.label), wrong };
  }

  // What can be said: a result, what is still open, or why there is none.
  function judged(form, rules) {
    const kind = KINDS[form.dataset.grading];
    const { answers, missing, wrong } = read(form, rules);
    if (wrong.length) return { status: `Outside its range: ${wrong.join(", ")}.` };
    const open = `Still to answer: ${missing.join(", ")}.`;
    const also = [...form.querySelectorAll("[name=also]:checked")].map((box) => box.value);
    if (missing.length && form.dataset.grading !== "scale") return { status: open };
    if (!missing.length) {
      const result = kind.run(rules, answers, also);
      return result.error ? { status: result.error } : { result, answers, status: "" };
    }
    const { error, values, result } = outlook(rules, answers, also);
    if (error) return { status: error };
    if (values.length === 1) {
      return { result, answers, status: `Decided; not asked further: ${missing.join(", ")}.` };
    }
    return { status: open, least: values[0] };
  }

  function element(tag, text, attributes = {}) {
    const made = Object.assign(document.createElement(tag), attributes);
    made.textContent = text;
    return made;
  }

  function place(rule, sources) {
    const made = element("span", " ", { className: "place" });
    const known = sources[rule.source];
    made.append(element("a", known.label, { href: known.href }), `, ${rule.locator}`);
    return made;
  }

  function listed(reasons, sources) {
    const list = element("ul", "");
    for (const reason of reasons) {
      const item = element("li", reason.text);
      if (reason.rule) item.append(place(reason.rule, sources));
      list.append(item);
    }
    return list;
  }

  // The result as text: scale, reasons with their places, date, address.
  function asText(form, kind, told, rules, sources) {
    const title = form.dataset.title;
    const result = kind.say(told.result, rules);
    const lines = told.result.reasons.map(({ text, rule }) =>
      rule ? `- ${text} [${sources[rule.source].label}, ${rule.locator}]` : `- ${text}`,
    );
    const today = new Date().toISOString().slice(0, 10);
    return [
      `${title}: ${result}`,
      ...lines,
      `Computed on ${today} with Cartreview; rules checked on ${form.dataset.checked}. ${CAUTION}`,
      location.href,
    ].join("\n");
  }

  function update(form, rules, sources) {
    const kind = KINDS[form.dataset.grading];
    const told = judged(form, rules);
    const answered = told.result !== undefined;
    const parts = answered
      ? [element("p", kind.say(told.result, rules), { className: "grade" })]
      : [];
    if (told.least) {
      parts.push(element("p", `At least grade ${told.least}`, { className: "least" }));
    }
    if (told.status) parts.push(element("p", told.status, { className: "open" }));
    for (const doubt of answered && kind.doubts ? kind.doubts(rules, told.answers) : []) {
      parts.push(element("p", doubt, { className: "doubt" }));
    }
    form.querySelector(".result").replaceChildren(...parts);
    const why =
      answered && told.result.reasons.length ? [listed(told.result.reasons, sources)] : [];
    form.querySelector(".why").replaceChildren(...why);
    const copy = form.querySelector(".copy");
    copy.disabled = !answered;
    form.querySelector(".copied").textContent = "";
    copy.onclick = () => copyText(form, asText(form, kind, told, rules, sources));
    if (form.dataset.grading === "ice") carry(answered ? told.result.value : null);
  }

  async function copyText(form, text) {
    const said = form.querySelector(".copied");
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = "Copied.";
    } catch {
      // Without leave to use the clipboard the text is shown, ready to be copied by hand.
      const area = element("textarea", text, { readOnly: true, rows: 8 });
      area.setAttribute("aria-label", "Result as text");
      said.replaceChildren(area);
      area.select();
    }
  }

  /* The ICE score goes into the form of ICANS, unless another one was typed there. */
  function carry(score) {
    const form = document.getElementById("calculator-astct-icans");
    if (!form) return;
    const field = form.elements.ice;
    if (field.value !== "" && field.dataset.carried !== field.value) return;
    field.value = score === null ? "" : score;
    field.dataset.carried = field.value;
    form.querySelector(".carried")?.remove();
    if (score !== null) {
      field.after(element("span", " from the ICE score above", { className: "carried" }));
    }
    form.dispatchEvent(new Event("carried"));
  }

  /* The address */
  function written(form) {
    const told = new URLSearchParams();
    for (const field of form.querySelectorAll("input")) {
      const on = field.type === "number" ? field.value !== "" : field.checked;
      const name = field.name || `${field.dataset.word}!`;
      if (on) told.append(name, field.name ? field.value : field.dataset.value);
    }
    return told.toString();
  }

  function remember(form) {
    const told = written(form);
    const hash = told ? `#${form.id}?${told}` : `#${form.id}`;
    history.replaceState(null, "", location.pathname + location.search + hash);
  }

  function recall() {
    const [id, told] = decodeURI(location.hash.slice(1)).split("?");
    const form = told && document.getElementById(id);
    if (!form?.matches("form.grading")) return;
    form.reset();
    for (const [name, value] of new URLSearchParams(told)) {
      for (const field of form.querySelectorAll("input")) {
        const word = !field.name && `${field.dataset.word}!` === name;
        if (word && field.dataset.value === value) field.checked = true;
        if (field.name !== name) continue;
        if (field.type === "number") field.value = value;
        else if (field.value === value) field.checked = true;
      }
    }
    form.dispatchEvent(new Event("recalled"));
    form.scrollIntoView({ block: "start" });
  }

  for (const form of document.querySelectorAll("form.grading")) {
    const { rules, sources } = JSON.parse(form.querySelector("script").textContent);
    const run = () => update(form, rules, sources);
    form.hidden = false;
    form.addEventListener("input", (event) => {
      if (event.target.dataset.carried !== undefined) {
        delete event.target.dataset.carried;
        form.querySelector(".carried")?.remove();
      }
      remember(form);
      run();
    });
    form.addEventListener("carried", run);
    form.addEventListener("recalled", run);
    form.addEventListener("reset", () =>
      setTimeout(() => {
        form.querySelector(".carried")?.remove();
        remember(form);
        run();
      }),
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    run();
  }

  /* Tables of rules are folded where there are calculators, and whole on paper. */
  const folds = document.querySelectorAll("details.grading-rules");
  const fold = (open) =>
    folds.forEach((one) => {
      one.open = open;
    });
  fold(false);
  window.addEventListener("beforeprint", () => fold(true));
  window.addEventListener("afterprint", () => fold(false));

  window.addEventListener("hashchange", recall);
  recall();
})();
