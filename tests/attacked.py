"""A study folder processed up to `published`, and what the attackers find there."""

from pathlib import Path

import numpy as np
import pandas as pd
from attacker import Attacker
from attacker_counts import known_counts, known_themes
from attacker_differences import DIFFERENCES
from attacker_unanswered import known_unanswered

from umid_research.analysis.compare import compare_units
from umid_research.analysis.implementation import implement
from umid_research.analysis.meetings import count_themes, read_meetings
from umid_research.analysis.reliability import reliability_of
from umid_research.analysis.score import score_responses, score_units
from umid_research.clean import clean_responses
from umid_research.disclosure.audit.counts import question_counts
from umid_research.disclosure.count_suppression import protect_answers
from umid_research.disclosure.frame import COLUMNS
from umid_research.disclosure.rules import publish_frames, publish_implementation
from umid_research.disclosure.suppression import protect
from umid_research.raw import read_raw
from umid_research.study import Thresholds, read_study
from umid_research.study.questionnaire import read_questionnaire


class Case:
    """A study folder processed up to `published`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.study = folder, read_study(folder)
        self.questionnaire = read_questionnaire(folder, self.study)
        raw = read_raw(folder, self.questionnaire, self.study)
        self.cleaned = clean_responses(raw, self.questionnaire, self.study, key="k" * 16)
        self.meetings = count_themes(folder, self.study, draws=99, seed=self.study.seed)
        states = self.cleaned.states
        self.scores = score_responses(
            self.cleaned.responses, states, self.questionnaire, self.study
        )

    def publish(self, *, thresholds: Thresholds | None = None) -> pd.DataFrame:
        """Return `published` before rule 5."""
        study = self.study.model_copy(update={"thresholds": thresholds or self.study.thresholds})
        cleaned, form = self.cleaned, self.questionnaire
        units = score_units(self.scores)
        comparisons = compare_units(units, study, seed=study.seed, draws=99)
        reliability = reliability_of(cleaned.responses, cleaned.states, form)
        published = publish_frames(
            cleaned, units, comparisons, form, study, reliability=reliability
        )
        implementation = implement(self.folder, cleaned, form, study, draws=99, seed=study.seed)
        of_plan = publish_implementation(implementation, self.meetings, published, form, study)
        return pd.concat([published, of_plan], ignore_index=True)

    def protect(self, published: pd.DataFrame) -> pd.DataFrame:
        """Return `published` after rule 5."""
        known = published, self.cleaned, self.questionnaire, self.study
        return protect(*known, theme_cells=self.meetings.theme_cells)

    def protect_counts(self, published: pd.DataFrame) -> pd.DataFrame:
        """Return `published` with rule 5 for the counts of each question by themselves only."""
        published = published.copy()
        for question in self.questionnaire:
            if question.choices and question.name in self.cleaned.states:
                counts = question_counts(self.cleaned, question)
                protect_answers(published, counts, question.name)
        return published

    def attack(self, published: pd.DataFrame, **limits) -> list[tuple]:
        """Return the people and pairs whose scores are known too closely."""
        known = published, self.cleaned, self.scores, self.questionnaire, self.study
        return Attacker(*known, **limits).exposed(self.study.thresholds.protection)

    def counts(self, published: pd.DataFrame) -> list[tuple]:
        """Return withheld counts that other counts, or the numbers of scores, determine."""
        register = read_meetings(self.folder, self.study)
        themes = [] if register is None else known_themes(published, register.rows)
        people = known_counts(published, self.cleaned, self.questionnaire)
        return [*people, *known_unanswered(published, *self.inputs), *themes]

    @property
    def several(self) -> list[str]:
        """The questions with several answers."""
        return [one.name for one in self.questionnaire if one.kind == "select_multiple"]

    @property
    def inputs(self) -> tuple:
        """What every attacker knows in addition to `published`."""
        return self.cleaned, self.questionnaire, self.study

    def leaks(self, published: pd.DataFrame) -> list[tuple]:
        """Return everything that the attackers find."""
        return [
            *self.attack(published),
            *self.counts(published),
            *self.counts_from_means(published),
            *self.means_from_differences(published),
        ]

    def means_from_differences(self, published: pd.DataFrame, **limits) -> list[tuple]:
        """Return withheld means that differences tell more closely than all else does, by a point.

        Limits of differences are left out: they tell something of the spread, as they should.
        """
        known = self.cleaned, self.scores, self.questionnaire, self.study
        of_differences = published["table"].isin(DIFFERENCES)
        with_them, without = published.copy(), published.copy()
        with_them.loc[of_differences, ["low", "high"]] = np.nan
        without.loc[of_differences, "shown"] = False
        before = Attacker(without, *known, **limits).widths_of_means()
        after = Attacker(with_them, *known, **limits).widths_of_means()
        return [(*key, width) for key, width in after.items() if width < before[key] - 1]

    def counts_from_means(self, published: pd.DataFrame, **limits) -> list[tuple]:
        """Return withheld counts determined by means."""
        known = published, self.cleaned, self.scores, self.questionnaire, self.study
        return Attacker(*known, **limits).counts_determined_by_means()


def row_of(table: str, **keys) -> dict:
    """A shown row of `published` with these columns."""
    return {"table": table, "shown": True, "verdict": "", "reason": "", "note": "", **keys}


def rows_of(*rows: dict) -> pd.DataFrame:
    """A frame `published` made of these rows."""
    return pd.DataFrame(list(rows)).reindex(columns=list(COLUMNS))
