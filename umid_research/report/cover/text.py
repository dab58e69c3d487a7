"""The cover block of the study, the plan in a few lines, and the box of words."""

from collections.abc import Iterator

from umid_research.report.chart.figure import base
from umid_research.report.implementation.text import documentary_codes
from umid_research.report.names import study_districts
from umid_research.report.prose import Prose, plain
from umid_research.report.sample.quality import interview_days
from umid_research.report.study_report import Report
from umid_research.report.topics import page, relative_url


def cover(report: Report) -> Prose:
    """Say what the study is, who published it and when, and what of a simulated one is invented."""
    return Prose("\n\n".join([" ".join(_about(report)), *_made_by(report)]))


def conduct(report: Report) -> str:
    """Say who asked whom, when; of a simulated study, what it imitates."""
    work, study = report.study.field_work, report.study
    days = interview_days(report)
    kind = "asked" if days else "asked_undated"
    start, end = days or (work.start, work.end)
    return report.text(
        "cover.simulated" if study.provenance == "simulated" else f"cover.{kind}",
        **base(report),
        start=start,
        end=end,
        conducted_by=plain(report.name(work.conducted_by)),
        districts=study_districts(report),
    )


def _about(report: Report) -> Iterator[str]:
    """Yield what was studied, and of a simulated study what is real and what is not."""
    published = report.study.publication
    yield conduct(report)
    if published.copied:
        yield report.text("cover.copied", what=plain(report.name(published.copied)))
    if published.invented:
        yield report.text("cover.invented", what=plain(report.name(published.invented)))


def _made_by(report: Report) -> Iterator[str]:
    """Yield publisher, date and version in one line, then the statement that a donor asks for."""
    study, published = report.study, report.study.publication
    parts = [report.text("cover.publisher", name=plain(report.name(study.field_work.conducted_by)))]
    if published.date:
        parts.append(report.text("cover.date", date=published.date))
    if published.version:
        parts.append(report.text("cover.version", version=plain(published.version)))
    parts.append(report.text("cover.sponsor", name=plain(report.name(study.field_work.sponsor))))
    yield " · ".join(parts)
    if published.statement:
        yield report.text("cover.statement", text=plain(report.name(published.statement)))


def background(report: Report) -> Prose:
    """Return what is studied in a few lines: the study's own, then where and by whom."""
    lines = [plain(line) for line in report.study.publication.background.get(report.language, ())]
    groups = [plain(report.group(key)) for key in report.study.groups]
    lines.append(report.text("cover.where", districts=study_districts(report)))
    lines.append(report.text("cover.whom", groups=report.text.listed(groups)))
    return Prose("".join(f"- {line}\n" for line in lines))


def words_box(report: Report) -> Prose:
    """Return a box that explains the words readers may not know."""
    terms = [
        (plain(report.name(term.name)), plain(report.name(term.meaning)))
        for term in report.study.glossary.values()
    ]
    known = ["index", "interval"] + (["irm"] if len(documentary_codes(report)) else [])
    terms += [(report.text(f"words_box.{key}.name"), _meaning(report, key)) for key in known]
    body = "".join(f"- **{name}**: {meaning}\n" for name, meaning in terms)
    heading = report.text("words_box.heading")
    return Prose(f"::: {{.limits}}\n\n**{heading}**\n\n{body}\n:::")


def _meaning(report: Report, key: str) -> str:
    return report.text(f"words_box.{key}.meaning")


def contact(report: Report) -> Prose:
    """Return whom to turn to with questions; "" if the study names nobody."""
    lines = report.study.information.contact.get(report.language, ())
    text = ", ".join(plain(line) for line in lines)
    return Prose(report.text("cover.contact", text=text) if text else "")


def reuse(report: Report) -> Prose:
    """Return licence, suggested citation and contact, a line each; "" if the study has none."""
    published = report.study.publication
    lines = [
        report.text(f"cover.{key}", text=plain(report.name(given)))
        for key, given in (("licence", published.licence), ("citation", published.citation))
        if given
    ]
    return Prose("\n\n".join(filter(None, [*lines, contact(report).markdown])))


def full_study(report: Report) -> Prose:
    """Return the link from a report of one district to the study."""
    address = relative_url(report, page("07-study"))
    return Prose(report.text("cover.full", page=address))
