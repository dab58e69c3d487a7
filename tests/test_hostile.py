"""A study whose every free text attacks: what is made of it is inert, and can be read.

Respondents, checkers, analysts and whoever writes the study's names are taken for enemies alike.
"""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Browser, open_browser
from pypdf import PdfReader
from whole_way import BUNDLED, report

ATTACKS = {
    "html": "<script>window.ran=1</script><img src=x onerror='window.ran=2'><b>bold</b>",
    "elements": "</td></table></main><svg onload=window.ran=3><iframe src=//umid.invalid></iframe>",
    "entities": "&lt;i&gt; &#60;script&#62; &nbsp; <!-- --> <![CDATA[ ]]> <?php ?>",
    "typst": '#eval("1") #import "x.typ" #let a = 1; $x^2$ #{ } #[ @there <label> // \\u{41}',
    "latex": r"\input{x} \write18{ls} $\frac{1}{2}$ \begin{verbatim} %no comment",
    "markdown": "*a* _b_ `c` ~~d~~ ^e^ [go](javascript:window.ran=4) ![p](x.png) [^1] {.finding}",
    "blocks": "::: {.finding} ::: --- # head > quote | a | b | 1. one",
    "templates": "{n} {0} ${x} {{ y }} {% z %} %(s)s $title$ $if(x)$",
    "formula": "=1+1 +1 -1 @SUM(A1) \t=2",
    "control": "a\x07b\x1b[31mc\u202edrow\u202c \u2066x\u2069 e\u0301 \u200bzero",
    "long": "ə" * 100_000,
}
# Signs that are made visible, and those that take no room, are not looked for one by one.
SEEN = {name: text for name, text in ATTACKS.items() if name not in ("control", "long", "formula")}


def _changed(path: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Rewrites a CSV file with its rows changed in place."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if path.parent.name == "responses" else ","
        reader = csv.DictReader(file, delimiter=delimiter)
        rows = list(reader)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or (), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _attack(raw: Path) -> None:
    """Puts the attacks wherever a study folder has free text."""
    texts = list(ATTACKS.values())

    def answers(rows: list[dict[str, str]]) -> None:
        for place, row in enumerate(rows):
            row["proposal"] = texts[place % len(texts)]
            if row["organisation"]:
                row["organisation"] = f"{place} {texts[place % len(texts)]}"

    def raised(rows: list[dict[str, str]]) -> None:
        segments = sorted({row["segment_id"] for row in rows if row["group"] == "community"})
        said = dict(zip(segments, texts, strict=False))
        for row in rows:
            if row["segment_id"] in said:
                row.update(text=said[row["segment_id"]], quote="group")

    def coded(rows: list[dict[str, str]]) -> None:
        for place, row in enumerate(rows):
            row.update(reason_en=texts[place % len(texts)], coded_by=texts[0])

    def planned(rows: list[dict[str, str]]) -> None:
        for place, row in enumerate(rows):
            row.update(text_en=texts[place % len(texts)], source=texts[0], executor=texts[3])

    def checked(rows: list[dict[str, str]]) -> None:
        for place, row in enumerate(rows):
            row.update(link=f"javascript:window.ran={place}", checked_by=texts[place % 2])

    _changed(raw / "responses" / "kobo_export.csv", answers)
    _changed(raw / "meetings.csv", raised)
    _changed(raw / "analyst_codes.csv", coded)
    _changed(raw / "measures.csv", planned)
    _changed(raw / "evidence.csv", checked)
    named = {
        'en = "NGOs"': ATTACKS["html"],
        'en = "Guba", az': ATTACKS["typst"],
        'en = "Trust"': ATTACKS["markdown"],
        'en = "Transparency and accountability"': ATTACKS["latex"],
        'en = "Open government in Guba, Khachmaz and Shabran, 2022"': ATTACKS["templates"],
        'en = "Umid Support to Social Development Public Union"': ATTACKS["blocks"],
        'en = "Council decisions on display"': ATTACKS["elements"],
    }
    description = (raw / "study.toml").read_text(encoding="utf-8")
    for old, text in named.items():
        assert old in description, old
        name, _, rest = old.partition(" = ")
        new = f"{name} = {json.dumps(text)}" + (", az" if rest.endswith("az") else "")
        description = description.replace(old, new)
    (raw / "study.toml").write_text(description, encoding="utf-8")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory) -> Path:
    """The bundled study with attacks in every free text, and the reports made of it."""
    home = tmp_path_factory.mktemp("hostile")
    shutil.copytree(BUNDLED, home / "raw")
    _attack(home / "raw")
    made = report(home / "raw", home, "--languages", "en")
    assert 0 == made.returncode, made.stderr
    return home / "reports" / "en"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all pages."""
    with open_browser() as browser:
        yield browser


def test_attacks_do_nothing_in_a_browser(browser, attacked) -> None:
    """No script runs, nothing leaves, and the policy of the page had nothing to hold back."""
    pages = sorted(attacked.rglob("*.html"))

    assert len(pages) >= 8
    for page in pages:
        browser.look(width=390)
        browser.open(page)
        assert browser.run("window.ran === undefined"), page.name
        assert [page.as_uri()] == browser.requests, page.name
        assert [] == browser.complaints, page.name
        assert 0 == browser.run("document.querySelectorAll('script, iframe, img, b').length")
        assert [] == browser.run(
            "[...document.links].map(link => link.href).filter(h => !/^(file|https?):/.test(h))"
        )
        assert browser.run("document.documentElement.scrollWidth") <= 390, page.name


def _words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_attacks_can_be_read_on_the_page(browser, attacked) -> None:
    """Sign by sign: quotes, reasons and measures in the page on what is implemented."""
    browser.open(attacked / "implementation.html")
    words = _words(browser.run("document.body.textContent"))

    for name, text in SEEN.items():
        assert _words(text) in words, name
    assert "ə" * 100_000 in words
    assert "a\ufffdb\ufffd[31mc\ufffddrow\ufffd" in words


def test_attacks_can_be_read_on_paper_and_do_nothing_there(attacked) -> None:
    """Names of groups, dimensions and places; no link leads anywhere but to a web page."""
    words = {}
    for path in sorted(attacked.rglob("*.pdf")):
        reader = PdfReader(path)
        words[path.stem] = _words("".join(page.extract_text() for page in reader.pages))
        targets = [
            str(note.get_object().get("/A", {}).get("/URI", ""))
            for page in reader.pages
            for note in page.get("/Annots", [])
        ]
        assert [] == [t for t in targets if t and not t.startswith("http")], path.name

    for name in ("html", "markdown", "latex", "templates", "blocks", "typst"):
        assert _words(ATTACKS[name]) in words["study"], name
    assert _words(ATTACKS["typst"]) in words["quba"]
