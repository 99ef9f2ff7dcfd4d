"""Write statements.csv, and check that the words stand to the letter in the seed documents given.

python migration/statements.py FOLDER      a folder that holds the texts of the seed documents
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

TEXTS = {
    "kaminskiy2025": "004",
    "patientpagend": "002",
    "browernd": "003",
    "norton2025": "001",
}
DAY = "2026-11-21"
CLINIC = "section Cellular therapy clinical trials in CNS tumors"
RESPONSE = "section Initial antitumor response"
VALID = "section Several clinically validated antigens"
ESCAPE = "section Post-infusion antigen escape"
LOCAL = "section Benefits of local delivery"
SAFE = "section Favorable toxicity profile"
DOSES = "section Multiple dosing"
AFTER = "section Post-treatment tumor microenvironment"
EXPONENT = (
    "The print has 10e7 and the like; read as powers of ten, which the literal figures are not."
)
# id, claims that test it, locator, words, topic, figures, studies, weight, note
KAMINSKIY = [
    (
        "trials-listed",
        CLINIC,
        "a total of 42 reported clinical trials",
        "number of trials",
        "trials=42",
        "",
        "figure",
        "",
    ),
    (
        "trials-by-cell",
        CLINIC,
        "including 23 using CAR T/NK cells, 2 using tumor-infiltrating lymphocytes (TILs), 2 using unmodified CD8+ T cells, 1 using unmodified NK cells, and the remainder involving lymphokine-activated killer (LAK) cells",
        "trials by type of cell",
        "trials=42;car=23;til=2;ctl=2;nk=1",
        "",
        "figure",
        "The number of LAK trials is not printed; it is what remains.",
    ),
    (
        "high-grade-majority",
        CLINIC,
        "with the majority focusing on high-grade gliomas (HGGs)",
        "tumours of most trials",
        "",
        "",
        "figure",
        "",
    ),
    (
        "paediatric-focus",
        "abstract",
        "This review aims to evaluate the current landscape of CAR T cell therapy for pediatric CNS tumors",
        "tumours of childhood as the subject",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "expression-adult",
        VALID,
        "EGFRvIII, EGFR, and HER2 are more frequently expressed in adult gliomas",
        "antigens of adult glioma",
        "",
        "",
        "figure",
        "",
    ),
    (
        "expression-childhood",
        VALID,
        "B7-H3 and GD2 are the most frequently observed antigens, followed by IL13Rα2, with HER2 and EphA2 being less common",
        "order of antigens in tumours of childhood",
        "",
        "",
        "figure",
        "",
    ),
    (
        "validated-antigens-regression",
        VALID,
        "6 clinically validated CAR T antigens that, when targeted, demonstrated tumor regression",
        "regression with each of six antigens",
        "antigens=6",
        "",
        "conclusion",
        "",
    ),
    (
        "validated-antigens-safety",
        VALID,
        "were found to be safe when administered locally",
        "safety of six antigens after local delivery",
        "antigens=6",
        "",
        "conclusion",
        "",
    ),
    (
        "brown-responders",
        RESPONSE,
        "only 4 out of 58 patients with recurrent HGG responded",
        "responders of one trial",
        "responders=4;patients=58;citations=15",
        "brown-2024",
        "figure",
        "",
    ),
    (
        "brown-stable",
        RESPONSE,
        "with additional 29 out of 58 experiencing stable disease",
        "stable disease in one trial",
        "stable=29;patients=58;citations=15",
        "brown-2024",
        "figure",
        "",
    ),
    (
        "local-delivery-shrinkage",
        RESPONSE,
        "most CAR T and TIL trials involving local delivery—whether intrathecal (IT) or intraventricular (ICV)—have demonstrated at least transient radiographic improvement or tumor shrinkage in more than 50% of patients, with the exception of those reported by Gust et al. (21) and Vitanza et al. (28, 30)",
        "shrinkage in most trials with local delivery",
        "percent=50;citations=21,28,30",
        "gust-nd;vitanza-2021;vitanza-2025",
        "conclusion",
        "The studies named are the exceptions.",
    ),
    (
        "monje-shrinkage",
        RESPONSE,
        "significant tumor shrinkage was observed in 7 out of 11 patients with clinical improvement observed in 9 out of 11 patients (36)",
        "shrinkage and improvement in one trial",
        "shrunk=7;improved=9;patients=11;citations=36",
        "monje-2024",
        "figure",
        "",
    ),
    (
        "response-any-antigen",
        RESPONSE,
        "tumor shrinkage was observed across different trials independent of target antigen and therapeutic dose",
        "shrinkage whatever the antigen",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "responses-transient",
        RESPONSE,
        "this activity is almost always transient",
        "how long responses last",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "local-against-iv",
        LOCAL,
        "local (IT or ICV) delivery outperforms IV administration in terms of both antitumor response and toxicity profile",
        "local against intravenous delivery",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "iv-lymphodepletion",
        LOCAL,
        "local delivery does not require lymphodepletion, which is often a prerequisite for IV administration",
        "lymphodepletion by route",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "volume-window",
        LOCAL,
        "between 0.5 to 8 ml of cell products were delivered through these devices (IT or ICV)",
        "volume of an infusion",
        "low=0.5;high=8",
        "",
        "figure",
        "Speaks of Rickham and Ommaya reservoirs.",
    ),
    (
        "infusion-minutes",
        LOCAL,
        "over about 10 minutes, followed by a flush with saline",
        "time of an infusion",
        "minutes=10",
        "",
        "figure",
        "",
    ),
    (
        "reservoirs",
        LOCAL,
        "Both have shown comparable efficacy in administering adoptive cell therapy in CNS tumors",
        "Rickham against Ommaya reservoirs",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "car-dose-window",
        SAFE,
        "CAR T cell doses were in the range of 10e7 to 10e8 cells per infusion",
        "typical dose of CAR T cells",
        "low=1e7;high=1e8;literal_low=1e8;literal_high=1e9",
        "",
        "conclusion",
        EXPONENT,
    ),
    (
        "lak-dose-window",
        SAFE,
        "LAK infusions that ranged from 10e9 to 10e10 cells",
        "dose of LAK cells",
        "low=1e9;high=1e10;literal_low=1e10;literal_high=1e11",
        "",
        "conclusion",
        EXPONENT,
    ),
    (
        "eighteen-doses",
        DOSES,
        "Recent CAR T trials have administered up to 18 doses",
        "largest number of doses",
        "doses=18",
        "",
        "figure",
        "",
    ),
    (
        "weekly-commonest",
        DOSES,
        "weekly infusions being the most common strategy",
        "commonest schedule",
        "",
        "",
        "figure",
        "",
    ),
    (
        "dose-limiting-toxicity",
        SAFE,
        "With the exception of Bagley et al. (17), neither recent CAR T trials nor older LAK studies exhibited evident dose-limiting toxicity",
        "dose-limiting toxicity",
        "citations=17",
        "bagley-2024",
        "conclusion",
        "The study named is the exception. The paragraph opens with local infusions.",
    ),
    (
        "grade-three",
        SAFE,
        "with very few instances of grade 3 or higher adverse events",
        "severe adverse events after local infusion",
        "grade=3",
        "",
        "conclusion",
        "",
    ),
    (
        "antigen-loss-list",
        ESCAPE,
        "Several studies have documented antigen loss following CAR T cell infusion in CNS tumors, including IL13Rα2, EGFRvIII, EGFR, and B7-H3 (19, 20, 22, 23, 32)",
        "studies with antigen loss",
        "citations=19,20,22,23,32",
        "brown-2024;brown-2015;choi-2024;bagley-2024b;tang-nd",
        "figure",
        "",
    ),
    (
        "escape-after-multiple-doses",
        RESPONSE,
        "it tends to occur more frequently in patients who have received multiple therapeutic doses",
        "antigen escape after several doses",
        "",
        "",
        "conclusion",
        "",
    ),
    (
        "persistence",
        DOSES,
        "long-term persistence of CAR T cells (up to 29 months) was observed in two studies, but this was achieved with IV administration and without any obvious clinical response (24, 29)",
        "long persistence",
        "months=29;studies=2;citations=24,29",
        "orourke-2017;ahmed-2017",
        "conclusion",
        "",
    ),
    (
        "expansion",
        DOSES,
        "was noted in several CNS trials but did not clearly correlate with clinical benefit (16, 26, 32, 36–38)",
        "expansion and benefit",
        "citations=16,26,32,36,37,38",
        "bagley-2024;orourke-2017;tang-nd;monje-2024;liu-2023",
        "conclusion",
        "",
    ),
    (
        "cytokines-cited",
        AFTER,
        "several soluble factors were observed to be upregulated in CSF",
        "factors in the cerebrospinal fluid",
        "",
        "",
        "figure",
        "The factors with their citations are rows of cytokines.",
    ),
    (
        "myeloid-cells",
        AFTER,
        "myeloid cell infiltration post-infusion was reported in two studies ... (26, 38)",
        "infiltration by myeloid cells",
        "studies=2;citations=26,38",
        "orourke-2017;liu-2023",
        "figure",
        "",
    ),
    (
        "microenvironment",
        AFTER,
        "post-infusion TME inhibitory mechanisms, such as upregulation of inhibitory cytokines and increased myeloid cell infiltration",
        "suppressive cells and molecules after infusion",
        "",
        "",
        "conclusion",
        "",
    ),
]
OTHERS = [
    (
        "patientpage-common",
        "patientpagend",
        "section Cytokine Release Syndrome",
        "The most common side effect of CAR-T therapy is Cytokine Release Syndrome",
        "the commonest side effect",
        "",
        "conclusion",
    ),
    (
        "patientpage-crs-days",
        "patientpagend",
        "section Cytokine Release Syndrome",
        "most cases of CRS are controlled effectively and resolve within a few days",
        "how long CRS lasts",
        "",
        "conclusion",
    ),
    (
        "patientpage-temporary",
        "patientpagend",
        "section Neurological Side Effects",
        "in most cases, ICANS is temporary. Patients typically recover fully, with no lasting neurological damage",
        "whether neurotoxicity passes",
        "",
        "conclusion",
    ),
    (
        "patientpage-intensive-care",
        "patientpagend",
        "section Neurological Side Effects",
        "only rarely is intensive care required",
        "intensive care in neurotoxicity",
        "",
        "conclusion",
    ),
    (
        "patientpage-counts",
        "patientpagend",
        "section Other Side Effects",
        "It is common for patients to experience low blood counts in the weeks following treatment",
        "low blood counts",
        "",
        "conclusion",
    ),
    (
        "patientpage-tocilizumab",
        "patientpagend",
        "section Cytokine Release Syndrome",
        "In many cases, patients respond quickly—sometimes within hours",
        "response to tocilizumab",
        "",
        "conclusion",
    ),
    (
        "norton-amplification",
        "norton2025",
        "abstract",
        "a hyperinflammatory cascade which is amplified through the mononuclear phagocytic system (MPS)",
        "part of mononuclear phagocytes in the cascade",
        "",
        "conclusion",
    ),
    (
        "brower-blockers",
        "browernd",
        "opening paragraphs",
        "cytokine blockers—some of which are already approved for use in humans—can improve the animals’ conditions and survival",
        "cytokine blockers in two mouse studies",
        "",
        "conclusion",
    ),
    (
        "brower-cytokines",
        "browernd",
        "opening paragraphs",
        "two independent groups have pinpointed the cytokines responsible for the symptoms",
        "cytokines named by two mouse studies",
        "",
        "conclusion",
    ),
]
CLAIMS = {
    "primary-dose-limiting-toxicity": "kaminskiy-dose-limiting-toxicity",
    "seed-microenvironment": "kaminskiy-microenvironment",
    "norton-amplification": "norton-amplification",
    "brower-blockers": "brower-blockers",
    "brower-cytokines": "brower-cytokines",
    "told-common": "patientpage-common",
    "told-crs-days": "patientpage-crs-days",
    "told-temporary": "patientpage-temporary",
    "told-intensive-care": "patientpage-intensive-care",
    "told-counts": "patientpage-counts",
    "told-tocilizumab": "patientpage-tocilizumab",
}
columns = [
    "statement_id",
    "source_id",
    "locator",
    "words",
    "topic",
    "figures",
    "study_ids",
    "weight",
    "entered_on",
    "note",
]
rows = []
for key, place, words, topic, figures, studies, weight, note in KAMINSKIY:
    rows.append(
        dict(
            zip(
                columns,
                (
                    f"kaminskiy-{key}",
                    "kaminskiy2025",
                    place,
                    words,
                    topic,
                    figures,
                    studies,
                    weight,
                    DAY,
                    note,
                ),
                strict=True,
            )
        )
    )
for key, source, place, words, topic, figures, weight in OTHERS:
    rows.append(
        dict(
            zip(
                columns,
                (key, source, place, words, topic, figures, "", weight, DAY, ""),
                strict=True,
            )
        )
    )
folder = Path(sys.argv[1])
for row in rows:
    text = next(folder.glob(f"{TEXTS[row['source_id']]}*")).read_text(encoding="utf-8")
    text = text.replace("\u00a0", " ")  # a no-break space is written as a space
    for part in row["words"].split(" ... "):
        assert part in text, (row["statement_id"], part)
with open("data/statements.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
if len(sys.argv) > 2:
    with open(sys.argv[2], "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("claim_id", "statement_id"))
        ids = {row["statement_id"] for row in rows}
        for row in rows:
            claim = row["statement_id"].removeprefix("kaminskiy-")
            if row["source_id"] == "kaminskiy2025" and claim != "microenvironment":
                out.writerow((claim, row["statement_id"]))
        for claim, key in CLAIMS.items():
            assert key in ids
            out.writerow((claim, key))
print(len(rows), "statements, all words found")
