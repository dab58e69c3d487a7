"""A study folder on its way to `published`, and what attackers find out there."""

from pathlib import Path

import pandas as pd
from attacker import Attacker, known_counts, known_themes
from attacker_unanswered import known_unanswered

from umid_research.clean import clean_responses
from umid_research.compare import compare_units
from umid_research.disclosure import COLUMNS, publish_frames, publish_implementation
from umid_research.implementation import implement
from umid_research.meetings import count_themes, read_meetings
from umid_research.protection import protect
from umid_research.questionnaire import read_questionnaire
from umid_research.raw import read_raw
from umid_research.reliability import reliability_of
from umid_research.score import score_responses, score_units
from umid_research.study import Thresholds, read_study


class Case:
    """A study folder on its way to `published`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.study = folder, read_study(folder)
        self.questionnaire = read_questionnaire(folder, self.study)
        raw = read_raw(folder, self.questionnaire, self.study)
        self.cleaned = clean_responses(raw, self.questionnaire, self.study, key="k" * 16)
        self.spoken = count_themes(folder, self.study, draws=99, seed=self.study.seed)
        states = self.cleaned.states
        self.scores = score_responses(
            self.cleaned.responses, states, self.questionnaire, self.study
        )

    def publish(self, *, thresholds: Thresholds | None = None) -> pd.DataFrame:
        """Before rule 5."""
        study = self.study.model_copy(update={"thresholds": thresholds or self.study.thresholds})
        cleaned, form = self.cleaned, self.questionnaire
        units = score_units(self.scores)
        comparisons = compare_units(units, study, seed=study.seed, draws=99)
        reliability = reliability_of(cleaned.responses, cleaned.states, form, study)
        published = publish_frames(
            cleaned, units, comparisons, form, study, reliability=reliability
        )
        found = implement(self.folder, cleaned, form, study, draws=99, seed=study.seed)
        of_plan = publish_implementation(found, self.spoken, published, form, study)
        return pd.concat([published, of_plan], ignore_index=True)

    def protect(self, published: pd.DataFrame) -> pd.DataFrame:
        """After rule 5."""
        known = published, self.cleaned, self.questionnaire, self.study
        return protect(*known, theme_cells=self.spoken.theme_cells)

    def attack(self, published: pd.DataFrame, **limits) -> list[tuple]:
        """One and two people whose score is known too closely."""
        known = published, self.cleaned, self.scores, self.questionnaire, self.study
        return Attacker(*known, **limits).too_narrow(self.study.thresholds.protection)

    def counts(self, published: pd.DataFrame) -> list[tuple]:
        """Withheld counts that are known from other counts, or from how many have a score."""
        register = read_meetings(self.folder, self.study)
        themes = [] if register is None else known_themes(published, register.rows)
        people = known_counts(published, self.cleaned, self.questionnaire)
        return [*people, *known_unanswered(published, *self.inputs), *themes]

    @property
    def inputs(self) -> tuple:
        """What every attacker knows beside what is published."""
        return self.cleaned, self.questionnaire, self.study

    def leaks(self, published: pd.DataFrame) -> list[tuple]:
        """All that attackers find out."""
        return [*self.attack(published), *self.counts(published), *self.localised(published)]

    def told(self, published: pd.DataFrame, **limits) -> list[tuple]:
        """Withheld counts that are known from means."""
        known = published, self.cleaned, self.scores, self.questionnaire, self.study
        return Attacker(*known, **limits).counts_told_by_means()


def row_of(table: str, **keys) -> dict:
    """A shown row of `published`, of some of its columns."""
    return {"table": table, "shown": True, "verdict": "", "reason": "", "note": "", **keys}


def rows_of(*rows: dict) -> pd.DataFrame:
    """`published` of such rows."""
    return pd.DataFrame(list(rows)).reindex(columns=list(COLUMNS))
