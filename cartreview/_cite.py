"""How to cite the review or one of its tables, with the version of the data that was used."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cartreview._tables import data_version, package, resource

__all__ = ["Citation", "cite"]


class Citation(NamedTuple):  # a data class costs 10 ms of every import
    """A citation in two forms.

    Attributes
    ----------
    text : str
        For a list of references.
    bibtex : str
        For a bibliography.
    """

    text: str
    bibtex: str

    def __repr__(self) -> str:
        """Show both, ready to be copied."""
        return f"{self.text}\n\n{self.bibtex}"


def cite(name: str | None = None) -> Citation:
    """Cite the review, or one of its tables.

    Parameters
    ----------
    name : str, optional
        Name of a table; without it, the whole.

    Returns
    -------
    Citation
        With ``text`` and ``bibtex``: authors, title, data version, the day of that version, and
        an address where the data package has one.

    Raises
    ------
    KeyError
        If there is no such table.

    Examples
    --------
    >>> print(cite("outcomes").text)  # doctest: +ELLIPSIS
    Cartreview contributors (2026). Outcomes. In: Cartreview: CAR T-cell therapy of tumours of \
the central nervous system. Data version ...
    >>> print(cite().bibtex.splitlines()[0])
    @misc{cartreview2026,
    """
    about = package()
    day = date.fromisoformat(about["created"][:10])
    authors = " and ".join(f"{{{one['title']}}}" for one in about["contributors"])
    names = ", ".join(one["title"] for one in about["contributors"])
    title = about["title"] if name is None else f"{resource(name)['title']}. In: {about['title']}"
    address = about.get("homepage", "")
    version = data_version()
    fields = {
        "author": authors,
        "title": f"{{{title}}}",
        "year": str(day.year),
        "month": str(day.month),
        "version": version,
        "note": f"Data version {version} of {day.isoformat()}",
        "url": address,
    }
    lines = [f"  {field} = {{{text}}}," for field, text in fields.items() if text]
    key = f"cartreview{day.year}{name or ''}"
    told = f"{names} ({day.year}). {title}. Data version {version}, {day.isoformat()}."
    return Citation(
        f"{told} {address}".strip(), "\n".join([f"@misc{{{key.replace('_', '')},", *lines, "}"])
    )
