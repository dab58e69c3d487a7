"""Recognise the tables of repeated groups, whose rows are members of submissions.

    KoboToolbox, sheet `members` of a workbook      ODK Central, SurveyCTO, file `form-members.csv`
    age  _parent_table_name  _parent_index          age  PARENT_KEY  KEY
    41   Form                1                      41   uuid:1cb5   uuid:1cb5/members[1]

The first row belongs to the submission whose `_index` is 1, the second to the one whose KEY is
uuid:1cb5. `members` reads these tables.
"""

from umid_research.errors import ExportError
from umid_research.raw.headers import Headers, labels_of
from umid_research.raw.table import Table, normal
from umid_research.study.questionnaire import Questionnaire, Repeat

PARENT_INDEX, PARENT_KEY = "_parent_index", "PARENT_KEY"
_MAX_SHEET_NAME = 31  # characters; spreadsheet programs allow no more


def is_repeat(table: Table) -> bool:
    """Return whether the table's rows belong to rows of another table."""
    return not {PARENT_INDEX, PARENT_KEY}.isdisjoint(table.header.values())


def check_repeat(table: Table, questionnaire: Questionnaire) -> None:
    """Raise ExportError if the form has no repeated group: the sheet may hold needed answers."""
    if not questionnaire.repeated:
        raise ExportError(
            "belongs to a repeated group, but the questionnaire has none", where=table.where
        )


def group_of(table: Table, questionnaire: Questionnaire) -> str | None:
    """Return the name of the repeated group whose members the table holds, None if unknown.

    The sheet's name or the end of the file's name decides, else the questions in the headers.
    """
    names = [*(repeat.name for repeat in questionnaire.repeats), *questionnaire.unread_repeats]
    title = normal(table.path.stem if table.sheet is None else table.sheet)
    # Of groups such as `members` and `old_members`, the longest name that fits is the right one.
    for name in sorted(names, key=len, reverse=True):
        texts = (name, *labels_of(questionnaire.groups.get(name, {}).values()))
        if table.sheet is None and title.endswith(tuple(f"{mark}{name}" for mark in "-_. ")):
            return name
        if table.sheet is not None and _is_titled(title, texts):
            return name
    fitting = {repeat.name: _questions_held(table, repeat) for repeat in questionnaire.repeats}
    best = [name for name, held in fitting.items() if held and held == max(fitting.values())]
    return best[0] if len(best) == 1 else None


def _is_titled(title: str, texts: tuple[str, ...]) -> bool:
    """Return whether a sheet has one of the texts as its name, which may have been cut."""
    cut = title.removesuffix("...")
    is_cut = cut != title or len(title) >= _MAX_SHEET_NAME
    return any(text == title or (is_cut and text.startswith(cut)) for text in texts)


def _questions_held(table: Table, repeat: Repeat) -> int:
    headers = Headers.of(repeat.members)
    return sum(bool(headers.targets(normal(text))) for text in table.header.values())
