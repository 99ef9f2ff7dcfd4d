"""What a page may load and run: its own files, and the scripts written in it, by their hash.

The policy stands in the page itself, so it holds from any server and from a file system. Styles may
stand in the page, because Vega writes them; a style can load nothing from elsewhere either.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from cartreview._files import write_whole

__all__ = [
    "ADDRESSES",
    "drop_addresses",
    "plain_translations",
    "policy",
    "setup",
    "with_policy",
]

logger = logging.getLogger(__name__)
ADDRESSES = ("http:", "https:", "mailto:")  # what a link may begin with, where it names a scheme
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.\s-]*:)")
_SCRIPT = re.compile(r"<script(?P<told>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
_TRANSLATIONS = re.compile(r"Documentation\.addTranslations\((.*)\);", re.DOTALL)
_FIRST = '<meta charset="utf-8" />'
# "file:" is what "self" means to a page that was opened from a folder.
OWN = "'self' file:"


def policy(page: str) -> str:
    """Give the policy of a page.

    Examples
    --------
    >>> policy("<script src='a.js'></script><script>run()</script>").split("; ")[1]
    "script-src 'self' file: 'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='"
    """
    scripts = " ".join(dict.fromkeys(f"'sha256-{_hash(text)}'" for text in _inline(page)))
    rules = {
        "default-src": "'none'",
        "script-src": f"{OWN} {scripts}".strip(),
        "style-src": f"{OWN} 'unsafe-inline'",
        "img-src": f"{OWN} data:",
        "font-src": OWN,
        "connect-src": OWN,
        "manifest-src": OWN,
        "base-uri": "'none'",
        "form-action": OWN,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _inline(page: str) -> list[str]:
    """List the scripts written in a page; data that a script reads is none."""
    found = _SCRIPT.finditer(page)
    return [s["text"] for s in found if "src=" not in s["told"] and "json" not in s["told"]]


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def with_policy(page: str) -> str:
    """Write the policy into a page, in the place of one that it has."""
    bare = _POLICY.sub("", page)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(bare)}" />\n'
    return bare.replace(_FIRST, f"{_FIRST}\n{meta.rstrip()}", 1) if _FIRST in bare else bare


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    translations = Path(app.outdir) / "_static" / "translations.js"
    if translations.is_file():
        write_whole(translations, plain_translations(translations.read_text(encoding="utf-8")))
    for path in sorted(Path(app.outdir).rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        dressed = with_policy(page)
        if dressed != page:
            write_whole(path, dressed)


def plain_translations(script: str) -> str:
    """Take Sphinx's translated words as they are; it would make code from the text of a rule.

    The rule says what is plural, and English has the one that Sphinx falls back on.

    Examples
    --------
    >>> plain_translations('Documentation.addTranslations({"messages": {}});')
    'Object.assign(Documentation.TRANSLATIONS, ({"messages": {}}).messages);'
    """
    return _TRANSLATIONS.sub(r"Object.assign(Documentation.TRANSLATIONS, (\1).messages);", script)


def drop_addresses(app: Sphinx, document: nodes.document, docname: str = "") -> None:
    """Take the link from words whose address is neither of the web nor of mail, and complain."""
    for link in list(document.findall(nodes.reference)):
        address = str(link.get("refuri", ""))
        scheme = _SCHEME.match(address)
        if scheme and scheme[1].lower() not in ADDRESSES:
            logger.warning(
                "a link to %r: only http, https and mailto may be linked",
                address,
                location=docname or app.env.docname,
                type="cartreview",
                subtype="address",
            )
            link.replace_self(nodes.inline("", "", *link.children))


def setup(app: Sphinx) -> None:
    """Look at links before pages are written, and write the policy into each."""
    app.connect("doctree-read", drop_addresses, priority=900)
    app.connect("doctree-resolved", drop_addresses, priority=900)  # the bibliography's
    app.connect("build-finished", _write, priority=800)
