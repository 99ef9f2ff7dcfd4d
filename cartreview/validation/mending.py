"""Undo what a spreadsheet does to a table: byte order mark, line ends, TRUE and FALSE. No value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from cartreview._files import write_whole
from cartreview._package import DESCRIPTOR, resources
from cartreview.validation.json_files import read_json
from cartreview.validation.schemas import Schema, read_schema

__all__ = ["mend", "mended"]


def mend(root: Path) -> Iterator[str]:
    """Write the tables of a checkout as the checks ask for it, where that changes no value.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Yields
    ------
    str
        Path of each table that was written.
    """
    package = read_json(root / "data" / DESCRIPTOR, f"data/{DESCRIPTOR}", [])
    for item in resources(package.content) if package else ():
        schema = read_json(root / f"data/{item.schema}", f"data/{item.schema}", [])
        file = root / f"data/{item.path}"
        if schema is None or not file.is_file():
            continue
        data = file.read_bytes()
        new = mended(data, read_schema(schema.path, schema.content))
        if new != data:
            write_whole(file, new)
            yield f"data/{item.path}"


def mended(data: bytes, schema: Schema) -> bytes:
    r"""Give a table without what a spreadsheet adds; what is no table comes back as it is.

    Parameters
    ----------
    data : bytes
        Content of the file.
    schema : Schema
        Which columns are true or false.

    Returns
    -------
    bytes
        UTF-8 without byte order mark, line ends LF, ``true`` and ``false``.

    Examples
    --------
    >>> mended(b"\xef\xbb\xbfa,b\r\n1,2\r\n", Schema("s.json"))
    b'a,b\n1,2\n'
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return data
    flags = {field.name for field in schema.fields if field.type == "boolean"}
    places = {at for at, name in enumerate(records[0] if records else ()) if name in flags}
    loud = False
    for cells in records[1:]:
        for at in places:
            if at < len(cells) and cells[at] in ("TRUE", "FALSE", "True", "False"):
                cells[at], loud = cells[at].lower(), True
    if loud:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(records)
        text = out.getvalue()
    return (text if not text or text.endswith("\n") else f"{text}\n").encode()
