"""The disclosure items of the AAPOR Code (2021), from the study's description.

An item that the study does not describe is reported as not known, never left out.
"""

from collections.abc import Iterator

from umid_research.report.names import study_districts
from umid_research.report.prose import Prose, plain
from umid_research.report.sample.quality import intake, interview_days
from umid_research.report.study_report import Report


def disclosed_items(report: Report) -> Iterator[Prose]:
    """Return a numbered paragraph for each of the eleven items of immediate disclosure."""
    items = [f"1. **{label}** {text}" for label, text in _items(report)]
    yield Prose("\n\n".join(items))


def _items(report: Report) -> Iterator[tuple[str, str]]:
    study, work = report.study, report.study.field_work
    districts = study_districts(report)
    groups = report.text.listed(plain(report.group(key)) for key in study.groups)
    texts = {
        "strategy": report.text("disclosed.strategy.text"),
        "sponsor": report.text(
            "disclosed.sponsor.text",
            sponsor=plain(report.name(work.sponsor)),
            conducted_by=plain(report.name(work.conducted_by)),
        ),
        "instrument": report.text("disclosed.instrument.text", languages=_languages(report)),
        "population": report.text("disclosed.population.text", groups=groups, districts=districts),
        "sample": " ".join([_recruited(report), _contacted(report)]),
        "modes": _modes(report),
        "dates": _dates(report),
        "size": _size(report),
        "weights": _weights(report),
        "processing": f"{intake(report).markdown} {report.text('disclosed.processing.text')}",
        "limits": report.text("disclosed.limits.text"),
    }
    for key, text in texts.items():
        yield report.text(f"disclosed.{key}.label"), text


def _languages(report: Report) -> str:
    return report.text.listed(report.text.language_name(key) for key in report.study.languages)


def _recruited(report: Report) -> str:
    recruitment = plain(report.name(report.study.field_work.recruitment)).rstrip(".")
    return report.text("disclosed.sample.text", recruitment=recruitment)


def _contacted(report: Report) -> str:
    """Say how many people were contacted and refused, by group, if the study counted them."""
    work = report.study.field_work
    if not work.contacts:
        return report.text("disclosed.sample.unknown")
    groups = [
        report.text(
            "disclosed.sample.group",
            group=plain(report.group(key)),
            contacts=number,
            refusals=work.refusals.get(key, report.text("disclosed.unknown")),
        )
        for key, number in work.contacts.items()
    ]
    return report.text("disclosed.sample.contacted", groups=report.text.listed(groups))


def _dates(report: Report) -> str:
    """Give the days of the first and last interview; without them, the period of the study."""
    days, work = interview_days(report), report.study.field_work
    if days is None:
        return report.text("disclosed.dates.period", start=work.start, end=work.end)
    said = [report.text("disclosed.dates.text", first=days[0], last=days[1])]
    undated = int(report.rows("interviews")["undated"].sum())
    if undated:
        said.append(report.text("disclosed.dates.undated", n=undated))
    return " ".join(said)


def _modes(report: Report) -> str:
    """Say how many were interviewed in each mode, as far as the counts are published."""
    name = report.study.roles.mode
    rows = report.rows("answers", question=name) if name else report.rows("answers").head(0)
    shown = rows[rows["shown"] & (rows["value"] > 0)]
    if name is None or shown.empty:
        return report.text("disclosed.modes.unknown")
    modes = [
        report.text(
            "disclosed.modes.mode", mode=plain(report.answer(name, row.answer)), k=row.value
        )
        for row in shown.itertuples()
    ]
    return report.text("disclosed.modes.text", modes=report.text.listed(modes))


def _size(report: Report) -> str:
    rows = report.rows("field_work")
    whole = rows[rows[["group", "district", "locality"]].isna().all(axis=1)].iloc[0]
    return report.text(
        "disclosed.size.text", people=int(whole["respondents"]), units=int(whole["units"])
    )


def _weights(report: Report) -> str:
    weight = report.study.roles.weight
    return report.text(f"disclosed.weights.{'text' if weight else 'none'}")
