"""The small study with a repeated group: the members of each respondent's household.

respondent   export row  members (age, works, note)
North 1           2      41 works; 12
North 1           3      an age that is no number, an answer that was not asked
South 2           9      70, no answer about work
"""

from pathlib import Path

import pandas as pd
from small_study import QUESTIONNAIRE, small_export, write_small

GROUP = """| | begin_repeat | people | Household members | ${kind} != 'g' | | |
| | integer | years | How old is this person? | | | |
| | select_one yes_no | works | Does this person work? | ${years} >= 15 and ${aware} != '' | | |
| | text | note | Anything else? | | | |
| | end_repeat | | | | | |
"""
_END = "| | end_group | | | | | |\n| choices"
FORM = QUESTIONNAIRE.replace(_END, GROUP + _END)
MEMBERS = pd.DataFrame(
    {
        "years": ["41", "12", "old", "70"],
        "works": ["Yes", "", "no", ""],
        "note": ["", "call 050 123 45 67", "", ""],
        "parent": [0, 0, 1, 7],
    }
)


def with_form(group: str) -> str:
    """The questionnaire of the small study with another repeated group at its end."""
    return QUESTIONNAIRE.replace(_END, group + _END)


def workbook(
    folder: Path,
    members: pd.DataFrame = MEMBERS,
    main: pd.DataFrame | None = None,
    *,
    file: str = "kobo.xlsx",
    sheet: str = "people",
) -> None:
    """Write the export of KoboToolbox: a sheet of submissions and one of their members."""
    main = small_export() if main is None else main
    numbered = main.assign(_index=range(1, len(main) + 1))
    linked = members.drop(columns="parent").assign(
        _parent_table_name="Small",
        _parent_index=members["parent"] + 1,
        _submission__uuid=[f"uuid-{parent}" for parent in members["parent"]],
    )
    with pd.ExcelWriter(folder / "responses" / file) as book:
        numbered.to_excel(book, sheet_name="Small", index=False)
        linked.to_excel(book, sheet_name=sheet, index=False)


def central(
    folder: Path,
    members: pd.DataFrame = MEMBERS,
    main: pd.DataFrame | None = None,
    *,
    name: str = "small",
) -> None:
    """Write the export of ODK Central: a file of submissions and one of their members."""
    main = small_export() if main is None else main
    keys = main["_uuid"].tolist()
    main = main.drop(columns="_uuid").assign(KEY=[f"uuid:{key}" for key in keys])
    main.to_csv(folder / "responses" / f"{name}.csv", index=False)
    parents = [f"uuid:uuid-{parent}" for parent in members["parent"]]
    linked = members.drop(columns="parent").assign(
        PARENT_KEY=parents,
        KEY=[
            f"{parent}/people[{parents[:place].count(parent) + 1}]"
            for place, parent in enumerate(parents)
        ],
    )
    linked.to_csv(folder / "responses" / f"{name}-people.csv", index=False)


def household_study(folder: Path, *, form: str = FORM, study: str | None = None) -> Path:
    """Write the study without an export."""
    parts = {} if study is None else {"study": study}
    write_small(folder, questionnaire=form, **parts)
    (folder / "responses" / "export.csv").unlink()
    return folder
