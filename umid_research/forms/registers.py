"""Explain the registers of the activities: the meaning of each row, column and code.

The templates show these texts next to the cells; `to_register_page` writes them as one page,
`docs/registers.md`.
"""

from collections.abc import Iterator

from umid_research.indicators.columns import Column, Known, RegisterSchema
from umid_research.indicators.definitions import Definitions
from umid_research.indicators.schema import schemas, translations
from umid_research.messages import Messages
from umid_research.study import Study

CATALOGUE = "registers"
# Kinds of columns whose lists come from the study or its definitions, not from the schema.
OF_THE_STUDY = (
    *("locality", "district", "group", "area", "dimension", "language"),
    *("question", "answer", "indicator"),
)


class RegisterWords:
    """The texts about the registers in one language, for one study."""

    def __init__(self, study: Study, definitions: Definitions, language: str) -> None:
        self.words = Messages(language, catalogue=CATALOGUE)
        self._study = study
        self._definitions = definitions
        self._language = language

    def row(self, register: str) -> str:
        """Return the text that says what one row of the register is."""
        return self.words("row", what=self.words(f"register.{register}"))

    def column(self, register: str, name: str) -> str:
        """Return the text that says what the column holds."""
        for of, key in (("text", "translated"), ("explanation", "explained")):
            if name in translations(self._study, of):
                return self.words(f"columns.{key}", language=name.partition("_")[2])
        special = f"special.{register}.{name}"
        return self.words(special if special in self.words.keys else f"columns.{name}")

    def possible(self, column: Column) -> str:
        """Return the text that says which values are possible: a type, or a list of codes."""
        kind = column.kind
        if kind == "reference":
            return self._reference(column.refers)
        if kind == "date" and None not in column.between:
            kind = "day"
        if kind == "choice":
            return self.words.listed(column.choices, style="or")
        return self.words(f"kind.{kind}")

    def meaning(self, column: Column, code: str) -> str:
        """Return the meaning of a code in the column's list, "" if it explains itself."""
        study, language = self._study, self._language
        kind = column.kind
        if kind == "indicator":
            return self._definitions.indicators[code].name[language]
        if kind == "question":
            return self._definitions.questions[code].text[language]
        if kind in ("district", "group", "area", "dimension"):
            return getattr(study, f"{kind}s")[code].name[language]
        if column.name == "activity":
            return self._definitions.activities[code].name[language]
        if kind in OF_THE_STUDY:
            return ""
        return self.words("other" if code == "other" else f"codes.{code}")

    def _reference(self, register: str) -> str:
        key = f"kind.{register}"
        named = self.words(key) if key in self.words.keys else register
        return self.words("kind.reference", register=named)


def to_register_page(study: Study, definitions: Definitions, language: str) -> str:
    """Return the page about all registers in one language as Markdown, one section per register.

    Codes that depend on the study are not listed, so that the page is the same for all studies.
    """
    words = RegisterWords(study, definitions, language)
    lines = [f"# {words.words('title')}", "", words.words("intro"), words.words("generated"), ""]
    lines += [f"- {rule}" for rule in rules(words, "posts", "B017")]
    for name, schema in schemas(study, definitions, Known()).items():
        lines += ["", f"## {name}", "", words.row(name), "", *_table(name, schema, words)]
    return "\n".join(lines) + "\n"


def rules(words: RegisterWords, register: str, example: str) -> list[str]:
    """Return the rules for filling in a register, one or two sentences each."""
    say = words.words
    return [
        say("rules.sheet", sheet=register),
        say("rules.needed"),
        say("rules.date"),
        say("rules.id", example=example),
        say("rules.no_extras"),
        say("rules.screenshot"),
        say("rules.save", file=f"{register}.xlsx"),
        say("rules.issues"),
    ]


def _table(name: str, schema: RegisterSchema, words: RegisterWords) -> Iterator[str]:
    heads = [words.words(key) for key in ("column", "needed", "meaning", "values")]
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|"
    for key, column in schema.columns.items():
        needed = words.words("yes") if column.needed else ""
        yield f"| `{key}` | {needed} | {words.column(name, key)} | {_values(column, words)} |"


def _values(column: Column, words: RegisterWords) -> str:
    if column.kind != "choice":
        return words.possible(column)
    codes = column.choices
    return "; ".join(f"`{code}` {words.meaning(column, code)}" for code in codes)
