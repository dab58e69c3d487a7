"""The entries of `study.toml` on the reports: their words, first findings and cover.

For example, `[findings.saw_report]` with `answers = ["yes"]` shows "7 of 24 residents, 17 of 18
officials" on page one. Which questions are shown is fixed before the answers are known.
"""

import datetime

from pydantic import BaseModel, ConfigDict, Field

from umid_research.study.entries import Names


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Frozen):
    """A question whose answers are shown group beside group: "k of n", without a test.

    `answers` are the choices that are counted; by default those scored above the middle of the
    scale. `name` says in a few words what they mean; by default the question's wording.
    """

    answers: tuple[str, ...] = ()
    name: Names | None = None


class Publication(_Frozen):
    """What the cover says of the report itself, where the study has it.

    `copied` and `invented` say of a simulated study which numbers come from a published survey and
    which were made up. `statement` is the text that a donor asks for.
    """

    date: datetime.date | None = None
    version: str = Field(default="", max_length=40)
    licence: Names | None = None
    citation: Names | None = None
    statement: Names | None = None
    copied: Names | None = None
    invented: Names | None = None
    background: dict[str, tuple[str, ...]] = {}

    def texts(self) -> dict[str, Names]:
        """Return the texts that the study has: entry -> text per language."""
        keys = ("licence", "citation", "statement", "copied", "invented")
        texts = {key: text for key in keys if (text := getattr(self, key)) is not None}
        lines = {language: "".join(lines) for language, lines in self.background.items()}
        return texts | ({"background": lines} if lines else {})


class Departure(_Frozen):
    """A departure from the analysis plan: since when, what is done otherwise, and why."""

    date: datetime.date
    what: Names
    why: Names


class Term(_Frozen):
    """A word that readers may not know, and its meaning in one sentence."""

    name: Names
    meaning: Names


class Words(_Frozen):
    """What the reports call things; each has a neutral default in the catalogues.

    `title` is the question that the study answers, `index` the mean over all dimensions, `plan`
    what is carried out, `units` what is counted in scores, such as organisations (plural).
    """

    title: Names | None = None
    index: Names | None = None
    plan: Names | None = None
    units: Names | None = None

    def given(self) -> dict[str, Names]:
        """Return the words that the study has: entry -> word per language."""
        return {key: names for key, names in self if names is not None}
