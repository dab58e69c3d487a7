"""Open the frames of a study, with names in one language beside the codes."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from umid_research.analysis.compare import compare_units
from umid_research.analysis.score import INDEX, score_responses, score_units
from umid_research.clean import Cleaned, read_cleaned
from umid_research.clean.privacy import respondent_ids, respondent_key
from umid_research.errors import FrameError, ParameterError
from umid_research.raw import read_raw
from umid_research.report.study_report import (
    DESCRIPTION,
    Report,
    processed_folder,
    report_languages,
    words_of,
)
from umid_research.runs.stamp import frames_are_current, made_from, study_id
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

RAW_VARIABLE = "UMID_RAW"
_PROJECT = Path(__file__).resolve().parents[2]
BUNDLED = _PROJECT / "data" / "raw"


@dataclass(frozen=True)
class Bench:
    """A study's frames; each is a new DataFrame whose columns `…_name` have names beside codes.

    `folder` is the study folder, or None if it is not known.
    """

    study: Study
    questionnaire: Questionnaire
    cleaned: Cleaned
    language: str
    folder: Path | None = None

    @cached_property
    def raw(self) -> pd.DataFrame:
        """The submissions as received, one row each, all text, with the id of the respondent.

        Raises ParameterError unless the study is simulated: `raw` is not written to disk, and a
        notebook that shows it would be.
        """
        if self.study.provenance != "simulated":
            raise ParameterError(
                "answers as received are shown of a simulated study only, because a saved notebook "
                "would keep them; `responses` has the cleaned answers",
                found=self.study.provenance,
            )
        raw = read_raw(self._exports(), self.questionnaire, self.study)
        ids = respondent_ids(raw, respondent_key(self.study))
        return raw.assign(respondent=ids)[["respondent", *raw.columns]]

    @property
    def responses(self) -> pd.DataFrame:
        """The cleaned answers, one row per respondent."""
        return self.labelled(self.cleaned.responses)

    @property
    def states(self) -> pd.DataFrame:
        """Whether each answer was given, is missing, or was not asked."""
        return self.cleaned.states.copy()

    @property
    def issues(self) -> pd.DataFrame:
        """The problems and changes of the cleaning, one row each."""
        return self.cleaned.issues.copy()

    @property
    def set_aside(self) -> pd.DataFrame:
        """The submissions that are not analysed, each with its reason."""
        return self.cleaned.set_aside.copy()

    @property
    def scores(self) -> pd.DataFrame:
        """The scores, 0 to 100, one row per respondent and dimension."""
        return self.labelled(self._scores)

    @property
    def units(self) -> pd.DataFrame:
        """The scores of organisations and communities, one row per unit and dimension."""
        return self.labelled(self._units)

    @property
    def comparisons(self) -> pd.DataFrame:
        """The comparisons of the reports, one row per contrast."""
        return self.labelled(self._comparisons)

    def labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with a column of names after each column of codes."""
        names = self._names
        columns: dict[str, pd.Series] = {}
        for column in frame:
            columns[column] = frame[column]
            if column in names:
                columns[f"{column}_name"] = frame[column].map(names[column]).astype("str")
        return pd.DataFrame(columns)

    @cached_property
    def _scores(self) -> pd.DataFrame:
        responses, states = self.cleaned.responses, self.cleaned.states
        return score_responses(responses, states, self.questionnaire, self.study)

    @cached_property
    def _units(self) -> pd.DataFrame:
        return score_units(self._scores)

    @cached_property
    def _comparisons(self) -> pd.DataFrame:
        return compare_units(self._units, self.study, seed=self.study.seed)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """Return, for every column of codes, the names of its codes."""
        words = words_of(self.study, self.language)
        named = Report("", self.study, self.questionnaire, {}, words, None)

        def of(codes: Iterable[str], name: Callable[[str], str]) -> dict[str, str]:
            return {code: name(code) for code in codes}

        districts = of(list(self.study.districts), named.district_name)
        groups = of(list(self.study.groups), named.group)
        sides = {side: words(f"table.side.{side}") for side in ("supply", "demand")}
        answers = {
            question.name: of(question.choice_names, partial(named.answer, question.name))
            for question in self.questionnaire
            if question.kind == "select_one"
        }
        contrasted = {**groups, **districts, **sides}
        return {
            **answers,
            "district": districts,
            **self._localities(named),
            "group": groups,
            "group_a": contrasted,
            "group_b": contrasted,
            "dimension": of([*self.study.dimensions, INDEX], named.dimension),
            "question": of(list(self.questionnaire.names), named.question),
        }

    def _localities(self, named: Report) -> dict[str, dict[str, str]]:
        role = self.study.roles.locality
        codes = self.questionnaire[role].choice_names if role else ()
        return {"locality": {code: named.locality(code) for code in codes}}

    def _exports(self) -> Path:
        folder = self.folder or Path(os.environ.get(RAW_VARIABLE) or BUNDLED)
        if study_id(folder) != self.study.id:
            raise ParameterError(
                "the exports of this study are not known; open it by its folder, as "
                "open_study(folder)",
                where=str(folder),
                found=study_id(folder),
                possible=[self.study.id],
            )
        return folder


def open_study(folder: str | Path | None = None, *, language: str | None = None) -> Bench:
    """Return the frames of a study, with names beside codes.

    Parameters
    ----------
    folder
        The study folder, such as "studies/autumn", whose frames `make frames RAW=…` has made. By
        default the study for which JupyterLab was opened, else the bundled one.
    language
        The language of the names; by default the first of the study.

    Raises
    ------
    StudyError
        If the folder is not a study.
    FrameError
        If the frames have not been made, or the study has changed since.
    ParameterError
        If the study does not have the language.
    """
    folder = None if folder is None else _study_folder(Path(folder))
    processed = processed_folder() if folder is None else _frames_of(folder)
    study = read_study(processed / DESCRIPTION)
    known = report_languages(study)
    if language not in (None, *known):
        raise ParameterError(
            "the bench has no names in this language", found=language, possible=known
        )
    questionnaire = read_questionnaire(processed / DESCRIPTION, study)
    cleaned = read_cleaned(processed, questionnaire)
    return Bench(study, questionnaire, cleaned, language or known[0], folder)


def _study_folder(folder: Path) -> Path:
    """Return the folder, below the project if it is not below the working folder."""
    return folder if folder.is_absolute() or folder.exists() else _PROJECT / folder


def _frames_of(folder: Path) -> Path:
    """Return the folder of a study's frames, which the Makefile chooses in the same way."""
    bundled = folder.resolve() == BUNDLED.resolve()
    own = Path("data") if bundled else Path("build") / study_id(folder)
    processed = _PROJECT / own / "processed"
    if not frames_are_current(processed, made_from(folder)):
        raise FrameError(
            f"the frames are missing or older than the study; run `make frames RAW={folder}`",
            where=str(processed),
        )
    return processed
