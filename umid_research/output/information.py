"""Make the information page for respondents: topics, groups, dates, rights and contact.

It is made from study.toml alone, as PDF for paper, as HTML for a phone and as Word file. Missing
information is marked as to be filled in, so that nobody hands out an incomplete page unnoticed.
"""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from umid_research.output import rendering, word
from umid_research.output.document import Document, Text
from umid_research.output.typesetting import TEMPLATES, typeset
from umid_research.report.prose import plain
from umid_research.report.study_report import Report
from umid_research.report.text_safety import one_line


@dataclass(frozen=True)
class Part:
    """A part of the page; if `missing` is true, it says what has to be filled in."""

    heading: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    missing: bool = False


def parts(report: Report) -> list[Part]:
    """Return the parts of the page in their order."""
    return [
        _part(report, "asks", points=_dimensions(report)),
        _who(report),
        _when(report),
        _given(report, "rights", report.study.information.rights.get(report.language, ())),
        _given(report, "contact", report.study.information.contact.get(report.language, ())),
    ]


def to_pdf(report: Report) -> bytes:
    """Return the page as A4 PDF/UA-1; equal input gives equal bytes.

    Raise ReportError if the text does not fit on one page at a readable size.
    """
    record = report.record
    content = {
        "title": report.text("information.title"),
        "subtitle": record["subtitle"],
        "mark": record["mark"],
        "language": record["language"],
        "parts": [asdict(part) for part in parts(report)],
    }
    with tempfile.TemporaryDirectory(prefix="umid-information-") as folder:
        source = Path(folder, "information.typ")
        source.write_bytes((TEMPLATES / "information.typ").read_bytes())
        text = json.dumps(content, ensure_ascii=False)
        Path(folder, "information.json").write_text(text, encoding="utf-8")
        return typeset(source, name="information")


def to_html(report: Report) -> str:
    """Return the page as one HTML file, exported like a report; equal input gives equal text."""
    return rendering.to_html(_document(report))


def to_docx(report: Report) -> bytes:
    """Return the page as Word file; equal input gives equal bytes."""
    author = report.name(report.study.field_work.conducted_by)
    return word.to_docx(_document(report), author=author)


def _document(report: Report) -> Document:
    blocks = tuple(Text(_markdown(part)) for part in parts(report))
    record = {**report.record, "title": report.text("information.title")}
    return Document("information", record, blocks)


def _markdown(part: Part) -> str:
    body = "\n\n".join(map(plain, part.sentences))
    if part.points:
        body += "\n\n" + "\n".join(f"- {plain(point)}" for point in part.points)
    boxed = f"::: {{.limits}}\n\n{body}\n\n:::" if part.missing else body
    return f"## {plain(part.heading)}\n\n{boxed}"


def _part(
    report: Report, key: str, *, points: Iterable[str] = (), missing: bool = False, **places: object
) -> Part:
    sentence = report.text(f"information.{key}.{'missing' if missing else 'sentence'}", **places)
    heading = report.text(f"information.{key}.heading")
    return Part(heading, (one_line(sentence),), tuple(map(one_line, points)), missing)


def _dimensions(report: Report) -> list[str]:
    return [report.dimension(key) for key in report.questionnaire.dimensions]


def _who(report: Report) -> Part:
    """Return the part on the groups, with their planned units if any, and the districts."""
    study = report.study
    points = [
        report.text("information.who.planned", group=report.group(key), n=group.quota)
        if group.quota
        else report.group(key)
        for key, group in study.groups.items()
    ]
    districts = report.text.listed(report.district_name(key) for key in study.districts)
    recruitment = report.name(study.field_work.recruitment).rstrip(".")
    return _part(report, "who", points=points, districts=districts, recruitment=recruitment)


def _when(report: Report) -> Part:
    work = report.study.field_work
    return _part(
        report,
        "when",
        start=work.start,
        end=work.end,
        conducted_by=report.name(work.conducted_by),
        sponsor=report.name(work.sponsor),
    )


def _given(report: Report, key: str, texts: Iterable[str]) -> Part:
    """Return a part with the study's own texts, or one marked as to be filled in."""
    points = tuple(texts)
    if not points:
        return _part(report, key, missing=True)
    return _part(report, key, points=points)
