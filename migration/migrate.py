"""Rebuild the tables around studies, once: rows of the old tables in, rows of the new ones out.

Reads the tables of the commit that it is given (default 656061b) with git, writes ``data/*.csv``
and prints where every non-empty cell of the old tables went. Run from the root of a checkout.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections import Counter, defaultdict

from mapping import (
    CASES,
    COHORTS,
    DATABASES,
    KIND,
    NAMES,
    NO_STUDY,
    NOTES,
    PART_ARM,
    PARTS,
    PHASE,
    READ,
    READ_ON,
    REGISTRATIONS,
    REGISTRIES,
    REPEATS,
    SCOPES,
    SEED,
    TOGETHER,
    TRIALS,
    UPDATES,
)

BASE = sys.argv[1] if len(sys.argv) > 1 else "656061b"
REVIEW = "kaminskiy2025"
POPULATION = {
    "adults": "adult",
    "children and young adults": "paediatric",
    "adults and children": "mixed",
}
PRINTED = [
    "publication",
    "antigen",
    "cell_product",
    "conditions",
    "treatment",
    "injection_route",
    "injection_details",
    "additional_therapy",
    "antitumor_activity",
    "interesting_observations",
]
CODES = [
    "product_class",
    "antigens",
    "costimulatory_domain",
    "modifications",
    "cell_origin",
    "routes",
    "route_relation",
    "route_queried",
    "devices",
    "volume_ml_low",
    "volume_ml_high",
    "infusion_minutes_low",
    "infusion_minutes_high",
    "flush",
    "dose_cells_low",
    "dose_cells_high",
    "iv_dose_cells_low",
    "iv_dose_cells_high",
    "doses_low",
    "doses_high",
    "doses_derived",
    "schedule",
    "interval_days_low",
    "interval_days_high",
    "lymphodepletion",
    "additional_therapy",
]
STUDIES = [
    "study_id",
    "name",
    "registrations",
    "phase",
    "design",
    "design_source_id",
    "product_class",
    "product",
    "antigens",
    "costimulatory_domain",
    "generation",
    "modifications",
    "cell_origin",
    "routes",
    "route_relation",
    "route_queried",
    "devices",
    "volume_ml_low",
    "volume_ml_high",
    "infusion_minutes_low",
    "infusion_minutes_high",
    "flush",
    "dose_low",
    "dose_high",
    "dose_unit",
    "iv_dose_low",
    "iv_dose_high",
    "iv_dose_unit",
    "dose_basis",
    "dose_source_id",
    "doses_low",
    "doses_high",
    "doses_derived",
    "schedule",
    "interval_days_low",
    "interval_days_high",
    "lymphodepletion",
    "additional_therapy",
    "disease",
    "tumour_groups",
    "population",
    "ages_as_printed",
    "age_low",
    "age_high",
    "population_source_id",
    "n_enrolled",
    "n_treated",
    "patients_source_id",
    "source_id",
    "locator",
    "verification",
    "entered_on",
    "note",
]
# What the trial gave where a primary report that was opened states it: dose, unit, IV dose, unit, source.
DOSES = {
    "lin-2021": ("1000000", "1000000", "cells per kg", "", "", "", "lin2021"),
    "ahmed-2017": ("1000000", "100000000", "cells per m2", "", "", "", "ahmed2017"),
    "lin-nd": ("10000000", "30000000", "cells per m2", "", "", "", "linnd"),
    "monje-2024": (
        "10000000",
        "30000000",
        "cells",
        "1000000",
        "3000000",
        "cells per kg",
        "monje2024",
    ),
    "goff-2019": ("6300000", "26000000000", "cells", "", "", "", "goff2019"),
    "jacobs-1986": ("100000000", "10000000000", "cells", "", "", "", "jacobs1986b"),
    "rauf-nd": ("2000000", "10000000", "cells", "", "", "", "onclivend"),
    "b7-h3-il13ra2-nd": ("2500000", "20000000", "cells", "", "", "", "ascoabstractnd"),
}
# Patients as an opened report counts them: enrolled, treated, source.
PATIENTS = {
    "brown-2024": ("", "65", "brown2024"),
    "monje-2024": ("13", "11", "monje2024"),
    "vitanza-2025": ("", "21", "vitanza2025"),
    "ahmed-2017": ("", "17", "ahmed2017"),
    "kong-2017": ("180", "", "kong2017"),
    "barish-2025": ("", "4", "barish2025"),
    "rauf-nd": ("", "9", "onclivend"),
    "b7-h3-il13ra2-nd": ("", "2", "ascoabstractnd"),
    "choi-2024": ("", "3", "choi2024"),
    "goff-2019": ("", "18", "goff2019"),
    "orourke-2017": ("", "10", "orourke2017"),
    "vitanza-2021": ("", "3", "vitanza2021"),
    "lin-2021": ("3", "3", "lin2021"),
    "frigault-2022": ("", "12", "frigault2022"),
}
AGES = {
    "ahmed-2017": (
        "10 patients ≥18 years [range, 30-69 years] and 7 patients <18 years [range, 10-17 years]",
        "10",
        "69",
        "ahmed2017",
    ),
    "monje-2024": ("2 to 30 years", "2", "30", "monje2024"),
    "rauf-nd": ("at least 18 years of age", "18", "", "onclivend"),
    "b7-h3-il13ra2-nd": ("18-75 years old", "18", "75", "ascoabstractnd"),
}
# What titles and pages of the two studies outside the seed review's table state of the cells.
CELLS = {
    "rauf-nd": {
        "antigens": "B7-H3",
        "routes": "ICV",
        "route_relation": "single",
        "route_queried": "false",
    },
    "b7-h3-il13ra2-nd": {
        "antigens": "B7-H3;IL13Rα2",
        "modifications": "bispecific",
        "routes": "IT;ICV",
        "route_relation": "either",
        "route_queried": "false",
        "devices": "Ommaya reservoir",
    },
}
GROUPS = {
    **dict.fromkeys(
        [
            "GBM",
            "HGG",
            "grade 3 glioma",
            "AC",
            "DAC",
            "AA",
            "AOD",
            "AOA",
            "GS",
            "MG",
            "GBM or AA",
            "GBM and AA",
        ],
        "high-grade glioma",
    ),
    **dict.fromkeys(["DMG", "spinal DMG", "DIPG"], "midline glioma"),
    **dict.fromkeys(["medulloblastoma", "AT/RT"], "embryonal"),
    "ependymoma": "ependymoma",
    "anaplastic meningioma": "other",
}
ORDER = [
    "high-grade glioma",
    "midline glioma",
    "embryonal",
    "ependymoma",
    "metastasis",
    "leptomeningeal",
    "CNS lymphoma",
    "CNS leukaemia",
    "other",
]
OTHER_TUMOUR = {
    "rauf-nd": "high-grade glioma",
    "b7-h3-il13ra2-nd": "high-grade glioma",
    "wang-2018": "high-grade glioma",
    "keu-2017": "high-grade glioma",
    "gaballa-2025": "other",
}
MULTIPLIED = {
    "ahmed-29-dose": "The print is the product: 1e6 to 1e8 per square metre times a body of 1.7 square metres (our arithmetic). studies has the trial's own dose, published_tables the print.",
    "qin-39-dose": "The print is the product: 1e6 per kg times a body of 60 kg (our arithmetic). studies has the trial's own dose, published_tables the print.",
    "lin-35-dose": "The print is the product: 1e7 per square metre times 0.6 square metres and 3e7 times 1.7 (our arithmetic). studies has the trial's own dose, published_tables the print.",
    "monje-36-dose": "1e7 cells is the lower ICV dose, which is not counted by weight; where 5e7 comes from is not known. studies has both of the trial's own doses, published_tables the print.",
    "goff-25-dose": "studies has the abstract's dose, published_tables the print.",
    "jacobs-60-dose": "studies has the abstract's dose, published_tables the print.",
}


TIMES = ("after 28 days", "after 1 dose", "3 weeks after infusion", "long term", "early", "initial")
RESPONSES = (
    "CR",
    "PR",
    "SD",
    "PD",
    "SD or better",
    "tumour shrinkage",
    "radiographic improvement",
    "tumour stabilisation",
    "initial response",
)
SURVIVAL = (
    "OS",
    "PFS",
    "OS difference",
    "PFS difference",
    "one-year survival",
    "survival over two years",
    "long-term survival",
)
# Where the print of the cells is known to be wrong, or to misspell.
PRODUCTS = {"vitanza-2021": "HER2-BBζ CAR T cells", "monje-2024": "GD2-BBζ CAR T cells (iCasp9)"}


def old(table: str) -> list[dict[str, str]]:
    text = subprocess.run(
        ["git", "show", f"{BASE}:data/{table}.csv"], capture_output=True, check=True
    )
    return list(csv.DictReader(io.StringIO(text.stdout.decode())))


def entered(table: str) -> list[str]:
    """Give for each data line of an old table the day of the commit that entered it."""
    out = subprocess.run(
        ["git", "blame", "--date=short", "-p", BASE, "--", f"data/{table}.csv"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    days: dict[str, str] = {}
    lines, commit = [], ""
    for line in out.splitlines():
        if re.match(r"^[0-9a-f]{40} ", line):
            commit = line[:40]
        elif line.startswith("author-time "):
            days[commit] = (
                subprocess.run(
                    ["date", "-u", "-d", f"@{line.split()[1]}", "+%F"],
                    capture_output=True,
                    check=True,
                )
                .stdout.decode()
                .strip()
            )
        elif line.startswith("\t"):
            lines.append(commit)
    return [days[c] for c in lines[1:]]


def write(table: str, columns: list[str], rows: list[dict[str, str]]) -> None:
    with open(f"data/{table}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(
            file, columns, lineterminator="\n", extrasaction="raise", restval=""
        )
        writer.writeheader()
        writer.writerows(rows)


def bib() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    key = ""
    for line in open("references.bib", encoding="utf-8"):
        if found := re.match(r"@\w+\{(\w+),", line):
            key = found[1]
            entries[key] = {}
        elif key and (found := re.match(r"\s+(\w+) = \{(.*)\},?$", line.rstrip())):
            entries[key][found[1]] = found[2]
    return entries


BIB = bib()
SOURCES = {row["source_id"]: row for row in old("sources")}
ids: list[tuple[str, str, str]] = []


def row_id(table: str, key: str, study: str) -> str:
    part = PARTS.get(study)
    new = SEED[study] + (f"-{part}" if part else "") + key.removeprefix(study)
    ids.append((table, key, new))
    return new


def study_of(row: dict[str, str]) -> str:
    if row["study_id"]:
        return SEED[row["study_id"]]
    cohort, source = row["cohort"], row["source_id"]
    if source in NO_STUDY:
        return ""
    for key in ((cohort, source, row["product"]), (cohort, source), (cohort, "*")):
        if key in COHORTS:
            return COHORTS[key]
    found = re.fullmatch(r"([a-z]+)(\d{4}|nd)[a-z]?", source)
    assert found, source
    year = found[2]
    return f"{found[1]}-{year}"


def add_note(row: dict[str, str], text: str) -> None:
    if text and text not in row["note"]:
        row["note"] = f"{row['note']} {text}".strip()


def person(source: str) -> str:
    author = BIB.get(source, {}).get("author", "")
    return "" if author.startswith("{") or not author else author.split(" and ")[0].split(",")[0]


# ---------------------------------------------------------------- rows that hang on studies
studies_old = old("studies")
row_of = {row["study_id"]: f"{REVIEW}-row-{row['row']}" for row in studies_old}
seed_day = dict(zip((r["study_id"] for r in studies_old), entered("studies"), strict=True))

tumours = old("study_tumours")
for row, day in zip(tumours, entered("study_tumours"), strict=True):
    before = row["study_id"]
    row |= {
        "tumour_id": row_id("study_tumours", row["tumour_id"], before),
        "study_id": SEED[before],
        "published_id": row_of[before],
        "arm": PART_ARM.get(before, ""),
        "entered_on": day,
    }
outcomes = old("outcomes")
for row, day in zip(outcomes, entered("outcomes"), strict=True):
    before, key = row["study_id"], row["outcome_id"]
    row |= {
        "outcome_id": row_id("outcomes", key, before),
        "study_id": SEED[before],
        "entered_on": day,
        "published_id": row_of[before] if row["source_id"] == REVIEW else "",
        "criterion": "",
        "clock": "",
        "timepoint": "",
        "evaluable": "",
        "population": "",
    }
    if before in PART_ARM:
        assert not row["arm"]
        row["arm"] = PART_ARM[before]
    if row["denominator_kind"] == "evaluable":
        row["evaluable"] = row["denominator"]
    if row["arm"] in TIMES:
        row["timepoint"], row["arm"] = row["arm"], ""
    if row["source_id"] == REVIEW and row["endpoint"] in RESPONSES:
        row["criterion"] = "not stated"
    if row["source_id"] == REVIEW and row["endpoint"] in SURVIVAL:
        row["clock"] = "not stated"
after = next(i for i, r in enumerate(outcomes) if r["outcome_id"] == "yao-nd-sd-2")
outcomes.insert(
    after + 1,
    {
        **dict.fromkeys(outcomes[0], ""),
        "outcome_id": "yao-nd-pr-2",
        "study_id": "yao-nd",
        "arm": "TIL",
        "endpoint": "PR",
        "events": "0",
        "denominator": "14",
        "denominator_kind": "arm",
        "direction": "no effect",
        "as_printed": "3/14 SD in TIL group",
        "derived": "true",
        "derivation": "The cell counts 1/7 PR in the PD1-TIL group and for the TIL group stable disease only, so none of the 14.",
        "source_id": REVIEW,
        "locator": "Table 1, row 25, column Antitumor activity",
        "verification": "seed",
        "criterion": "not stated",
        "published_id": f"{REVIEW}-row-25",
        "entered_on": READ_ON,
    },
)
observations = old("observations")
for row, day in zip(observations, entered("observations"), strict=True):
    before = row["study_id"]
    row |= {
        "observation_id": row_id("observations", row["observation_id"], before),
        "study_id": SEED[before],
        "published_id": row_of[before] if row["source_id"] == REVIEW else "",
        "entered_on": day,
        "grade": "",
    }
    if found := re.fullmatch(r"(CRS) grade (\d)", row["analyte"]):
        row["analyte"], row["grade"] = found[1], found[2]
    if row["observation_id"] == "lin-nd-crs":
        assert "grade 4 CRS" in row["as_printed"]
        row["grade"] = "4"

incidence, imaging, others = (
    old("toxicity_incidence"),
    old("imaging_findings"),
    old("other_toxicities"),
)
for name, rows in (
    ("toxicity_incidence", incidence),
    ("imaging_findings", imaging),
    ("other_toxicities", others),
):
    for row, day in zip(rows, entered(name), strict=True):
        row["study_id"] = study_of(row)
        row["entered_on"] = day
        row["population"] = POPULATION.get(row["population"], row["population"])
        if not row["study_id"]:
            add_note(row, NO_STUDY.get(row["source_id"]) or TOGETHER[row["cohort"]])
        if name == "imaging_findings":
            row["arm"] = {
                "Majzner 2022": "first four patients",
                "Bagley 2024": "first six patients",
                "Brown 2016": PART_ARM["brown-19"],
                "Durgin 2021": PART_ARM["durgin-24"],
            }.get(row["cohort"], "")
        row["note"] = (
            row["note"]
            .replace("The study does not stand in the table of studies.", "")
            .replace("; the study does not stand in the table of studies.", ".")
            .strip()
        )
        row["note"] = row["note"].replace(
            "; the table of studies has the same product and trial under an earlier report.", "."
        )
cytokines = old("cytokines")
for row in cytokines:
    row["study_id"] = SEED.get(row["study_id"], "")
biomarkers = old("biomarkers")
for row in biomarkers:
    row["population"] = POPULATION.get(row["population"], row["population"])

disagreements = old("disagreements")
for row in disagreements:
    before = row["study_id"]
    row["published_id"] = ""
    row["treatment"] = MULTIPLIED.get(row["disagreement_id"], row["treatment"])
    if row["disagreement_id"] == "qin-39-author":
        row["treatment"] = (
            "The study has the name of the title page; published_tables keeps the printed one."
        )
    if before:
        if (
            REVIEW in (row["source_id"], row["against_source_id"])
            and row["kind"] != "between sources"
        ):
            row["published_id"] = row_of[before]
        if row["disagreement_id"].startswith(before):
            row["disagreement_id"] = row_id("disagreements", row["disagreement_id"], before)
        row["study_id"] = SEED[before]
disagreements.append(
    {
        **dict.fromkeys(disagreements[0], ""),
        "disagreement_id": "frigault-2022-registration",
        "kind": "between sources",
        "study_id": "frigault-2022",
        "topic": "registration",
        "source_id": "frigault2022",
        "locator": "abstract",
        "stated": "registered as NCT02445248; patients with primary CNS lymphoma were left out of all pivotal trials",
        "against_source_id": "maziarz2020",
        "against_locator": "abstract",
        "found": "NCT02445248 is the registration of JULIET, a pivotal trial",
        "treatment": "The trial has no registration in studies, so that it is not merged with JULIET.",
    }
)

# ---------------------------------------------------------------- published_tables
published = []
for row in studies_old:
    cells = {
        "published_id": row_of[row["study_id"]],
        "source_id": REVIEW,
        "row": row["row"],
        "citation_numbers": row["citation_numbers"],
        "study_id": SEED[row["study_id"]],
        "n_patients_printed": row["n_patients"],
        "locator": row["locator"],
        "verification": row["verification"],
        "entered_on": seed_day[row["study_id"]],
        "note": row["note"],
    }
    cells |= {code: row[code] for code in CODES}
    cells |= {f"{name}_as_printed": row[f"{name}_as_printed"] for name in PRINTED}
    published.append(cells)

# ---------------------------------------------------------------- studies
hanging: dict[str, list[dict[str, str]]] = defaultdict(list)
for rows in (incidence, imaging, others):
    for row in rows:
        if row["study_id"]:
            hanging[row["study_id"]].append(row)
primaries = {}
for row in studies_old:
    primaries.setdefault(SEED[row["study_id"]], []).extend(
        filter(None, row["primary_source_ids"].split(";"))
    )


def registrations(study: str) -> str:
    if study in REGISTRATIONS:
        return REGISTRATIONS[study]
    sources = [*primaries.get(study, ()), *(row["source_id"] for row in hanging[study])]
    found = dict.fromkeys(n for s in sources for n in SOURCES[s]["nct_ids"].split(";") if n)
    return ";".join(found)


def generation(cells: dict[str, str], product: str) -> str:
    if "4th generation" in product:
        return "fourth"
    if cells["product_class"] not in ("CAR T", "CAR NK"):
        return ""
    return {"": "", "CD28 + 4-1BB": "third"}.get(cells["costimulatory_domain"], "second")


studies: dict[str, dict[str, str]] = {}
for row in studies_old:
    study = SEED[row["study_id"]]
    if row["study_id"] in PARTS:
        continue
    cells = dict.fromkeys(STUDIES, "")
    cells |= {code: row[code] for code in CODES if code in cells}
    primary = [s for s in primaries[study] if BIB[s].get("title")]
    titles = [
        s for s in primary if re.search(r"phase|trial|pilot|case report", BIB[s]["title"], re.I)
    ]
    groups = {GROUPS.get(t["tumour"], "") for t in tumours if t["study_id"] == study} - {""}
    basis = {"per dose": "one infusion"}.get(row["dose_basis"], "")
    cells |= {
        "study_id": study,
        "name": "",
        "registrations": registrations(study),
        "phase": PHASE.get(study, ""),
        "design": "randomised trial" if study == "kong-2017" else "trial",
        "design_source_id": (titles or [""])[0] if study in PHASE else "",
        "product": row["cell_product_as_printed"],
        "generation": generation(row, row["cell_product_as_printed"]),
        "dose_low": row["dose_cells_low"],
        "dose_high": row["dose_cells_high"],
        "dose_unit": "cells" if row["dose_cells_low"] else "",
        "iv_dose_low": row["iv_dose_cells_low"],
        "iv_dose_high": row["iv_dose_cells_high"],
        "iv_dose_unit": "cells" if row["iv_dose_cells_low"] else "",
        "dose_basis": basis,
        "dose_source_id": row["dose_basis_source_id"],
        "disease": "CNS tumour",
        "tumour_groups": ";".join(g for g in ORDER if g in groups),
        "population": POPULATION.get(row["population"], ""),
        "population_source_id": row["population_source_id"],
        "n_treated": row["n_patients"],
        "source_id": REVIEW,
        "locator": row["locator"],
        "verification": "seed",
        "entered_on": seed_day[row["study_id"]],
    }
    studies[study] = cells
for study, rows in hanging.items():
    if study in studies:
        continue

    def one(column: str) -> str:
        values = list(dict.fromkeys(row.get(column, "") for row in rows if row.get(column, "")))
        return values[0] if len(values) == 1 else ""

    main = min(
        rows,
        key=lambda r: ["full-text", "table", "abstract", "seed", "secondary"].index(
            r["verification"]
        ),
    )
    cns = "CAR T for CNS tumours" in {row["product"] for row in rows}
    product = one("product")
    designs = {row.get("design", "") for row in rows}
    design = (
        "case report"
        if study in CASES
        else "database"
        if study in DATABASES
        else "registry"
        if study in REGISTRIES
        else "trial"
        if study in TRIALS
        else "randomised trial"
        if study == "transform-2023"
        else "registry"
        if designs == {"registry"}
        else "series"
    )
    disease = one("disease")
    groups = OTHER_TUMOUR.get(study, "CNS lymphoma" if disease == "CNS lymphoma" else "")
    numbers = {row["n_treated"] for row in imaging if row["study_id"] == study and row["n_treated"]}
    numbers |= {
        row["denominator"]
        for row in incidence
        if row["study_id"] == study and row["denominator_kind"] == "infused" and not row["arm"]
    }
    people = one("population")
    cells = dict.fromkeys(STUDIES, "") | {
        "study_id": study,
        "registrations": registrations(study),
        "phase": PHASE.get(study, ""),
        "design": design,
        "product_class": "CAR T",
        "product": "" if cns else product,
        "antigens": "CD19" if "CD19" in product else "BCMA" if "BCMA" in product else "",
        "disease": disease,
        "tumour_groups": groups,
        "population": people,
        "population_source_id": next((r["source_id"] for r in rows if r["population"]), "")
        if people
        else "",
        "n_treated": numbers.pop() if len(numbers) == 1 else "",
        "source_id": main["source_id"],
        "locator": main["locator"],
        "verification": main["verification"],
        "entered_on": min(row["entered_on"] for row in rows),
    }
    if cells["n_treated"]:
        cells["patients_source_id"] = next(
            r["source_id"]
            for r in rows
            if cells["n_treated"] in (r.get("n_treated"), r["denominator"])
        )
    if cells["population_source_id"] == cells["source_id"]:
        cells["population_source_id"] = ""
    studies[study] = cells
for study, cells in studies.items():
    if study in DOSES:
        low, high, unit, iv_low, iv_high, iv_unit, source = DOSES[study]
        cells |= {
            "dose_low": low,
            "dose_high": high,
            "dose_unit": unit,
            "iv_dose_low": iv_low,
            "iv_dose_high": iv_high,
            "iv_dose_unit": iv_unit,
            "dose_source_id": source,
        }
        cells["dose_basis"] = cells["dose_basis"] or (
            "one infusion" if study in ("lin-2021", "ahmed-2017", "rauf-nd") else ""
        )
    if study in PATIENTS:
        enrolled, treated, source = PATIENTS[study]
        cells |= {
            "n_enrolled": enrolled,
            "n_treated": treated or cells["n_treated"],
            "patients_source_id": source,
        }
    if study in AGES:
        text, low, high, source = AGES[study]
        cells |= {
            "ages_as_printed": text,
            "age_low": low,
            "age_high": high,
            "population_source_id": source,
        }
    cells |= CELLS.get(study, {})
    cells["product"] = PRODUCTS.get(study, cells["product"])
    if study == "vitanza-2025":
        cells |= {"doses_low": "", "doses_high": "", "doses_derived": ""}
    for column in (
        "dose_source_id",
        "population_source_id",
        "patients_source_id",
        "design_source_id",
    ):
        if cells[column] == cells["source_id"]:
            cells[column] = ""
    cells["note"] = NOTES.get(study, "")
    found = re.fullmatch(r"([a-z]+)-(\d{4}|nd)([a-z]?)", study)
    if study in NAMES:
        cells["name"] = NAMES[study]
    else:
        assert found, study
        known = [row["source_id"] for row in hanging[study]] + primaries.get(study, [])
        surname = next((person(s) for s in known if s.startswith(found[1]) and person(s)), "")
        cells["name"] = (
            f"{surname or found[1].capitalize()} {'n.d.' if found[2] == 'nd' else found[2]}{found[3]}"
        )
    if study in CASES and "case" not in cells["name"].lower():
        cells["name"] += " (case)"
studies["barish-2025"] |= {"design_source_id": ""}
names = Counter(cells["name"] for cells in studies.values())
assert names.most_common(1)[0][1] == 1, names.most_common(5)

# ---------------------------------------------------------------- reports
pairs: dict[tuple[str, str], list[str]] = {}
for row in published:
    pairs.setdefault((row["study_id"], REVIEW), [])
for study, sources in primaries.items():
    for source in sources:
        pairs.setdefault((study, source), [])
for rows in (tumours, outcomes, observations, incidence, imaging, others):
    for row in rows:
        if row["study_id"]:
            cuts = pairs.setdefault((row["study_id"], row["source_id"]), [])
            if row.get("data_cut"):
                cuts.append(row["data_cut"])
for study, cells in studies.items():
    for column in (
        "source_id",
        "dose_source_id",
        "population_source_id",
        "patients_source_id",
        "design_source_id",
    ):
        if cells[column]:
            assert (study, cells[column]) in pairs, (study, column, cells[column])


def report_id(study: str, source: str) -> str:
    return f"{study}-{source}"


reports = []
order = {study: i for i, study in enumerate(studies)}
for (study, source), cuts in sorted(pairs.items(), key=lambda item: order[item[0][0]]):
    updates = UPDATES.get((study, source), "")
    main = [
        s
        for s in primaries.get(study, [])
        if s not in ("brown2016", "durgin2021", "majzner2022", "vitanza2023", "jacobs1986a")
    ]
    repeats = REPEATS.get((study, source), main[0] if source == REVIEW and len(main) == 1 else "")
    reports.append(
        {
            "report_id": report_id(study, source),
            "study_id": study,
            "source_id": source,
            "kind": KIND.get(source, "paper"),
            "scope": SCOPES.get((study, source), "whole study"),
            "data_cut": "; ".join(dict.fromkeys(cuts)),
            "updates": report_id(study, updates) if updates else "",
            "repeats": report_id(study, repeats) if repeats else "",
            "read_on": READ_ON if source in READ else "",
            "note": "",
        }
    )
known = {row["report_id"] for row in reports}
assert all(row[c] in known for row in reports for c in ("updates", "repeats") if row[c])

# ---------------------------------------------------------------- searches and screening
searches = [
    {
        "search_id": "seed-reference-list",
        "service": "reference list",
        "words": "",
        "day": "",
        "found": "",
        "by_whom": "one of the curators",
        "note": "Table 1 and the reference list of kaminskiy2025. Neither the day nor a number found was recorded.",
    },
    {
        "search_id": "stored-pages-by-hand",
        "service": "stored public pages",
        "words": "",
        "day": "",
        "found": "",
        "by_whom": "one of the curators",
        "note": "Pages looked up by hand for toxicity and imaging. Words, days and numbers found were not recorded.",
    },
]
screening = []
for study, cells in studies.items():
    mine = [r for r in reports if r["study_id"] == study and r["source_id"] != REVIEW]
    best = sorted(
        mine,
        key=lambda r: (
            ["paper", "abstract", "preprint", "registry", "label", "review", "news"].index(
                r["kind"]
            ),
            r["scope"] != "whole study",
        ),
    )
    source = best[0]["source_id"] if best else ""
    entry = BIB.get(source, {})
    clean = lambda text: re.sub(r"[{}]", "", text)
    screening.append(
        {
            "candidate_id": study,
            "title": clean(entry.get("title", "")),
            "year": SOURCES[source]["year"] if source else "",
            "doi": entry.get("doi", ""),
            "pmid": entry.get("pmid", ""),
            "registrations": cells["registrations"],
            "address": SOURCES[source]["confirmed_at"] if source else "",
            "search_id": "seed-reference-list"
            if any(p["study_id"] == study for p in published)
            else "stored-pages-by-hand",
            "decision": "included",
            "reason": "",
            "reader": "",
            "day": cells["entered_on"],
            "study_id": study,
            "note": "",
        }
    )

# ---------------------------------------------------------------- write
sources = old("sources")
for row in sources:
    if row["source_id"] == "bagley2024":
        row["nct_ids"] = "NCT05168423"
        add_note(
            row,
            "The registration is that of the rows of toxicity_incidence; it was not in the part of the abstract that was read again.",
        )
    if row["source_id"] == "frigault2022":
        add_note(row, "The registration that the abstract prints is that of JULIET.")
TABLES = {
    "studies": (STUDIES, list(studies.values())),
    "reports": (list(reports[0]), reports),
    "published_tables": (
        [
            "published_id",
            "source_id",
            "row",
            "citation_numbers",
            "study_id",
            *CODES,
            "n_patients_printed",
            "locator",
            "verification",
            "entered_on",
            "note",
            *(f"{n}_as_printed" for n in PRINTED),
        ],
        published,
    ),
    "study_tumours": (
        [
            "tumour_id",
            "study_id",
            "published_id",
            "arm",
            *list(old("study_tumours")[0])[2:],
            "entered_on",
        ],
        tumours,
    ),
    "outcomes": (
        [
            "outcome_id",
            "study_id",
            "published_id",
            "arm",
            "population",
            "endpoint",
            "criterion",
            "clock",
            "timepoint",
            "evaluable",
            *list(old("outcomes")[0])[4:],
            "entered_on",
        ],
        outcomes,
    ),
    "observations": (
        [
            "observation_id",
            "study_id",
            "published_id",
            "theme",
            "finding",
            "analyte",
            "grade",
            *list(old("observations")[0])[5:],
            "entered_on",
        ],
        observations,
    ),
    "toxicity_incidence": ([*old("toxicity_incidence")[0], "entered_on"], incidence),
    "imaging_findings": (
        [
            "finding_id",
            "cohort",
            "study_id",
            "arm",
            *list(old("imaging_findings")[0])[3:],
            "entered_on",
        ],
        imaging,
    ),
    "other_toxicities": ([*old("other_toxicities")[0], "entered_on"], others),
    "cytokines": (list(old("cytokines")[0]), cytokines),
    "biomarkers": (list(old("biomarkers")[0]), biomarkers),
    "disagreements": (
        ["disagreement_id", "kind", "study_id", "published_id", *list(old("disagreements")[0])[3:]],
        disagreements,
    ),
    "searches": (list(searches[0]), searches),
    "screening": (list(screening[0]), screening),
    "sources": (list(old("sources")[0]), sources),
}
for name, (columns, rows) in TABLES.items():
    write(name, columns, rows)
with open("/tmp/wt/data_ids.csv", "w", newline="", encoding="utf-8") as file:
    csv.writer(file, lineterminator="\n").writerows(
        [
            ("table", "old", "new"),
            *(("studies", a, b) for a, b in SEED.items()),
            *(("published_tables", a, row_of[a]) for a in SEED),
            *ids,
        ]
    )

# ---------------------------------------------------------------- cells in and out
filled = lambda rows: Counter(c for row in rows for c, v in row.items() if v)
print(f"{'table':22}{'rows in':>8}{'rows out':>9}{'cells in':>9}{'cells out':>10}")
for name, (_, rows) in TABLES.items():
    try:
        before = old(name)
    except subprocess.CalledProcessError:
        before = []
    print(
        f"{name:22}{len(before):8}{len(rows):9}{sum(filled(before).values()):9}{sum(filled(rows).values()):10}"
    )
print()
newname = {"n_patients": "n_patients_printed"}
by_row = {row["published_id"]: row for row in published}
gone: Counter[str] = Counter()
for row in studies_old:
    new, study = by_row[row_of[row["study_id"]]], studies[SEED[row["study_id"]]]
    listed = {r["source_id"] for r in reports if r["study_id"] == study["study_id"]}
    for column, value in row.items():
        if not value:
            continue
        if column == "study_id":
            gone["studies.study_id: replaced by the new key, kept in the mapping"] += 1
        elif new.get(newname.get(column, column)) == value:
            gone["studies, found to the letter in published_tables"] += 1
        elif column == "primary_source_ids":
            assert set(value.split(";")) <= listed
            gone["studies.primary_source_ids: rows of reports"] += 1
        elif column == "population":
            assert study["population"] == POPULATION[value] or row["study_id"] in PARTS, row[
                "study_id"
            ]
            gone[
                "studies.population: studies.population"
                if study["population"] == POPULATION[value]
                else "studies.population of a part: differs from the whole"
            ] += 1
        elif column == "population_source_id":
            assert value in listed
            gone["studies.population_source_id: studies or reports"] += 1
        elif column == "dose_basis":
            gone[
                f"studies.dose_basis '{value}': "
                + {
                    "not stated": "empty, as unknown is",
                    "per dose": "dose_basis 'one infusion'",
                }.get(value, "dose_unit")
            ] += 1
        elif column == "dose_basis_source_id":
            assert value in listed
            gone["studies.dose_basis_source_id: dose_source_id and reports"] += 1
        else:
            gone[f"LOST studies.{column}"] += 1
for name, key in (
    ("study_tumours", "tumour_id"),
    ("outcomes", "outcome_id"),
    ("observations", "observation_id"),
    ("toxicity_incidence", "incidence_id"),
    ("imaging_findings", "finding_id"),
    ("other_toxicities", "other_id"),
    ("cytokines", "cytokine_id"),
    ("biomarkers", "biomarker_id"),
    ("disagreements", "disagreement_id"),
    ("sources", "source_id"),
):
    renamed = {a: b for t, a, b in ids if t == name}
    now = {row[key]: row for row in TABLES[name][1]}
    for row in old(name):
        new = now[renamed.get(row[key], row[key])]
        for column, value in row.items():
            if value and new[column] != value:
                gone[f"{name}.{column}: rewritten"] += 1
            elif value:
                gone[f"{name}, found to the letter"] += 1
for text, count in sorted(gone.items()):
    print(f"{count:6}  {text}")
assert not any(text.startswith("LOST") for text in gone)
print()
print("studies by design:", dict(Counter(s["design"] for s in studies.values())))
print("studies by disease:", dict(Counter(s["disease"] for s in studies.values())))
print(
    "studies by tumour group:",
    dict(Counter(g for s in studies.values() for g in s["tumour_groups"].split(";") if g)),
)
print(
    "rows without a study:",
    {
        n: sum(not r["study_id"] for r in TABLES[n][1])
        for n in ("toxicity_incidence", "imaging_findings", "other_toxicities")
    },
)
twice = Counter(n for s in studies.values() for n in s["registrations"].split(";") if n)
print("registrations in two studies:", [n for n, k in twice.items() if k > 1])
