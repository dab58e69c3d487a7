"""Write the indicators as results of an activity in IATI 2.03, `indicators/iati.xml`.

Donors and registers of aid read this format of the International Aid Transparency Initiative
(https://iatistandard.org/en/iati-standard/203/). An activity of the study is a result, an indicator
with target and actual value an indicator of it:

    <result type="1"><title>…Practical consultations…</title>
      <indicator measure="1"><title>…Consultations held…</title>
        <baseline year="2022" value="0"/>
        <period><period-start iso-date="2022-03-02"/><period-end iso-date="2022-07-31"/>
          <target value="24"/><actual value="23"/>
          <actual value="9"><dimension name="district" value="quba"/></actual>

The first period is that of the project; others are those that the definitions declare. Numbers are
those of `activities_published`, so that a withheld one is not here either.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from lxml import etree

from umid_research.indicators.counts import COUNTS
from umid_research.indicators.definitions import Definitions, Indicator, Period
from umid_research.output.archive.facts import Facts
from umid_research.study import Names

FILE = "indicators/iati.xml"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LEVELS = {"output": "1", "outcome": "2"}  # code list ResultType
_UNIT = "1"  # code list IndicatorMeasure
_PLANNED_START, _PLANNED_END = "1", "3"  # code list ActivityDateType
_FUNDING, _IMPLEMENTING = "1", "4"  # code list OrganisationRole


def write_iati(
    folder: Path, facts: Facts, definitions: Definitions, published: pd.DataFrame
) -> Iterator[str]:
    """Write the file into the folder of an archive; yield the lines to print.

    Without `[iati]` in the definitions there is no file: nobody may invent an organisation's
    identifier.
    """
    if definitions.iati is None:
        yield (
            "lacking  activities/indicators.toml has no [iati] with `organisation`, `type` and "
            "`status`: there is no IATI file"
        )
        return
    root = etree.Element("iati-activities", version="2.03")
    activity = _add(root, "iati-activity")
    activity.set(_LANGUAGE, facts.language)
    _add_activity(activity, facts, definitions)
    for key, entry in definitions.activities.items():
        for level, code in _LEVELS.items():
            listed = {
                name: one
                for name, one in definitions.indicators.items()
                if (one.activity, one.level) == (key, level)
            }
            if listed:
                result = _add(activity, "result", type=code)
                _add_text(result, "title", entry.name)
                for name, indicator in listed.items():
                    rows = published[published["indicator"] == name]
                    _add_indicator(result, indicator, rows, definitions, facts)
    etree.indent(root)
    (folder / FILE).parent.mkdir(parents=True, exist_ok=True)
    etree.ElementTree(root).write(folder / FILE, xml_declaration=True, encoding="UTF-8")
    if not any(one.periods for one in definitions.indicators.values()):
        yield "iati     one period, that of the project: no indicator declares [[periods]]"


def _add_activity(activity: etree._Element, facts: Facts, definitions: Definitions) -> None:
    study, iati = facts.study, definitions.iati
    if iati is None:
        return
    _add(activity, "iati-identifier").text = f"{iati.organisation}-{study.id}"
    names = study.field_work.conducted_by
    reporting = _add(activity, "reporting-org", ref=iati.organisation, type=iati.type)
    _add_narratives(reporting, names)
    _add_text(activity, "title", {one: facts.title(one) for one in facts.languages})
    about = study.publication.background
    described = {one: " ".join(about.get(one, ())) or facts.title(one) for one in facts.languages}
    _add_text(activity, "description", described)
    _add_narratives(_add(activity, "participating-org", role=_FUNDING), study.field_work.sponsor)
    implementing = _add(
        activity, "participating-org", role=_IMPLEMENTING, ref=iati.organisation, type=iati.type
    )
    _add_narratives(implementing, names)
    _add(activity, "activity-status", code=iati.status)
    dates = ((_PLANNED_START, definitions.period.start), (_PLANNED_END, definitions.period.end))
    for kind, day in dates:
        _add(activity, "activity-date", type=kind).set("iso-date", day.isoformat())
    countries = {(district.iso or "").partition("-")[0] for district in study.districts.values()}
    if len(countries) == 1 and "" not in countries:
        _add(activity, "recipient-country", code=countries.pop())
    if iati.sector:
        _add(activity, "sector", vocabulary="1", code=iati.sector)


def _add_indicator(
    result: etree._Element,
    indicator: Indicator,
    rows: pd.DataFrame,
    definitions: Definitions,
    facts: Facts,
) -> None:
    made = _add(result, "indicator", measure=_UNIT)
    _add_text(made, "title", indicator.name)
    _add_text(made, "description", indicator.definition)
    year = str(definitions.period.start.year)
    _add(made, "baseline", year=year, value=f"{indicator.baseline:g}")
    period = _add_period(made, definitions.period)
    if indicator.target is not None:
        ends = indicator.target if isinstance(indicator.target, tuple) else (indicator.target,)
        target = _add(period, "target", value=f"{ends[0]:g}")
        if len(ends) > 1:
            comments = {
                one: facts.words(one)("iati.range", low=ends[0], high=ends[1])
                for one in facts.languages
            }
            _add_text(target, "comment", comments)
    for row in rows[rows["shown"] & rows["actual"].notna()].itertuples():
        actual = _add(period, "actual", value=f"{row.actual:g}")
        for name in ("district", "sex"):
            if value := getattr(row, name):
                _add(actual, "dimension", name=name, value=value)
    _add_declared(made, indicator, rows, facts)


def _add_declared(
    made: etree._Element, indicator: Indicator, rows: pd.DataFrame, facts: Facts
) -> None:
    """Add the declared periods; numbers of people only if none is small and the whole is shown.

    With the number of the whole project, a single small number could be computed from the others.
    """
    whole = rows[(rows["district"] == "") & (rows["sex"] == "")]
    shown = bool(whole["shown"].all())
    if COUNTS[indicator.count].people:
        actual = [one.actual for one in indicator.periods if one.actual is not None]
        shown &= not any(0 < number < facts.study.thresholds.answers for number in actual)
    for declared in indicator.periods:
        period = _add_period(made, declared)
        if declared.target is not None:
            _add(period, "target", value=f"{declared.target:g}")
        if declared.actual is not None and shown:
            _add(period, "actual", value=f"{declared.actual:g}")


def _add_period(parent: etree._Element, period: Period) -> etree._Element:
    made = _add(parent, "period")
    for name, day in (("period-start", period.start), ("period-end", period.end)):
        _add(made, name).set("iso-date", day.isoformat())
    return made


def _add_text(parent: etree._Element, tag: str, names: Names) -> None:
    _add_narratives(_add(parent, tag), names)


def _add_narratives(parent: etree._Element, names: Names) -> None:
    """Add the text in each language."""
    for language, text in names.items():
        narrative = _add(parent, "narrative")
        narrative.set(_LANGUAGE, language)
        narrative.text = text


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, tag, attributes)
