/* Calculators of the grading page. The rules, with their sentences and places, come with each form
   (cartreview.grading.rules_json); here are only the steps of cartreview/grading/engine.py. Without
   this script the forms stay hidden and the tables of rules say the same. */
(() => {
  const isNumber = (value) => typeof value === "number";
  const unique = (items) => [...new Set(items)];
  const input = (scale, name) => scale.inputs.find((one) => one.name === name);

  /* The engine */
  function inBand(rule, number) {
    const above = rule.low === null || (rule.low_open ? number > rule.low : number >= rule.low);
    const below = rule.high === null || (rule.high_open ? number < rule.high : number <= rule.high);
    return above && below;
  }

  function fits(rule, value) {
    return rule.role === "level" ? value === rule.level : isNumber(value) && inBand(rule, value);
  }

  function met(rule, answers) {
    return (
      rule.requires.every(([domain, level]) => answers[domain] === level) &&
      fits(rule, answers[rule.domain])
    );
  }

  // What one answer rules out in another; the words are shown to who asked.
  function contradiction(scale, answers) {
    for (const one of scale.inputs) {
      const value = answers[one.name];
      if (one.needs && value !== one.options[0].value && !answers[one.needs]) {
        return `${one.label}: “${value}” needs a number above 0 before it.`;
      }
      if (one.within && value > answers[one.within]) {
        return `${one.label}: cannot be more than the ${answers[one.within]} of the line before.`;
      }
      if (!one.without) continue;
      const [other, level] = one.without;
      if (answers[other] === level && value) {
        return `${one.label}: a patient who is ${level} has 0 points, or none.`;
      }
      if (answers[other] !== level && value === null) {
        return `${one.label}: may be left out only where ${other} is “${level}”.`;
      }
    }
    return "";
  }

  const said = (value, decidedBy, rules, notes, first = []) => ({
    value,
    decidedBy: unique(decidedBy),
    criteria: unique(rules.map((rule) => rule.id)),
    reasons: [
      ...first.map((text) => ({ text })),
      ...rules.map((rule) => ({ text: rule.sentence, rule })),
      ...notes.map((rule) => ({ text: rule.text, rule })),
    ],
  });

  const rests = (scale, rule) =>
    rule.level !== null && rule.level === (input(scale, rule.domain).options || [{}])[0].value;

  const note = (scale, effect) => (scale.footnotes[effect] || [])[0];

  function attributions(scale, answers, domains) {
    const required = note(scale, "required");
    const needed = required && answers[required.domain] ? [required.domain] : [];
    const about = ["overall", ...needed, ...domains];
    return (scale.footnotes.attribution || []).filter((rule) => about.includes(rule.domain));
  }

  function worst(scale, answers, found, applied) {
    const value = Math.max(...found.map((rule) => rule.grade));
    if (!value) return said(0, [], [], [], [scale.sentences.nothing]);
    const deciding = found.filter((rule) => rule.grade === value);
    const present = found.filter((rule) => rule.grade && !rests(scale, rule));
    const required = note(scale, "required");
    const alone = required && !present.length;
    const domains = alone ? [required.domain] : deciding.map((rule) => rule.domain);
    const chose = (scale.footnotes.decides || []).filter(
      (rule) =>
        met(rule, answers) &&
        deciding.some((other) => other.domain === rule.domain && other.grade === rule.grade),
    );
    const differ = unique(present.map((rule) => rule.grade)).length > 1;
    const notes = [
      ...chose,
      ...(differ ? scale.footnotes["worst domain"] || [] : []),
      ...applied,
      ...attributions(scale, answers, domains),
    ];
    return said(value, domains, deciding, notes);
  }

  function decided(scale, answers) {
    const fatal = note(scale, "fatal");
    if (fatal && answers.died) return said(fatal.grade, ["death"], [fatal], []);
    const found = Object.values(scale.graded)
      .map((rules) => rules.filter((rule) => met(rule, answers)))
      .filter((rules) => rules.length)
      .map((rules) => rules.reduce((high, rule) => (rule.grade > high.grade ? rule : high)));
    const required = note(scale, "required");
    if (!required || answers[required.domain]) return worst(scale, answers, found, []);
    const present = found.filter((rule) => !rests(scale, rule));
    const waived = note(scale, "waived");
    if (!waived || !scale.inputs.some((one) => one.masks && answers[one.name])) {
      const causes = unique(present.map((rule) => scale.sentences.elsewhere[rule.domain]));
      const without = said(0, [required.domain], [required], []);
      return { ...without, reasons: [...without.reasons, ...causes.map((text) => ({ text }))] };
    }
    if (!present.length) return said(0, [], [], [waived], [scale.sentences.suppressed]);
    return worst(scale, answers, present, [waived]);
  }

  function grade(scale, answers, also = []) {
    const error = contradiction(scale, answers);
    if (error) return { error };
    const values = Object.fromEntries(
      Object.entries(answers).map(([name, value]) => [name, value === null ? 0 : value]),
    );
    const beside = (scale.footnotes["not counted"] || []).filter((rule) =>
      also.includes(rule.level || rule.domain),
    );
    const result = decided(scale, values);
    const reasons = [...result.reasons, ...beside.map((rule) => ({ text: rule.text, rule }))];
    const texts = reasons.map((reason) => reason.text);
    return { ...result, reasons: reasons.filter((r, at) => texts.indexOf(r.text) === at) };
  }

  /* Scores */
  function sum(items, answers) {
    return { value: items.reduce((total, item) => total + answers[item.name], 0), reasons: [] };
  }

  function late(rules, answers) {
    const lowest = answers.lowest_anc_per_ul;
    const second = answers.second_lowest_anc_per_ul;
    if (second !== null && second < lowest) {
      return { error: "The second lowest count cannot be below the lowest." };
    }
    const borne = second === null || inBand(rules.required, second);
    if (!borne && inBand(rules.required, lowest)) {
      return said(0, [rules.required.domain], [rules.required], []);
    }
    const band = rules.bands.find((rule) => inBand(rule, lowest));
    if (!band.grade) return said(0, [], [], [], [rules.sentences.nothing]);
    return said(
      band.grade,
      [band.domain],
      [band],
      [second === null ? rules.required : rules.decides],
    );
  }

  function ratio(formula, answers) {
    const product = (place) =>
      formula.inputs
        .filter((one) => one.place === place)
        .reduce((made, one) => made * answers[one.name], 1);
    return { value: product("numerator") / product("denominator"), reasons: [] };
  }

  // A value that is ordinary in another unit is used, and said to be doubtful.
  function doubts(inputs, answers) {
    return inputs.flatMap((one) => {
      const value = answers[one.name];
      const where = value < one.low ? "below" : value > one.high ? "above" : "";
      const limit = where === "below" ? one.low : one.high;
      return where ? [`${one.label}: ${where} ${limit} ${one.unit}, probably ${one[where]}.`] : [];
    });
  }

  function doubtsOfCounts(rules, answers) {
    return rules.inputs.flatMap((one) => {
      const value = answers[one.name];
      const low = value !== null && value > 0 && value < rules.least;
      return low ? [`${one.label}: below ${rules.least} ${one.unit}, probably in 10⁹/L.`] : [];
    });
  }

  /* The forms */
  const KINDS = {
    scale: { run: grade, say: (value) => `Grade ${value}` },
    late: { run: late, say: (value) => `Grade ${value}`, doubts: doubtsOfCounts },
    ice: {
      run: (rules, answers) => sum(rules.inputs, answers),
      say: (value) => `ICE score ${value}`,
    },
    formula: {
      run: ratio,
      say: (value, rules) => `${rules.name} ${value.toPrecision(3)}`,
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
    if (!isNumber(value)) return true;
    if (Number.isNaN(value) || (field.validity && !field.validity.valid)) return false;
    return one.place === undefined || one.zero || value > 0;
  }

  function read(form, rules) {
    const answers = {};
    const missing = [];
    const wrong = [];
    for (const one of rules.inputs) {
      const value = answer(form, one);
      answers[one.name] = value;
      if (value === undefined) missing.push(one);
      else if (!allowed(form, one, value)) wrong.push(one.label);
    }
    // Where a number cannot be had, its empty field is an answer.
    for (const one of missing.filter((each) => each.without)) {
      const [other, level] = one.without;
      if (answers[other] !== level) continue;
      answers[one.name] = null;
      missing.splice(missing.indexOf(one), 1);
    }
    return { answers, missing: missing.map((one) => one.label), wrong };
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

  function show(form, parts) {
    form.querySelector(".result").replaceChildren(...parts);
  }

  function update(form, rules, sources) {
    const kind = KINDS[form.dataset.grading];
    const { answers, missing, wrong } = read(form, rules);
    if (wrong.length) return show(form, [element("p", `Outside its range: ${wrong.join(", ")}.`)]);
    if (missing.length)
      return show(form, [element("p", `Still to answer: ${missing.join(", ")}.`)]);
    const also = [...form.querySelectorAll("[name=also]:checked")].map((box) => box.value);
    const result = kind.run(rules, answers, also);
    if (result.error) return show(form, [element("p", result.error)]);
    const list = element("ul", "");
    for (const reason of result.reasons) {
      const item = element("li", reason.text);
      if (reason.rule) item.append(place(reason.rule, sources));
      list.append(item);
    }
    const parts = [element("p", kind.say(result.value, rules), { className: "grade" })];
    for (const doubt of kind.doubts ? kind.doubts(rules, answers) : []) {
      parts.push(element("p", doubt, { className: "doubt" }));
    }
    if (result.reasons.length) parts.push(list);
    return show(form, parts);
  }

  for (const form of document.querySelectorAll("form.grading")) {
    const { rules, sources } = JSON.parse(form.querySelector("script").textContent);
    const run = () => update(form, rules, sources);
    form.hidden = false;
    form.addEventListener("input", run);
    form.addEventListener("reset", () => setTimeout(run));
    form.addEventListener("submit", (event) => event.preventDefault());
    run();
  }

  globalThis.cartreviewGrading = { grade, late, ratio, sum };
})();
