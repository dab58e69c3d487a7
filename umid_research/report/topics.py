"""The one register of the tables: number, topic, function, rows and reports of each.

    number  name             module        made from        in the reports
    3       scores-by-group  scores.table  scores_by_group  annex, stakeholders

For example, table 3 of every report of a study has the scores by group; the function
`table_scores_by_group` makes it. Links lead to annex.html, the first of its reports. The
numbers and anchors of the tables, their CSV files and sheets, and the links of a statement to its
source all follow from this register. To add a table, see the recipe in CONTRIBUTING.md.

A table has the same number in every study, report, language, slide and file, so that a sentence can
refer to it and a new table renumbers no other: it gets the next free number. A table by district
has a letter for each district, such as 10a, in the study's order. Tables without published rows
have no number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from umid_research.report.study_report import Report

if TYPE_CHECKING:
    # A table asks the register for its number, so the register cannot import the tables.
    from umid_research.report.table import Table

# Path of each notebook's report in the folder of its language, without suffix.
PAGES = {
    "07-study": "study",
    "08-annex": "annex",
    "02-implementation": "implementation",
    "04-stakeholders": "stakeholders",
    "05-robustness": "robustness",
    "06-activities": "activities",
    "01-data-quality": "quality",
    "03-district": "districts/{district}",
}
FILES, WORKBOOK = "tables", "tables.xlsx"
# The letters to the authorities, made only of a study with proposals.
LETTERS = "proposals.pdf"


@dataclass(frozen=True)
class Reference:
    """A published table and where it appears.

    The function `table_<name>` in `module`, below `umid_research.report`, makes it; `rows` are the
    published frames that it is made from. `notebooks` show the table; links lead to the first of
    them. `unit` is the catalogue key of the text that says what its numbers count or measure. A
    table `by_district` is made once per district; `district` is the one of this reference.
    """

    anchor: str
    module: str
    rows: tuple[str, ...]
    unit: str
    notebooks: tuple[str, ...]
    place: int
    by_district: bool = False
    district: str | None = None
    letter: str = ""

    @property
    def number(self) -> str:
        """Return the number of the table, with the letter of its district."""
        return f"{self.place}{self.letter}"

    @property
    def file(self) -> str:
        """Return the path of its CSV file in the folder of the language."""
        return f"{FILES}/{self.place:02}{self.letter}-{self.anchor}.csv"

    @property
    def page(self) -> str:
        """Return the page that links to this table lead to."""
        return page(self.notebooks[0], self.district)


def _table(
    number: int,
    name: str,
    module: str,
    unit: str,
    *notebooks: str,
    of: str = "",
    by_district: bool = False,
) -> Reference:
    """Return an entry; its rows are the frames in `of`, else the one with its own name."""
    rows = tuple((of or name.replace("-", "_")).split())
    return Reference(name, module, rows, unit, notebooks, number, by_district)


_ANNEX, _PLAN, _GROUPS = "08-annex", "02-implementation", "04-stakeholders"
_DOUBTS, _QUALITY, _DISTRICT = "05-robustness", "01-data-quality", "03-district"
_ACTIVITIES = "06-activities"
_COUNTED = "activities_published"
TABLES = (
    _table(
        1, "proposals-by-group", "meetings.table", "proposals", _ANNEX, _PLAN, of="themes_survey"
    ),
    _table(2, "field-work", "sample.table", "field_work", _ANNEX, _QUALITY),
    _table(3, "scores-by-group", "scores.table", "scores", _ANNEX, _GROUPS),
    _table(4, "scores-by-district", "scores.table", "scores", _ANNEX),
    _table(5, "differences-by-district", "differences.table", "differences", _ANNEX),
    _table(6, "differences-by-group", "differences.table", "differences", _GROUPS, _ANNEX),
    _table(7, "differences-by-side", "differences.table", "differences", _GROUPS),
    _table(8, "differences-exploratory", "differences.table", "differences", _GROUPS),
    _table(
        9,
        "supply-demand",
        "implementation.areas",
        "areas",
        _PLAN,
        _ANNEX,
        of="views_by_area documentary_by_area gap_by_area",
    ),
    _table(10, "status", "implementation.table", "status", _PLAN, by_district=True),
    _table(11, "disagreements", "implementation.table", "words", _PLAN),
    _table(12, "evidence", "implementation.table", "words", _PLAN, by_district=True),
    _table(13, "evidence-items", "implementation.table", "words", _PLAN, of="evidence"),
    _table(
        14, "themes-by-group", "meetings.table", "meetings", _PLAN, _ANNEX, of="themes_meetings"
    ),
    _table(15, "themes-by-district", "meetings.table", "meetings", _PLAN, of="themes_meetings"),
    _table(16, "coding", "meetings.table", "alpha", _PLAN),
    _table(17, "register-issues", "implementation.table", "times", _PLAN),
    _table(18, "robustness", "robustness.table", "runs", _DOUBTS),
    _table(19, "reliability", "robustness.table", "alpha", _DOUBTS),
    _table(20, "intake", "sample.intake", "submissions", _QUALITY, _ANNEX),
    _table(21, "reading", "sample.intake", "times", _QUALITY, _ANNEX, of="account"),
    _table(22, "set-aside", "sample.intake", "submissions", _QUALITY, _ANNEX),
    _table(23, "issues", "sample.intake", "times", _QUALITY, _ANNEX),
    _table(24, "not-knowing", "sample.table", "answers", _QUALITY, _ANNEX),
    _table(25, "scores-by-side", "scores.table", "scores", _DISTRICT, by_district=True),
    _table(
        26,
        "answers",
        "answers.table",
        "people",
        _ANNEX,
        of="answers answers_by_group answers_by_district",
    ),
    _table(27, "indicators", "indicators.table", "indicators", _ACTIVITIES, of=_COUNTED),
    _table(28, "indicators-published", "indicators.table", "indicators", _ACTIVITIES, of=_COUNTED),
    _table(29, "indicators-by-part", "indicators.table", "indicators", _ACTIVITIES, of=_COUNTED),
    _table(30, "knowledge", "indicators.table", "knowledge", _ACTIVITIES),
    _table(31, "terminals", "indicators.table", "words", _ACTIVITIES),
    _table(32, "proposals-by-area", "proposals.table", "collected", _ACTIVITIES, of="proposals"),
    _table(33, "proposals-by-reply", "proposals.table", "collected", _ACTIVITIES, of="proposals"),
    _table(
        34, "proposals-beside-survey", "proposals.table", "collected", _ACTIVITIES, of="proposals"
    ),
    _table(
        35, "proposals-by-dimension", "proposals.table", "collected", _ACTIVITIES, of="proposals"
    ),
    _table(36, "activity-registers", "indicators.table", "rows", _ACTIVITIES),
    _table(37, "activity-issues", "indicators.table", "times", _ACTIVITIES),
    _table(38, "proposals", "proposals.table", "words", _ACTIVITIES),
    _table(39, "definitions", "indicators.definitions", "words", _ACTIVITIES, of="indicators.toml"),
    _table(40, "questions", "indicators.definitions", "words", _ACTIVITIES, of="indicators.toml"),
    _table(41, "numbers", "numbers.table", "numbers", _ANNEX),
    _table(42, "members", "members.table", "members", _ANNEX),
    _table(43, "consultations", "activities.table", "events", _ACTIVITIES, of="events"),
    _table(44, "cards", "activities.table", "copies", _ACTIVITIES, of="breakdowns"),
    _table(45, "families", "activities.table", "families", _ACTIVITIES, of="breakdowns"),
    _table(46, "portals", "activities.table", "families", _ACTIVITIES, of="breakdowns"),
    _table(47, "participants", "activities.table", "participants", _ACTIVITIES, of="breakdowns"),
    _table(48, "press", "activities.table", "words", _ACTIVITIES),
)
_BY_NAME = {entry.anchor: entry for entry in TABLES}


def table(report: Report, name: str, district: str | None = None) -> "Table":
    """Make a table by its name, for one district if it is made by district.

    Raises KeyError for a name that is not in the register.
    """
    module = import_module(f"umid_research.report.{_BY_NAME[name].module}")
    made = getattr(module, f"table_{name.replace('-', '_')}")
    return made(replace(report, district=district or report.district))


def published_tables(report: Report, *names: str) -> Iterator["Table"]:
    """Yield the named tables, except those that the study does not publish."""
    published = references(report)
    return (table_at(report, published[name]) for name in names if name in published)


def table_at(report: Report, reference: Reference) -> "Table":
    """Make the table of a reference."""
    name = reference.anchor.removesuffix(f"-{reference.district}")
    return table(replace(report, district=reference.district), name)


def references(report: Report) -> dict[str, Reference]:
    """Return every table that the study publishes by anchor, in the order of the register."""
    published = report.tables
    return {
        entry.anchor: entry
        for listed in TABLES
        if published & set(listed.rows)
        for entry in _once_or_by_district(listed, report)
    }


def tables_named(report: Report, name: str) -> list[Reference]:
    """Return the table of that name; a table by district gives one per district."""
    published = references(report)
    is_split = name in _BY_NAME and _BY_NAME[name].by_district
    by_district = [f"{name}-{key}" for key in report.study.districts if is_split]
    return [published[anchor] for anchor in (name, *by_district) if anchor in published]


def page(notebook: str, district: str | None = None) -> str:
    """Return the path of a notebook's report in the folder of its language."""
    return f"{PAGES[notebook].format(district=district)}.html"


def link_to(report: Report, reference: Reference) -> str:
    """Return the link to a table: on the report's own page if it is there, else its page."""
    is_here = report.notebook in reference.notebooks and reference.district == report.district
    return (
        f"#{reference.anchor}"
        if is_here
        else relative_url(report, f"{reference.page}#{reference.anchor}")
    )


def relative_url(report: Report, path: str) -> str:
    """Return the address of a file in the language's folder, relative to the report's page."""
    return "../" * PAGES.get(report.notebook, "").count("/") + path


def _once_or_by_district(listed: Reference, report: Report) -> list[Reference]:
    if not listed.by_district:
        return [listed]
    return [
        replace(listed, anchor=f"{listed.anchor}-{key}", district=key, letter=_letter(place))
        for place, key in enumerate(report.study.districts)
    ]


def _letter(place: int) -> str:
    """Return a, b, … z, aa, ab, … for 0, 1, … 25, 26, 27, …"""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + last)
