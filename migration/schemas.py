"""Write the schemas of the new tables and the data package; runs after migrate.py, once."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

BASE = sys.argv[1] if len(sys.argv) > 1 else "656061b"


def old(name: str) -> Any:
    out = subprocess.run(["git", "show", f"{BASE}:data/{name}"], capture_output=True, check=True)
    return json.loads(out.stdout)


def write(path: str, content: Any) -> None:
    with open(f"data/{path}", "w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def field(name: str, title: str, text: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "type": kind, "title": title, "description": text}
    unit, meanings, required = (
        more.pop("unit", ""),
        more.pop("meanings", None),
        more.pop("required", False),
    )
    if unit:
        made["unit"] = unit
    limits: dict[str, Any] = {"required": True} if required else {}
    limits |= more.pop("limits", {})
    if meanings and "separator" not in more:
        limits["enum"] = list(meanings)
    if limits:
        made["constraints"] = limits
    if meanings and "separator" in more:
        made |= {
            "separator": more.pop("separator"),
            "items": {"enum": list(meanings)},
            "item_meanings": meanings,
        }
    elif meanings:
        made["meanings"] = meanings
    if kind == "boolean":
        made |= {"trueValues": ["true"], "falseValues": ["false"]}
    return made | more


def foreign(column: str, table: str, key: str = "") -> dict[str, Any]:
    return {"fields": column, "reference": {"resource": table, "fields": key or column}}


def schema(
    title: str,
    text: str,
    fields: list[dict[str, Any]],
    keys: list[dict[str, Any]] = (),
    rules: list[dict[str, Any]] = (),
) -> dict[str, Any]:
    made = {
        "title": title,
        "description": text,
        "fields": fields,
        "primaryKey": fields[0]["name"],
        "missingValues": [""],
    }
    if keys:
        made["foreignKeys"] = list(keys)
    if rules:
        made["rules"] = list(rules)
    return made


ENTERED = field(
    "entered_on",
    "Entered on",
    "Day of the change that entered the row, as the history of the table has it; the day on which the source was read was not recorded.",
    "date",
    required=True,
)
POPULATION = {
    "adult": "Adults only.",
    "paediatric": "Children, adolescents or young adults only.",
    "mixed": "Both.",
}
STUDY_KEY = "^[a-z][a-z0-9]*(-[a-z0-9]+)*-([0-9]{4}[a-z]?|nd)$"
seed = old("schemas/studies.json")
by = {f["name"]: f for f in seed["fields"]}
SOURCE, LOCATOR, VERIFICATION, NOTE = by["source_id"], by["locator"], by["verification"], by["note"]


def free(name: str, **change: Any) -> dict[str, Any]:
    """A field of the old table without what only holds of a print."""
    made = {k: v for k, v in by[name].items() if k != "printed_in"} | change
    limits = {k: v for k, v in made.get("constraints", {}).items() if k != "required"}
    made.pop("constraints", None)
    out: dict[str, Any] = {}
    for key, value in made.items():
        out[key] = value
        if key == "description" and "unit" in made:
            out["unit"] = made["unit"]
        if key == ("unit" if "unit" in made else "description") and limits:
            out["constraints"] = limits
    return out


diseases = next(
    f for f in old("schemas/toxicity_incidence.json")["fields"] if f["name"] == "disease"
)
antigens = free(
    "antigens",
    description="Antigens that the product is directed against, where a source states them.",
)
antigens["items"] = {"enum": [*by["antigens"]["items"]["enum"], "CD19", "BCMA"]}
modifications = free("modifications", description="What else is known of the cells.")
modifications["items"] = {"enum": [*by["modifications"]["items"]["enum"], "bispecific"]}
routes = free(
    "routes", description="Ways by which the cells were given; empty where none is known."
)
routes["item_meanings"] = by["routes"]["item_meanings"] | {
    "IT": "Into the tumour or its cavity. Where only the seed review was read it is printed 'IT', which it defines twice, as intratumoral (Figure 1) and as intrathecal (section Initial antitumor response)."
}
UNITS = {
    "cells": "Cells in one dose, or where the basis is another, in what dose_basis names.",
    "cells per kg": "Cells per kilogram of body weight.",
    "cells per m2": "Cells per square metre of body surface.",
}


def dose(name: str, title: str, text: str) -> dict[str, Any]:
    return field(
        name,
        title,
        text,
        "number",
        unit="as dose_unit" if not name.startswith("iv") else "as iv_dose_unit",
        limits={"minimum": 0},
    )


studies = schema(
    "Studies",
    "One row a study, a trial or a cohort, by registration where it has one, whoever reviewed it. Reports of one registration are one study.",
    [
        field(
            "study_id",
            "Study",
            "Surname of the first author or acronym, and year of the report or 'nd' where no page that was read prints one: 'brown-2024', 'juliet-2018'.",
            limits={"required": True, "unique": True, "pattern": STUDY_KEY},
        ),
        field(
            "name",
            "Name",
            "The name that readers see; n.d. is no date.",
            limits={"required": True, "unique": True},
        ),
        field(
            "registrations",
            "Registrations",
            "Trial registrations that a source of the study states.",
            separator=";",
            items={
                "pattern": "^(NCT[0-9]{8}|ChiCTR[A-Z0-9-]+|UMIN[0-9]{9}|ACTRN[0-9]{14}|EudraCT[0-9-]+|ISRCTN[0-9]{8})$"
            },
        ),
        field(
            "phase",
            "Phase",
            "Phase of the trial where a title or an abstract states it.",
            meanings={"1": "Phase 1.", "1/2": "Phase 1 and 2.", "2": "Phase 2.", "3": "Phase 3."},
        ),
        field(
            "design",
            "Design",
            "What kind of study it is.",
            required=True,
            meanings={
                "randomised trial": "A trial whose arms were assigned by chance.",
                "trial": "A trial with one arm, with arms not assigned by chance, or whose assignment no page that was read states.",
                "registry": "Patients of a registry or of many centres' routine treatment.",
                "series": "Patients of one or several centres, looked at afterwards or in order.",
                "database": "Reports or codes of a database, without a list of patients.",
                "case report": "One patient.",
            },
        ),
        field(
            "design_source_id",
            "Source of phase and design",
            "The report that states them, where it is another than source_id.",
        ),
        free("product_class"),
        field(
            "product",
            "Product",
            "Name of the cells: as the seed review prints it, or the international nonproprietary name or group that the rows of the study have.",
        ),
        antigens,
        free(
            "costimulatory_domain",
            description="Co-stimulatory domain of the receptor, read from the product's name: BB is 4-1BB, 28 is CD28, 28BB is both; empty where the name has none.",
        ),
        field(
            "generation",
            "Generation",
            "Generation of the receptor: as a source names it, else derived from the co-stimulatory domains, one being second and two third.",
            meanings={
                "first": "No co-stimulatory domain.",
                "second": "One co-stimulatory domain.",
                "third": "Two co-stimulatory domains.",
                "fourth": "With a further function, as the source calls it.",
            },
        ),
        modifications,
        free("cell_origin", description="Whose cells they are, where a source states it."),
        routes,
        free("route_relation", description="How several routes relate."),
        free(
            "route_queried",
            description="True where the only source of the route prints it with a question mark.",
        ),
        free("devices", description="Device or way of placement."),
        *(
            free(name)
            for name in (
                "volume_ml_low",
                "volume_ml_high",
                "infusion_minutes_low",
                "infusion_minutes_high",
            )
        ),
        free(
            "flush",
            description="True where a flush after the cells is stated; empty where none is.",
        ),
        dose(
            "dose_low",
            "Dose, low",
            "Lowest dose that the trial gave, in the trial's unit; the local dose where a local and an IV dose are told apart.",
        ),
        dose(
            "dose_high",
            "Dose, high",
            "Highest dose that the trial gave; equal to the low value where one is stated.",
        ),
        field(
            "dose_unit",
            "Unit of the dose",
            "Unit in which the trial counts its dose.",
            meanings=UNITS,
        ),
        dose(
            "iv_dose_low",
            "IV dose, low",
            "Only where an IV dose is told apart from the local dose.",
        ),
        dose(
            "iv_dose_high",
            "IV dose, high",
            "Only where an IV dose is told apart from the local dose.",
        ),
        field(
            "iv_dose_unit",
            "Unit of the IV dose",
            "Unit in which the trial counts it.",
            meanings={k: UNITS[k].replace("dose_basis", "the source") for k in UNITS},
        ),
        field(
            "dose_basis",
            "Basis of the dose",
            "What the dose is counted over, where an opened report says so.",
            meanings={
                "one infusion": "Cells in one infusion.",
                "one cycle": "Cells in one cycle of infusions.",
                "all infusions": "Cells in all infusions together.",
            },
        ),
        field(
            "dose_source_id",
            "Source of the dose",
            "The report that states the dose or its basis, where it is another than source_id.",
        ),
        *(free(name) for name in ("doses_low", "doses_high", "doses_derived", "schedule")),
        *(
            free(
                name,
                description=by[name]["description"]
                .replace("the row prints one interval", "one interval is stated")
                .replace("is printed", "is stated"),
            )
            for name in ("interval_days_low", "interval_days_high")
        ),
        free("lymphodepletion", description="Drugs for lymphodepletion."),
        free(
            "additional_therapy",
            description="Other drugs or treatments given with the cells, also IL-2 in the infusion.",
        ),
        {k: v for k, v in diseases.items()} | {"description": "Group of diseases of the patients."},
        field(
            "tumour_groups",
            "Tumour groups",
            "Tumours of the central nervous system among the patients; empty for studies of other diseases.",
            separator=";",
            meanings={
                "high-grade glioma": "Glioblastoma and other gliomas of grade 3 or 4, other than midline gliomas.",
                "midline glioma": "Diffuse midline glioma, pontine glioma among them.",
                "embryonal": "Medulloblastoma, atypical teratoid/rhabdoid tumour and other embryonal tumours.",
                "ependymoma": "Ependymoma.",
                "metastasis": "Metastasis to the brain or spine of a tumour elsewhere.",
                "leptomeningeal": "Spread in the leptomeninges.",
                "CNS lymphoma": "Primary or secondary lymphoma of the central nervous system.",
                "CNS leukaemia": "Leukaemia in the central nervous system.",
                "other": "Another tumour of the central nervous system, or a tumour not named.",
            },
        ),
        field(
            "population", "Population", "Age group, where a source states it.", meanings=POPULATION
        ),
        field(
            "ages_as_printed",
            "Ages (as printed)",
            "Ages of the patients or of those who could take part, as the source prints them.",
            printed=True,
        ),
        field("age_low", "Age, low", "Lowest age.", "number", unit="years", limits={"minimum": 0}),
        field(
            "age_high",
            "Age, high",
            "Highest age; empty where the source names none.",
            "number",
            unit="years",
            limits={"minimum": 0},
        ),
        field(
            "population_source_id",
            "Source of population and ages",
            "The report that states them, where it is another than source_id.",
        ),
        field(
            "n_enrolled",
            "Enrolled",
            "Patients who entered the study, comparators included, where a source states it.",
            "integer",
            unit="patients",
            limits={"minimum": 1},
        ),
        field(
            "n_treated",
            "Treated",
            "Patients who were given the cells, as the opened report counts them; where only the seed review was read, the patients that it prints for the study.",
            "integer",
            unit="patients",
            limits={"minimum": 1},
        ),
        field(
            "patients_source_id",
            "Source of the numbers",
            "The report that counts the patients, where it is another than source_id.",
        ),
        SOURCE
        | {
            "description": "Key in references.bib of the report that the coded cells rest on, where no column beside them names another."
        },
        LOCATOR,
        VERIFICATION,
        ENTERED,
        NOTE,
    ],
    [
        foreign(c, "sources", "source_id")
        for c in (
            "source_id",
            "design_source_id",
            "dose_source_id",
            "population_source_id",
            "patients_source_id",
        )
    ],
    [
        {"rule": "low-above-high", "low": f"{n}_low", "high": f"{n}_high"}
        for n in (
            "volume_ml",
            "infusion_minutes",
            "dose",
            "iv_dose",
            "doses",
            "interval_days",
            "age",
        )
    ]
    + [
        {"rule": "duplicate-registration", "registrations": "registrations", "name": "name"},
        {"rule": "unscreened-study", "study": "study_id", "screened": "screening.study_id"},
    ]
    + [
        {"rule": "needs", "field": "dose_unit", "when": "dose_low"},
        {"rule": "needs", "field": "iv_dose_unit", "when": "iv_dose_low"},
    ],
)
write("schemas/studies.json", studies)

reports = schema(
    "Reports",
    "One row a source that reports a study. A source used with a study has a row here.",
    [
        field(
            "report_id",
            "Report",
            "Study and source: 'brown-2024-brown2016'.",
            limits={"required": True, "unique": True, "pattern": "^[a-z0-9-]+$"},
        ),
        field("study_id", "Study", "The study that is reported.", required=True),
        field("source_id", "Source", "The source that reports it.", required=True),
        field(
            "kind",
            "Kind",
            "What kind of report it is.",
            required=True,
            meanings={
                "paper": "A publication of those who made the study, or a table of it.",
                "abstract": "A conference abstract or poster of those who made the study.",
                "preprint": "A manuscript before review.",
                "registry": "A record of a trial registry.",
                "label": "Prescribing information, a regulator's summary, or a manufacturer's page on a licensed product.",
                "review": "A review, a commentary or a protocol by others.",
                "news": "A news page, a digest or a page for the public.",
            },
        ),
        field(
            "scope",
            "Scope",
            "What of the study it reports.",
            required=True,
            meanings={
                "whole study": "All patients that the study has at the time.",
                "part": "Some of its patients.",
                "arm": "One arm or cohort.",
            },
        ),
        field(
            "data_cut",
            "Data cut",
            "Date of the data or median follow-up as the source states it; several are joined by semicolons.",
        ),
        field(
            "updates", "Updates", "The earlier report of the same makers that this one replaces."
        ),
        field("repeats", "Repeats", "The report whose figures this one only tells again."),
        field(
            "read_on",
            "Read on",
            "Day on which the source was read for this study; empty where it was not recorded.",
            "date",
        ),
        NOTE,
    ],
    [
        foreign("study_id", "studies"),
        foreign("source_id", "sources"),
        foreign("updates", "reports", "report_id"),
        foreign("repeats", "reports", "report_id"),
    ],
    [
        {"rule": "not-written", "fragment": "report_id", "names": ["study_id", "source_id"]},
        {"rule": "repeated-pair", "names": ["study_id", "source_id"]},
    ],
)
write("schemas/reports.json", reports)

codes = [
    f
    for f in seed["fields"]
    if f["name"]
    in ["product_class", "antigens", "costimulatory_domain", "modifications", "cell_origin", "routes", "route_relation", "route_queried", "devices", "volume_ml_low", "volume_ml_high", "infusion_minutes_low", "infusion_minutes_high", "flush", "dose_cells_low", "dose_cells_high", "iv_dose_cells_low", "iv_dose_cells_high", "doses_low", "doses_high", "doses_derived", "schedule", "interval_days_low", "interval_days_high", "lymphodepletion", "additional_therapy"]
]
printed = [f for f in seed["fields"] if f["name"].endswith("_as_printed")]
published = schema(
    "Published tables",
    "What a table of another review prints, to the letter, and the codes of that print: Table 1 of the seed review, 42 rows by ten columns. Read for the re-test of that review and for nothing else.",
    [
        field(
            "published_id",
            "Row",
            "Source and position: 'kaminskiy2025-row-1'.",
            limits={"required": True, "unique": True, "pattern": "^[a-z0-9]+-row-[0-9]+$"},
        ),
        SOURCE,
        {k: v for k, v in by["row"].items() if k != "constraints"}
        | {"constraints": {"required": True, "minimum": 1}},
        by["citation_numbers"]
        | {"description": "Numbers in the reference list of the source, in the order printed."},
        field(
            "study_id",
            "Study",
            "The study that the row is about; two rows of one study are one study.",
            required=True,
        ),
        *codes,
        by["n_patients"] | {"name": "n_patients_printed", "title": "Patients printed"},
        LOCATOR,
        VERIFICATION,
        ENTERED,
        NOTE,
        *printed,
    ],
    [foreign("source_id", "sources"), foreign("study_id", "studies")],
    [r for r in seed["rules"]]
    + [{"rule": "not-written", "fragment": "published_id", "names": ["source_id", "row"]}],
)
write("schemas/published_tables.json", published)

PUBLISHED = field(
    "published_id",
    "Published row",
    "The row of published_tables whose print this row codes; empty where it codes none.",
)
STUDY = field(
    "study_id", "Study", "The study; empty where the row is of no study, which the note says."
)
ARM = field(
    "arm",
    "Arm or part",
    "Arm, dose level or part of the patients that the row belongs to, as short as possible; empty for all patients. Patients of a part are counted in the whole as well.",
)
POP = field(
    "population", "Population", "Age group, where the source states it.", meanings=POPULATION
)
SEED_WHERE = {"source_id": "kaminskiy2025"}


def reprint(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules that compared with the print through the study compare through the published row."""
    text = (
        json.dumps(rules, ensure_ascii=False)
        .replace("studies.n_patients", "published_tables.n_patients_printed")
        .replace('"studies.', '"published_tables.')
    )
    made = json.loads(text)
    for rule in made:
        if rule.get("key") == "study_id":
            rule["key"] = "published_id"
        if rule.get("group") == "study_id":
            rule["group"] = "published_id"
        if rule["rule"] in ("wrong-column", "not-in-print"):
            rule.pop("where", None)
    return made


def change(
    name: str,
    order: list[str],
    new: dict[str, dict[str, Any]],
    keys: list[dict[str, Any]] = (),
    rules: list[dict[str, Any]] = (),
    **top: Any,
) -> None:
    made = old(f"schemas/{name}.json")
    have = {f["name"]: f for f in made["fields"]} | new
    for item in have.values():
        limits = item.get("constraints", {})
        if limits.get("pattern") == "^[a-z]+-[0-9]+-[a-z0-9-]+$":
            limits["pattern"] = "^[a-z0-9]+(-[a-z0-9]+)+$"
            item["description"] = item["description"].replace("brown-15", "brown-2024")
    made["fields"] = [have[column] for column in order]
    made["foreignKeys"] = [*made.get("foreignKeys", []), *keys]
    made["rules"] = [*reprint(made.get("rules", [])), *rules]
    if not made["rules"]:
        del made["rules"]
    write(f"schemas/{name}.json", made | top)


def header(name: str) -> list[str]:
    with open(f"data/{name}.csv", encoding="utf-8") as file:
        return file.readline().strip().split(",")


def loosened(name: str, column: str, **more: Any) -> dict[str, Any]:
    return next(f for f in old(f"schemas/{name}.json")["fields"] if f["name"] == column) | more


PAIR = {
    "rule": "no-report",
    "study": "study_id",
    "source": "source_id",
    "reports": ["reports.study_id", "reports.source_id"],
}
change(
    "study_tumours",
    header("study_tumours"),
    {"published_id": PUBLISHED, "arm": ARM, "entered_on": ENTERED},
    [foreign("published_id", "published_tables")],
    [PAIR],
    description="One row a tumour type of a study's patients, as a report prints it.",
)
change(
    "outcomes",
    header("outcomes"),
    {
        "published_id": PUBLISHED,
        "entered_on": ENTERED,
        "arm": loosened(
            "outcomes",
            "arm",
            description="Arm or subgroup that the value belongs to, as short as possible; empty for all patients. Patients of a part are counted in the whole as well.",
        ),
        "population": field(
            "population",
            "Population",
            "Age group where the row is of a part of the patients by age.",
            meanings=POPULATION,
        ),
        "criterion": field(
            "criterion",
            "Criterion",
            "Criterion of the response that the source names; empty where nobody looked for it.",
            meanings={
                "RANO": "Response Assessment in Neuro-Oncology.",
                "mRANO": "Modified RANO.",
                "RAPNO": "Response Assessment in Pediatric Neuro-Oncology.",
                "iRANO": "Immunotherapy RANO.",
                "volume change": "A change of volume, without classes.",
                "Lugano": "Lugano classification of lymphoma.",
                "IPCG": "International Primary CNS Lymphoma Collaborative Group.",
                "not stated": "The place that was read names none.",
            },
        ),
        "clock": field(
            "clock",
            "Clock",
            "From when a survival time is counted; empty where nobody looked for it.",
            meanings={
                "infusion": "First infusion of the cells.",
                "enrolment": "Entry into the study.",
                "surgery": "Operation or reoperation.",
                "diagnosis": "First diagnosis.",
                "recurrence": "Recurrence.",
                "not stated": "The place that was read does not say.",
            },
        ),
        "timepoint": field(
            "timepoint",
            "Time point",
            "When the outcome was assessed, as the source states it, shortened.",
        ),
        "evaluable": field(
            "evaluable",
            "Evaluable",
            "Patients whom the source calls evaluable for the outcome.",
            "integer",
            unit="patients",
            limits={"minimum": 0},
        ),
    },
    [foreign("published_id", "published_tables")],
    [PAIR],
)
change(
    "observations",
    header("observations"),
    {
        "published_id": PUBLISHED,
        "entered_on": ENTERED,
        "grade": field(
            "grade",
            "Grade",
            "Grade of a toxicity, where the fragment prints one.",
            "integer",
            unit="grade",
            limits={"minimum": 1, "maximum": 5},
        ),
    },
    [foreign("published_id", "published_tables")],
    [PAIR, {"rule": "number-not-printed", "fragment": "as_printed", "numbers": ["grade"]}],
    description="One row an observation other than efficacy that a report prints for a study: cells, antigens, cytokines, toxicity, microenvironment.",
)
for name in ("toxicity_incidence", "imaging_findings", "other_toxicities"):
    cohort = loosened(
        name,
        "cohort",
        description="The source's own name of the cohort; it may name a part or an arm of the study.",
    )
    new = {"study_id": STUDY, "entered_on": ENTERED, "population": POP, "cohort": cohort}
    if name == "imaging_findings":
        new["arm"] = ARM
    change(name, header(name), new, [], [PAIR])
for name in ("biomarkers",):
    made = old(f"schemas/{name}.json")
    made["fields"] = [POP if f["name"] == "population" else f for f in made["fields"]]
    write(f"schemas/{name}.json", made)
change(
    "disagreements",
    header("disagreements"),
    {
        "published_id": PUBLISHED
        | {"description": "The row of published_tables concerned, where it is one."}
    },
    [foreign("published_id", "published_tables")],
)

write(
    "schemas/searches.json",
    schema(
        "Searches",
        "One row a search, in a service or by hand.",
        [
            field(
                "search_id",
                "Search",
                "Short name.",
                limits={"required": True, "unique": True, "pattern": "^[a-z0-9-]+$"},
            ),
            field(
                "service",
                "Service",
                "Where it was searched: a service's name, 'reference list', or pages looked up by hand.",
                required=True,
            ),
            field(
                "words",
                "Words",
                "The words or query, to the letter; empty where they were not recorded.",
            ),
            field("day", "Day", "Day of the search; empty where it was not recorded.", "date"),
            field(
                "found",
                "Found",
                "Records found; empty where the number was not recorded.",
                "integer",
                unit="records",
                limits={"minimum": 0},
            ),
            field("by_whom", "By whom", "Who searched.", required=True),
            NOTE,
        ],
    ),
)
write(
    "schemas/screening.json",
    schema(
        "Screening",
        "One row a candidate that a search found, and what became of it. Every study has one.",
        [
            field(
                "candidate_id",
                "Candidate",
                "Short name; that of the study where it became one.",
                limits={"required": True, "unique": True, "pattern": "^[a-z0-9-]+$"},
            ),
            field("title", "Title", "Title of its main report, where one was seen."),
            field(
                "year",
                "Year",
                "Year of that report.",
                "integer",
                unit="calendar year",
                limits={"minimum": 1900, "maximum": 2100},
            ),
            field(
                "doi", "DOI", "DOI of that report.", limits={"pattern": "^10\\.[0-9]{4,9}/\\S+$"}
            ),
            field(
                "pmid", "PMID", "PubMed number of that report.", limits={"pattern": "^[0-9]{1,8}$"}
            ),
            field(
                "registrations",
                "Registrations",
                "Trial registrations.",
                separator=";",
                items=studies["fields"][2]["items"],
            ),
            field("address", "Address", "Page where it was found, without the scheme."),
            field("search_id", "Search", "The search that found it.", required=True),
            field(
                "decision",
                "Decision",
                "What was decided.",
                required=True,
                meanings={
                    "included": "It is a study of this review.",
                    "excluded": "It is not, for the reason given.",
                    "awaiting": "Not decided yet.",
                },
            ),
            field(
                "reason",
                "Reason",
                "Why it was excluded.",
                meanings={
                    "not cellular therapy": "No cells were given.",
                    "no patients": "Animals, cell lines or a protocol without results.",
                    "other disease": "Neither a tumour of the central nervous system nor a report of neurotoxicity or imaging.",
                    "no results": "No result can be read.",
                    "review or guideline": "No study of its own.",
                    "duplicate": "The same report as another candidate.",
                    "retracted": "The report was retracted.",
                    "no full record": "Too little could be read to decide.",
                },
            ),
            field("reader", "Reader", "Who decided; empty where it was not recorded."),
            field(
                "day",
                "Day",
                "Day of the decision; where it was not recorded, the day on which the study was entered.",
                "date",
            ),
            field("study_id", "Study", "The study that it became."),
            NOTE,
        ],
        [foreign("search_id", "searches"), foreign("study_id", "studies")],
        [
            {"rule": "inclusion-without-study", "decision": "decision", "study": "study_id"},
            {
                "rule": "needs",
                "field": "reason",
                "when": "decision",
                "where": {"decision": "excluded"},
            },
        ],
    ),
)
write(
    "schemas/statements.json",
    schema(
        "Statements",
        "One row a sentence of the literature that the book re-tests or quotes.",
        [
            field(
                "statement_id",
                "Statement",
                "Short name: 'kaminskiy-trials-counted'.",
                limits={"required": True, "unique": True, "pattern": "^[a-z0-9-]+$"},
            ),
            field("source_id", "Source", "The source that states it.", required=True),
            field("locator", "Place", "Where it stands.", required=True),
            field(
                "words",
                "Words",
                "The source's words, the shortest fragment that carries the statement, to the letter; parts that stand apart are joined by ' ... '. Empty where they were not seen.",
                printed=True,
            ),
            field("topic", "Topic", "What is stated, in our words.", required=True),
            field(
                "figures",
                "Figures",
                "Figures in it, as name=value.",
                separator=";",
                items={"pattern": "^[A-Za-z0-9αβγδκ_ +./'-]+=[^;=]+$"},
            ),
            field(
                "study_ids",
                "Studies",
                "Studies that the statement names.",
                separator=";",
                items={"reference": "studies.study_id"},
            ),
            field(
                "weight",
                "Weight",
                "What rests on it.",
                meanings={
                    "conclusion": "A conclusion of the source rests on it.",
                    "figure": "A figure.",
                    "wording": "Wording only.",
                },
            ),
            ENTERED,
            NOTE,
        ],
        [foreign("source_id", "sources")],
    ),
)

package = old("datapackage.json")
resources = {r["name"]: r for r in package["resources"]}


def resource(name: str, title: str, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "title": title,
        "description": text,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": f"schemas/{name}.json",
    }


new = [
    resource("studies", studies["title"], studies["description"]),
    resource("reports", reports["title"], reports["description"]),
    resource("published_tables", published["title"], published["description"]),
]
more = [
    resource("searches", "Searches", "One row a search, in a service or by hand."),
    resource(
        "screening",
        "Screening",
        "One row a candidate that a search found, and what became of it. Every study has one.",
    ),
    resource(
        "statements",
        "Statements",
        "One row a sentence of the literature that the book re-tests or quotes.",
    ),
]
resources["study_tumours"]["description"] = (
    "One row a tumour type of a study's patients, as a report prints it."
)
resources["observations"]["description"] = (
    "One row an observation other than efficacy that a report prints for a study: cells, antigens, cytokines, toxicity, microenvironment."
)
listed = []
for r in package["resources"]:
    if r["name"] == "studies":
        listed += new
    elif r["name"] == "disagreements":
        listed += [more[2], r]
    elif r["name"] == "extraction":
        listed += [*more[:2], r]
    else:
        listed.append(r)
package["resources"] = listed
write("datapackage.json", package)
