"""Write the page that compares a folder with its manifest in a browser, without a network.

The page is one file and runs from a disk. Its content security policy allows only its own script,
by hash, and no connection, so the files that are dropped on it cannot leave the computer.
"""

import base64
import hashlib
import json
from pathlib import Path
from string import Template

from umid_research.output.archive.facts import Facts
from umid_research.output.typesetting import TEMPLATES

PAGE = "verify.html"
_TEXTS = (
    *("title", "language", "intro", "drop", "choose", "network", "working", "good", "bad"),
    *("changed", "missing", "unknown", "no_manifest", "bad_manifest", "unreadable"),
    "own",
)


def write_verify_page(folder: Path, facts: Facts) -> None:
    """Write the page, which has its texts in all languages of the reports."""
    places = {name: f"{{{name}}}" for name in ("n", "done", "all")}
    texts = {
        language: {
            **{name: facts.words(language)(f"verify.{name}", **places) for name in _TEXTS},
            "study": facts.title(language),
        }
        for language in facts.languages
    }
    style, script = (
        (TEMPLATES / f"verify.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    template = Template((TEMPLATES / PAGE).read_text(encoding="utf-8"))
    page = template.substitute(
        language=facts.language,
        title=texts[facts.language]["title"],
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        # A text with </script> would end the element.
        texts=json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"),
    )
    (folder / PAGE).write_text(page, encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
