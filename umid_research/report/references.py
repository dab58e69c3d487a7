"""Number the published tables and link to them: each has an anchor, a file and its pages.

    number  anchor           of published     page              file
    2       scores-by-group  scores_by_group  study.html        tables/02-scores-by-group.csv
    5       differences-by-… differences_by_… stakeholders.html tables/05-differences-by-….csv

For example, table 2 of every report of the study has the scores by group. It is in study.html
and in the CSV file, and is made from the rows `scores_by_group` of the frame `published`.

A table has the same number in every report, language, slide and file, so that a sentence can
refer to it. Tables without published rows get no number.
"""

from dataclasses import dataclass, replace

from umid_research.report.study_report import Report

# Path of each notebook's report in the folder of its language, without suffix.
PAGES = {
    "07-study": "study",
    "02-implementation": "implementation",
    "04-stakeholders": "stakeholders",
    "05-robustness": "robustness",
    "06-activities": "activities",
    "01-data-quality": "quality",
    "03-district": "districts/{district}",
}
FILES, WORKBOOK = "tables", "tables.xlsx"


@dataclass(frozen=True)
class Reference:
    """A published table and where it appears.

    `tables` are the values of the column `table` in the frame `published` that it is made from.
    `notebooks` show the table; links lead to the first of them. `unit` is the catalogue key of
    the text that says what its numbers count or measure.
    """

    anchor: str
    tables: tuple[str, ...]
    notebooks: tuple[str, ...]
    unit: str
    district: str | None = None
    number: int = 0

    @property
    def file(self) -> str:
        """Return the path of its CSV file in the folder of the language."""
        return f"{FILES}/{self.number:02}-{self.anchor}.csv"

    @property
    def page(self) -> str:
        """Return the page that links to this table lead to."""
        return page(self.notebooks[0], self.district)


def _listed(anchor: str, unit: str, *notebooks: str, of: str = "") -> Reference:
    """Return an entry; its tables are those in `of`, else the one with its own name."""
    return Reference(anchor, tuple((of or anchor.replace("-", "_")).split()), notebooks, unit)


_STUDY, _PLAN, _GROUPS = "07-study", "02-implementation", "04-stakeholders"
_DOUBTS, _QUALITY, _DISTRICT = "05-robustness", "01-data-quality", "03-district"
_ACTIVITIES = "06-activities"
ORDER = (
    _listed("proposals-by-group", "proposals", _STUDY, _PLAN, of="themes_survey"),
    _listed("field-work", "field_work", _STUDY, _QUALITY),
    _listed("scores-by-group", "scores", _STUDY, _GROUPS),
    _listed("scores-by-district", "scores", _STUDY),
    _listed("differences-by-district", "differences", _STUDY),
    _listed("differences-by-group", "differences", _GROUPS, _STUDY),
    _listed("differences-by-side", "differences", _GROUPS),
    _listed("differences-exploratory", "differences", _GROUPS),
    _listed(
        "supply-demand",
        "areas",
        *(_PLAN, _STUDY),
        of="views_by_area documentary_by_area gap_by_area",
    ),
    _listed("status", "status", _PLAN),
    _listed("disagreements", "words", _PLAN),
    _listed("evidence", "words", _PLAN),
    _listed("evidence-items", "words", _PLAN, of="evidence"),
    _listed("themes-by-group", "meetings", _PLAN, _STUDY, of="themes_meetings"),
    _listed("themes-by-district", "meetings", _PLAN, of="themes_meetings"),
    _listed("coding", "alpha", _PLAN),
    _listed("register-issues", "times", _PLAN),
    _listed("robustness", "runs", _DOUBTS),
    _listed("reliability", "alpha", _DOUBTS),
    _listed("intake", "submissions", _QUALITY, _STUDY),
    _listed("reading", "times", _QUALITY, _STUDY, of="account"),
    _listed("set-aside", "submissions", _QUALITY, _STUDY),
    _listed("issues", "times", _QUALITY, _STUDY),
    _listed("not-knowing", "answers", _QUALITY, _STUDY),
    _listed("scores-by-side", "scores", _DISTRICT),
    _listed("answers", "people", _STUDY, of="answers answers_by_group answers_by_district"),
    # These come last, so that a study without activities has the same numbers before them.
    _listed("indicators", "indicators", _ACTIVITIES, of="activities_published"),
    _listed("indicators-published", "indicators", _ACTIVITIES, of="activities_published"),
    _listed("indicators-by-part", "indicators", _ACTIVITIES, of="activities_published"),
    _listed("knowledge", "knowledge", _ACTIVITIES),
    _listed("terminals", "words", _ACTIVITIES),
    _listed("proposals-by-area", "collected", _ACTIVITIES, of="proposals"),
    _listed("proposals-by-reply", "collected", _ACTIVITIES, of="proposals"),
    _listed("proposals-beside-survey", "collected", _ACTIVITIES, of="proposals"),
    _listed("proposals-by-dimension", "collected", _ACTIVITIES, of="proposals"),
    _listed("activity-registers", "rows", _ACTIVITIES),
    _listed("activity-issues", "times", _ACTIVITIES),
    _listed("proposals", "words", _ACTIVITIES),
    _listed("definitions", "words", _ACTIVITIES, of="indicators.toml"),
    _listed("questions", "words", _ACTIVITIES, of="indicators.toml"),
)
# There is one of these tables per district, and each gets its own number.
BY_DISTRICT = ("status", "evidence", "scores-by-side")


def references(report: Report) -> dict[str, Reference]:
    """Return every table that the study publishes by anchor, in the order of the numbers."""
    published = report.tables
    entries = [
        entry
        for listed in ORDER
        if published & set(listed.tables)
        for entry in _once_or_by_district(listed, report)
    ]
    return {
        entry.anchor: replace(entry, number=number) for number, entry in enumerate(entries, start=1)
    }


def tables_named(report: Report, name: str) -> list[Reference]:
    """Return the table of that name; a table by district gives one per district."""
    published = references(report)
    by_district = [f"{name}-{key}" for key in report.study.districts if name in BY_DISTRICT]
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
    if listed.anchor not in BY_DISTRICT:
        return [listed]
    return [
        replace(listed, anchor=f"{listed.anchor}-{key}", district=key)
        for key in report.study.districts
    ]
