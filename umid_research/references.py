"""The published tables in one order: each has a number, an anchor, a file, and pages it stands on.

    number  anchor           of published     page              file
    2       scores-by-group  scores_by_group  study.html        tables/02-scores-by-group.csv
    5       differences-by-… differences_by_… stakeholders.html tables/05-differences-by-….csv

read aloud: table 2 of every report of the study is that of the scores by group; it stands in
study.html, is made of the rows `scores_by_group` of the frame `published`, and is a file as well.

A number is the same in every report, language, slide and file, so that a sentence can name its
table. Tables of which a study publishes nothing have none.
"""

from dataclasses import dataclass, replace

from umid_research.report import Report

# Where each notebook's report lies in the folder of its language, without ending.
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
    """A published table: `tables` are those of the frame `published` that it is made of.

    `notebooks` are those that show it, the first is where it is at home. `unit` names the text
    that says what its numbers count or measure.
    """

    anchor: str
    tables: tuple[str, ...]
    notebooks: tuple[str, ...]
    unit: str
    district: str | None = None
    number: int = 0

    @property
    def file(self) -> str:
        """Its CSV file, beside the pages."""
        return f"{FILES}/{self.number:02}-{self.anchor}.csv"

    @property
    def page(self) -> str:
        """The page on which it is at home."""
        return page(self.notebooks[0], self.district)


def _listed(anchor: str, unit: str, *notebooks: str, of: str = "") -> Reference:
    """An entry whose tables of `published` are called like it, where `of` names no others."""
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
    # Last, so that without activities every other number is the same.
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
# These stand once a district, and so many times in the order.
BY_DISTRICT = ("status", "evidence", "scores-by-side")


def references(report: Report) -> dict[str, Reference]:
    """Every table that the study publishes, by its anchor, in the order of its number."""
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
    """The table of that name, or the tables: those by district stand once for each."""
    found = references(report)
    by_district = [f"{name}-{key}" for key in report.study.districts if name in BY_DISTRICT]
    return [found[anchor] for anchor in (name, *by_district) if anchor in found]


def page(notebook: str, district: str | None = None) -> str:
    """The page of a notebook's report, from the folder of its language."""
    return f"{PAGES[notebook].format(district=district)}.html"


def link_to(report: Report, reference: Reference) -> str:
    """The address of a table from the report's own page: there if it can be, else where it is."""
    is_here = report.notebook in reference.notebooks and reference.district == report.district
    return (
        f"#{reference.anchor}"
        if is_here
        else relative_url(report, f"{reference.page}#{reference.anchor}")
    )


def relative_url(report: Report, path: str) -> str:
    """The address, from the report's own page, of what lies in the folder of its language."""
    return "../" * PAGES.get(report.notebook, "").count("/") + path


def _once_or_by_district(listed: Reference, report: Report) -> list[Reference]:
    if listed.anchor not in BY_DISTRICT:
        return [listed]
    return [
        replace(listed, anchor=f"{listed.anchor}-{key}", district=key)
        for key in report.study.districts
    ]
