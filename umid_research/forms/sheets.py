"""The sheets of a form as its author wrote them, before pyxform reads them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from umid_research.study import Study
from umid_research.study.conditions import is_computable
from umid_research.study.questionnaire.languages import codes_of

Row = dict[str, str]
TEXT_COLUMN = re.compile(
    r"(label|caption|hint|guidance_hint|constraint_message|required_message)(?:\s*::?\s*(.+?))?\s*"
)
_OR_OTHER = re.compile(r"^select.*\sor[_ ](specify )?other$")
GROUPS = ("begin_group", "begin_repeat", "end_group", "end_repeat")


@dataclass(frozen=True)
class Sheets:
    """The two sheets as written, their study, and the settings of the form."""

    survey: Sequence[Row]
    choices: Sequence[Row]
    study: Study
    settings: Row = field(default_factory=dict)

    @cached_property
    def questions(self) -> list[Row]:
        """Return the rows of questions and other fields: all named rows except groups."""
        return [row for row in self.survey if row.get("name") and kind_of(row) not in GROUPS]

    @cached_property
    def lists(self) -> dict[str, list[Row]]:
        """Return the choices of each choice list that a question uses."""
        lists: dict[str, list[Row]] = {}
        for row in self.choices:
            lists.setdefault(row.get("list_name") or row.get("list name") or "", []).append(row)
        used = {list_of(row) for row in self.survey} - {""}
        return {name: rows for name, rows in lists.items() if name in used}

    @cached_property
    def codes(self) -> dict[str, set[str]]:
        """Return the codes of each select question."""
        return {
            row["name"]: {code_of(choice) for choice in self.lists[list_of(row)]}
            | ({"other"} if has_other(row) else set())
            for row in self.questions
            if kind_of(row).startswith(("select", "rank")) and list_of(row) in self.lists
        }

    @cached_property
    def names(self) -> set[str]:
        """The names of all questions and fields, with the text questions of `or_other`."""
        others = {f"{row['name']}_other" for row in self.questions if has_other(row)}
        return {row["name"] for row in self.questions} | others

    @cached_property
    def calculations(self) -> dict[str, str]:
        """The calculated fields that can be computed, and their expressions."""
        fields = {
            row["name"]: row.get("calculation", "")
            for row in self.questions
            if kind_of(row) == "calculate"
        }
        return {name: text for name, text in fields.items() if is_computable(text)}

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """The code of each language that a label column names, "" for one that names none."""
        rows = (*self.survey, *self.choices)
        columns = (TEXT_COLUMN.fullmatch(column.strip()) for row in rows for column in row)
        named = [match.group(2) or "" for match in columns if match]
        return codes_of(named, self.settings.get("default_language"), self.study.languages)


def translations(row: Row, codes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Map each kind of text to language -> text, without blanks."""
    written: dict[str, dict[str, str]] = {}
    for column, text in row.items():
        match = TEXT_COLUMN.fullmatch(column.strip())
        if match and text.strip():
            what = match.group(1).replace("caption", "label")
            written.setdefault(what, {}).setdefault(codes[match.group(2) or ""], text)
    return written


def is_text(column: str) -> bool:
    """Return whether the column of a sheet holds labels, hints or messages."""
    return TEXT_COLUMN.fullmatch(column.strip()) is not None


def kind_of(row: Row) -> str:
    """Return the type of a row without its list, in one spelling (`begin_group`)."""
    kind = row.get("type", "").strip()
    words = kind.split()
    if words[:1] in (["begin"], ["end"], ["select"]) and len(words) > 1:
        return "_".join(words[:2])
    return words[0] if words else ""


def has_other(row: Row) -> bool:
    """Return whether the question has the choice "other" and a text question for it."""
    return _OR_OTHER.search(row.get("type", "")) is not None


def list_of(row: Row) -> str:
    """Return the list of choices that a row's type names, "" if it names none."""
    words = row.get("type", "").split()
    skipped = 2 if words[:1] == ["select"] else 1
    return words[skipped] if len(words) > skipped else ""


def code_of(choice: Row) -> str:
    """Return the code of a choice, whose column has two names."""
    return choice.get("name") or choice.get("value") or ""
