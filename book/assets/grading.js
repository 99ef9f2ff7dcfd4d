/* What the calculators of the grading page compute. The rules, with their sentences and places, come
   with each form (cartreview.grading.rules_as_data); here are only the steps of cartreview/grading:
   engine.py, icaht.py, points.py. The forms are in grading-form.js. */
(() => {
  const isNumber = (value) => typeof value === "number" || typeof value === "boolean";
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

  const accompanied = (rule, answers) =>
    rule.requires.every(([domain, levels]) => levels.includes(answers[domain]));

  function met(rule, answers) {
    return accompanied(rule, answers) && fits(rule, answers[rule.domain]);
  }

  const restingOf = (one) =>
    one.kind === "choice" ? one.options[0].value : one.kind === "flag" ? false : 0;

  const excused = (scale, answers) =>
    scale.inputs.filter((one) => one.excuses && answers[one.name]).map((one) => one.excuses);

  // What one answer rules out in another; the words are shown to who asked.
  function contradiction(scale, answers) {
    for (const one of scale.inputs) {
      const value = answers[one.name];
      if (one.needs && value !== restingOf(one) && !answers[one.needs]) {
        return `${one.label}: not without “${input(scale, one.needs).label}”.`;
      }
      if (one.within && value > answers[one.within]) {
        return `${one.label}: cannot be more than the ${answers[one.within]} of the line before.`;
      }
      if (!one.without || (one.unless && answers[one.unless])) continue;
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

  const said = (value, decidedBy, rules, notes, first = [], last = []) => ({
    value,
    decidedBy: unique(decidedBy),
    criteria: unique(rules.map((rule) => rule.id)),
    reasons: [
      ...first.map((text) => ({ text })),
      ...rules.map((rule) => ({ text: rule.sentence, rule })),
      ...notes.map((rule) => ({ text: rule.text, rule })),
      ...last.map((text) => ({ text })),
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
    const value = Math.max(0, ...found.map((rule) => rule.grade));
    const left = excused(scale, answers);
    const aside = [
      ...(scale.footnotes.inferred || []).filter(
        (rule) => rule.grade === value && met(rule, answers),
      ),
      ...(scale.footnotes.excused || []).filter((rule) => left.includes(rule.domain)),
    ];
    const untested = Object.values(answers).includes(null) ? [scale.sentences.untested] : [];
    if (!value) return said(0, [], [], aside, [scale.sentences.nothing], untested);
    const deciding = found.filter((rule) => rule.grade === value);
    const present = found.filter((rule) => rule.grade && !rests(scale, rule));
    const required = note(scale, "required");
    const alone = required && !present.length;
    const domains = alone ? [required.domain] : deciding.map((rule) => rule.domain);
    const chose = (scale.footnotes.decides || []).filter(
      (rule) =>
        !left.length &&
        met(rule, answers) &&
        deciding.some((other) => other.domain === rule.domain && other.grade === rule.grade),
    );
    const differ = unique(present.map((rule) => rule.grade)).length > 1;
    const notes = [
      ...chose,
      ...(differ ? scale.footnotes["worst domain"] || [] : []),
      ...applied,
      ...aside,
      ...attributions(scale, answers, domains),
    ];
    return said(value, domains, deciding, notes, [], untested);
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
      const others = waived ? present : [];
      const causes = unique(others.map((rule) => scale.sentences.elsewhere[rule.domain]));
      const without = said(0, [required.domain], [required], []);
      return { ...without, reasons: [...without.reasons, ...causes.map((text) => ({ text }))] };
    }
    if (!present.length) return said(0, [], [], [waived], [scale.sentences.suppressed]);
    return worst(scale, answers, present, [waived]);
  }

  // A number that cannot be had is 0; where a domain is excused it stays missing.
  function known(scale, answers) {
    const left = excused(scale, answers);
    return Object.fromEntries(
      Object.entries(answers).map(([name, value]) => {
        if (left.includes(name)) return [name, restingOf(input(scale, name))];
        return [name, value === null && !left.length ? 0 : value];
      }),
    );
  }

  function grade(scale, answers, also = []) {
    const error = contradiction(scale, answers);
    if (error) return { error };
    const values = known(scale, answers);
    const alien = (scale.footnotes["not counted"] || []).find(
      (rule) => also.includes(rule.level || rule.domain) && !accompanied(rule, values),
    );
    if (alien) {
      const [domain, levels] = alien.requires[0];
      const only = levels.map((level) => `“${level}”`).join(" or ");
      return { error: `${alien.level}: only with ${domain} ${only}.` };
    }
    const beside = (scale.footnotes["not counted"] || []).filter((rule) =>
      also.includes(rule.level || rule.domain),
    );
    const result = decided(scale, values);
    const reasons = [...result.reasons, ...beside.map((rule) => ({ text: rule.text, rule }))];
    const texts = reasons.map((reason) => reason.text);
    return { ...result, reasons: reasons.filter((r, at) => texts.indexOf(r.text) === at) };
  }

  function options(one) {
    if (one.kind === "flag") return [false, true];
    if (one.kind === "choice") return one.options.map((option) => option.value);
    return [...Array(one.highest + 1).keys(), ...one.words, ...(one.without ? [null] : [])];
  }

  // Every grade that is still possible; the first result is one that rests on what was answered.
  function outlook(scale, answers, also = []) {
    const open = scale.inputs.filter((one) => answers[one.name] === undefined);
    let many = [answers];
    for (const one of open) {
      many = many.flatMap((some) => options(one).map((value) => ({ ...some, [one.name]: value })));
    }
    const results = many.map((some) => grade(scale, some, also));
    const possible = results.filter((result) => !result.error);
    if (!possible.length) return { error: results[0].error };
    const names = open.map((one) => one.name);
    const grounded = possible.find((one) => !one.decidedBy.some((name) => names.includes(name)));
    const values = unique(possible.map((result) => result.value)).sort((a, b) => a - b);
    return { values, result: grounded || possible[0] };
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

  function bands(rules, answers) {
    const rule = rules.bands.find((one) => inBand(one, answers.score));
    if (!rule) return { ...said(null, [], [], [rules.unread]), unread: true };
    if (!rule.grade) return said(0, [], [], [], [rules.sentences.nothing]);
    return said(rule.grade, [rule.domain], [rule], []);
  }

  const levelOf = (one, value) =>
    one.levels.find((level) =>
      one.kind === "measured" ? inBand(level, value) : String(level.value) === String(value),
    );

  function points(rules, answers) {
    const given = rules.inputs.map((one) => {
      const level = levelOf(one, answers[one.name]);
      return { one, level, points: level ? level.points : 0 };
    });
    const meaning = (total) => rules.sums.find((sum) => inBand({ ...sum }, total));
    const total = given.reduce((sum, each) => sum + each.points, 0);
    const edges = given.flatMap(({ one, points: here }) =>
      one.edges
        .filter((edge) => inBand(edge, answers[one.name]))
        .map((edge) => ({ edge, more: edge.points - here })),
    );
    const notes = [meaning(total).note, ...edges.map(({ edge }) => edge.note)];
    if (edges.length) {
      const other = edges.reduce((sum, each) => sum + each.more, total);
      notes.push(`By the other restatement: ${other} (${meaning(other).group}).`);
    }
    return {
      value: total,
      group: meaning(total).group,
      items: Object.fromEntries(given.map(({ one, points: here }) => [one.name, here])),
      reasons: [
        ...[...notes, rules.note].filter(Boolean).map((text) => ({ text })),
        ...given
          .filter(({ points: here }) => here)
          .map(({ one, level, points: here }) => ({
            text: `${one.label}: ${here} ${here === 1 ? "point" : "points"}.`,
            rule: level,
          })),
      ],
    };
  }

  globalThis.cartreviewGrading = {
    bands,
    doubts,
    doubtsOfCounts,
    grade,
    late,
    outlook,
    points,
    ratio,
    sum,
  };
})();
