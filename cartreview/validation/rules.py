"""Rules between cells: of one row, of a group of rows, of two tables.

A rule is a function of a package, a table and the rule's own names as the schema gives them.

Vocabulary
----------
explained  a total that a row of ``disagreements`` speaks of: the source itself does not add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from cartreview._package import Row
from cartreview.validation.fields import is_number
from cartreview.validation.numbers import is_written, numbers_in
from cartreview.validation.package import Package, Table
from cartreview.validation.problems import Problem, quoted
from cartreview.validation.schemas import Rule
from cartreview.validation.study_rules import (
    duplicate_registration,
    incomplete_set,
    no_report,
    repeated_pair,
    unlinked_registration,
    unscreened_study,
)

__all__ = ["EXPLAINING", "ROW_RULES"]

# Kinds of disagreement that explain why numbers of a study do not add up.
EXPLAINING = ("arithmetic", "denominator")
_DASHES = str.maketrans("–—‐‑−’‘“”", "-----''\"\"")
_COMPARE = "compare the numbers with the source."


@lru_cache(maxsize=4096)
def _number(text: str) -> Fraction | None:
    """Read a cell; what is no number is a finding of its own and nothing to compare."""
    return Fraction(text) if is_number(text) else None


def _numbers(row: Row, *columns: str) -> tuple[Fraction, ...] | None:
    read = [_number(row.cells[column]) for column in columns]
    return None if None in read else tuple(value for value in read if value is not None)


def low_above_high(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find ranges whose ends are swapped."""
    fix = "compare both ends with the source; they may be swapped."
    yield from _above(table, rule, rule["low"], rule["high"], fix)


def events_above_denominator(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find counts above what they are counted among."""
    yield from _above(table, rule, rule["events"], rule["denominator"], _COMPARE)


def _above(table: Table, rule: Rule, small: str, large: str, fix: str) -> Iterator[Problem]:
    for row in table.where(rule.get("where")):
        pair = _numbers(row, small, large)
        if pair and pair[0] > pair[1]:
            found = f"{small} {row.cells[small]}, {large} {row.cells[large]}"
            yield Problem(
                rule["rule"],
                table.place(row, small),
                found=found,
                expected=f"{small} at most {large}",
                fix=fix,
            )


def percent_mismatch(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find percentages that are no rounding of events divided by denominator."""
    percent, events, denominator = rule["percent"], rule["events"], rule["denominator"]
    for row in table.where(rule.get("where")):
        read = _numbers(row, percent, events, denominator)
        if not read or not read[2]:
            continue
        share = 100 * read[1] / read[2]
        decimals = len(row.cells[percent].partition(".")[2])
        # Half of the last printed digit: a tie may be rounded either way.
        if abs(read[0] - share) * 2 * 10**decimals > 1:
            right = _rounded(share, decimals)
            yield Problem(
                rule["rule"],
                table.place(row, percent),
                found=row.cells[percent],
                expected=f"{right}, as {row.cells[events]} of {row.cells[denominator]} is",
                fix=f"write {right}, or correct {events} or {denominator}.",
            )


def _rounded(share: Fraction, decimals: int) -> str:
    with localcontext(prec=100):  # a cell has at most 40 characters
        exact = Decimal(share.numerator) / Decimal(share.denominator)
        return format(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")


def _explained(package: Package, table: Table, group: str) -> frozenset[str]:
    """Give the groups that a row of ``disagreements`` speaks of."""
    noted = package.tables.get("disagreements", table)
    if not {group, "kind"} <= set(noted.header):
        return frozenset()
    rows = (row.cells for row in noted.rows if row.cells["kind"] in EXPLAINING)
    return frozenset(cells[group] for cells in rows)


def _total_of(package: Package, rule: Rule, key: str) -> tuple[Row, Fraction] | None:
    name, _, column = rule["total"].partition(".")
    row = package[name].by(package[name].described.key).get(key)
    total = _number(row.cells[column]) if row else None
    return (row, total) if row and total is not None else None


def _disagreement(group: str, key: str) -> str:
    return (
        "compare both with the source; where it contradicts itself, a row of disagreements says so "
        f"({group} {key}, kind {' or '.join(EXPLAINING)})."
    )


def _stated(package: Package, rule: Rule, row: Row) -> str:
    name, _, column = rule["total"].partition(".")
    return f"{column} in {package[name].path}:{row.line}"


def above_total(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find numbers above the total of their group."""
    value, group = rule["value"], rule["group"]
    for row in table.where(rule.get("where")):
        number, key = _number(row.cells[value]), row.cells[group]
        total = None if number is None else _total_of(package, rule, key)
        if total is None or number is None or number <= total[1]:
            continue
        if key not in _explained(package, table, group):
            yield Problem(
                rule["rule"],
                table.place(row, value),
                found=f"{value} {row.cells[value]}",
                expected=f"at most {total[1]}, {_stated(package, rule, total[0])}",
                fix=_disagreement(group, key),
            )


def parts_total(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find groups whose parts do not add up to the stated total."""
    part, group = rule["part"], rule["group"]
    groups: dict[str, list[Row]] = {}
    for row in table.where(rule.get("where")):
        groups.setdefault(row.cells[group], []).append(row)
    for key, rows in groups.items():
        total = _total_of(package, rule, key)
        numbers = [_number(row.cells[part]) for row in rows]
        known = sum(number for number in numbers if number is not None)
        # With an unknown part the others may stay below the total, never above it.
        fits = total is None or (known <= total[1] if None in numbers else known == total[1])
        if total is None or fits or key in _explained(package, table, group):
            continue
        at_most = "at most " if None in numbers else ""
        terms = [str(number) for number in numbers if number is not None]
        yield Problem(
            rule["rule"],
            table.place(rows[0], part),
            found=f"{' + '.join(terms)} = {known}" if len(terms) > 1 else f"{part} {known}",
            expected=f"{at_most}{total[1]}, {_stated(package, rule, total[0])}",
            fix=_disagreement(group, key),
        )


def not_in_print(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find fragments that do not stand to the letter in a printed cell."""
    fragment, key = rule["fragment"], rule["key"]
    places = [name.split(".", 1) for name in rule["of"]]
    for row in table.where(rule.get("where")):
        text = row.cells[fragment]
        printed = [_printed(package, name, column, row.cells[key]) for name, column in places]
        cells = [cell for cell in printed if cell is not None]
        if not text or not cells or any(text in cell for cell in cells):
            continue
        of = f"{' or '.join(rule['of'])}, row {row.cells[key]}"
        yield Problem(
            rule["rule"],
            table.place(row, fragment),
            found=quoted(text),
            expected=f"words that stand to the letter in {of}",
            fix=_as_it_stands(text, cells),
        )


def _printed(package: Package, name: str, column: str, key: str) -> str | None:
    row = package[name].by(package[name].described.key).get(key)
    return row.cells[column] if row else None


def _as_it_stands(text: str, cells: list[str]) -> str:
    wanted = text.translate(_DASHES).lower()
    for cell in cells:
        at = cell.translate(_DASHES).lower().find(wanted)
        if at >= 0:
            return f"the print has {quoted(cell[at : at + len(text)])}."
    return "copy the fragment from the printed cell."


def number_not_printed(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find coded numbers that their fragment does not write."""
    fragment, unless = rule["fragment"], rule.get("unless", "")
    for row in table.where(rule.get("where")):
        text = row.cells[fragment]
        if not text or (unless and row.cells[unless] == "true"):
            continue
        for column in rule["numbers"]:
            coded = row.cells[column]
            if not is_number(coded) or is_written(coded, text):
                continue
            written = ", ".join(f"{number:g}" for number in sorted(numbers_in(text))) or "none"
            yield Problem(
                rule["rule"],
                table.place(row, column),
                found=coded,
                expected=f"a number that {fragment} {quoted(text)} writes: {written}",
                fix="compare the number with the print"
                + (f", or set {unless} to true and say how it was computed." if unless else "."),
            )


def not_written(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find coded words, or items of a list, that another cell of the row does not hold."""
    fragment = rule["fragment"]
    separators = {field.name: field.separator for field in table.described.fields}
    for row in table.where(rule.get("where")):
        text = row.cells[fragment]
        for column in rule["names"]:
            cell, separator = row.cells[column], separators[column]
            items = cell.split(separator) if separator else [cell]
            for item in items if text and cell else ():
                if not _has_word(text, item):
                    yield Problem(
                        rule["rule"],
                        table.place(row, column),
                        found=quoted(item),
                        expected=f"words of {fragment}, which is {quoted(text)}",
                        fix=f"correct {column}, or {fragment}.",
                    )


def _has_word(text: str, word: str) -> bool:
    """Tell whether a word stands in a text by itself.

    A pattern a word would say the same and take ten times as long: each has to be compiled.

    Examples
    --------
    >>> _has_word("IL13Rα2-BBζ", "IL13Rα2"), _has_word("brown-2024", "brown-20")
    (True, False)
    """
    at = text.find(word)
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
        if not any(letter.isalnum() or letter == "_" for letter in around):
            return True
        at = text.find(word, at + 1)
    return False


def wrong_column(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find fragments whose locator names another row or column than the one they stand in."""
    places = [name.split(".", 1) for name in rule["of"]]
    titles = {column: _title(package, name, column) for name, column in places}
    name, _, number = rule["row"].partition(".")
    for row in table.where(rule.get("where")):
        key, text, locator = (row.cells[rule[part]] for part in ("key", "fragment", "locator"))
        at = _printed(package, name, number, key)
        cells = {column: _printed(package, other, column, key) for other, column in places}
        right = [
            f"row {at}, column {titles[c]}" for c, cell in cells.items() if text in (cell or "")
        ]
        if text and right and not locator.endswith(tuple(right)):
            yield Problem(
                rule["rule"],
                table.place(row, rule["locator"]),
                found=quoted(locator),
                expected=f"a place that ends in {' or '.join(map(quoted, right))}",
                fix="name the row and the column that the fragment stands in.",
            )


def _title(package: Package, name: str, column: str) -> str:
    titles = {field.name: field.title for field in package[name].described.fields}
    return titles.get(column, "").removesuffix(" (as printed)") or column


def needs(package: Package, table: Table, rule: Rule) -> Iterator[Problem]:
    """Find empty cells that another, filled cell needs."""
    field, when = rule["field"], rule["when"]
    some = rule.get("where", {}).get(when)
    for row in table.where(rule.get("where")):
        if row.cells[when] and not row.cells[field]:
            yield Problem(
                rule["rule"],
                table.place(row, field),
                found=f"an empty cell, while {when} is {quoted(row.cells[when])}",
                expected=f"{field} filled where {when} is" + (f" {quoted(some)}" if some else ""),
                fix=f"fill {field}, or {'correct' if some else 'empty'} {when}.",
            )


ROW_RULES: dict[str, Callable[[Package, Table, Rule], Iterator[Problem]]] = {
    "low-above-high": low_above_high,
    "events-above-denominator": events_above_denominator,
    "percent-mismatch": percent_mismatch,
    "above-total": above_total,
    "parts-total": parts_total,
    "not-in-print": not_in_print,
    "number-not-printed": number_not_printed,
    "not-written": not_written,
    "wrong-column": wrong_column,
    "needs": needs,
    "duplicate-registration": duplicate_registration,
    "unlinked-registration": unlinked_registration,
    "unscreened-study": unscreened_study,
    "repeated-pair": repeated_pair,
    "incomplete-set": incomplete_set,
    "no-report": no_report,
}
