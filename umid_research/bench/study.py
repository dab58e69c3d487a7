"""Open the frames of a study, with names in one language beside the codes, and ask them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.bench import groups
from umid_research.bench.folders import exports_of, frames_of, study_folder
from umid_research.bench.frames import Frames
from umid_research.bench.names import Names, names_of, with_names
from umid_research.bench.results import BY_ITSELF, NOT_BY_PLACE, NOTHING, OF_THE_REPORTS, Result
from umid_research.clean import read_cleaned
from umid_research.clean.privacy import respondent_ids, respondent_key
from umid_research.disclosure.frame import as_published
from umid_research.disclosure.tables import read_published
from umid_research.errors import ParameterError
from umid_research.raw import read_raw
from umid_research.report.study_report import (
    DESCRIPTION,
    processed_folder,
    report_languages,
)
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

One = str | Sequence[str]
_KEYS = ("dimension", "question", "answer", "group", "district", "side", "versus")


@dataclass(frozen=True)
class Bench:
    """A study's frames, and questions to them.

    The frames are new DataFrames whose columns `…_name` have names beside codes; `frames` has them
    without names, as the functions of the library take them. `published` has the published tables.
    `changes` says how the study differs from that of the reports; `folder` is the study folder, or
    None if it is not known.
    """

    frames: Frames
    language: str
    published: Mapping[str, pd.DataFrame]
    folder: Path | None = None
    changes: tuple[str, ...] = ()

    @property
    def study(self) -> Study:
        """The study's description."""
        return self.frames.study

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions and their choices."""
        return self.frames.questionnaire

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
        raw = read_raw(exports_of(self.study, self.folder), self.questionnaire, self.study)
        ids = respondent_ids(raw, respondent_key(self.study))
        return raw.assign(respondent=ids)[["respondent", *raw.columns]]

    @property
    def responses(self) -> pd.DataFrame:
        """The cleaned answers, one row per respondent."""
        return self.labelled(self.frames.cleaned.responses)

    @property
    def states(self) -> pd.DataFrame:
        """Whether each answer was given, is missing, or was not asked."""
        return self.frames.cleaned.states.copy()

    @property
    def issues(self) -> pd.DataFrame:
        """The problems and changes of the cleaning, one row each."""
        return self.frames.cleaned.issues.copy()

    @property
    def set_aside(self) -> pd.DataFrame:
        """The submissions that are not analysed, each with its reason."""
        return self.frames.cleaned.set_aside.copy()

    @property
    def scores(self) -> pd.DataFrame:
        """The scores, 0 to 100, one row per respondent and dimension."""
        return self.labelled(self.frames.scores)

    @property
    def units(self) -> pd.DataFrame:
        """The scores of organisations and communities, one row per unit and dimension."""
        return self.labelled(self.frames.units)

    @property
    def comparisons(self) -> pd.DataFrame:
        """The comparisons of groups, districts and sides, one row per contrast."""
        return self.labelled(self.frames.comparisons)

    def only(self, **values: One) -> "Bench":
        """Return the study of those who have one of the values: `only(group="community")`."""
        return self._of(values, keep=True)

    def without(self, **values: One) -> "Bench":
        """Return the study without those who have the values: `without(locality="Guba 3")`."""
        return self._of(values, keep=False)

    def score(
        self,
        *,
        items: Mapping[str, One] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> "Bench":
        """Return the study scored in another way.

        Parameters
        ----------
        items
            Dimension -> the only items to score it by: `{"trust": ["trust_cdc", "trust_ngo"]}`.
        weights
            Dimension -> its weight in the index, 0 or more; by default 1.
        """
        frames, changes = self.frames, list(self.changes)
        for dimension, names in (items or {}).items():
            frames = frames.with_items(dimension, _listed(names))
            changes.append(f"{dimension} scored by {', '.join(_listed(names))}")
        for dimension, weight in (weights or {}).items():
            changes.append(f"weight {weight} of {dimension} in the index")
        if weights:
            frames = frames.with_weights(weights)
        return replace(self, frames=frames, changes=tuple(changes))

    def means(self, by: str, dimensions: One | None = None) -> Result:
        """Return the mean scores of units: dimension, grouping, score, units, respondents.

        Parameters
        ----------
        by
            "group", "district", "side", or a question with one answer from a list, such as "sex".
        dimensions
            One or several; by default all.
        """
        chosen = self._dimensions(dimensions)
        made = groups.means(self.frames, by, chosen)
        rows = partial(self._rows, by, f"scores_by_{by}", chosen, contrasts=False)
        return self._result(f"means by {by}", by, made, rows)

    def compare(self, by: str, dimensions: One | None = None) -> Result:
        """Return the comparisons of every two groups, with the columns of `comparisons`.

        By group, district or side they are those of the reports, adjusted within their family. By a
        question they are exploratory, and adjusted over this call; see `bench.groups`. The
        parameters are those of `means`.
        """
        chosen = self._dimensions(dimensions)
        made = groups.comparisons(self.frames, by, chosen)
        rows = partial(self._rows, by, f"differences_by_{by}", chosen, contrasts=True)
        return self._result(f"differences by {by}", by, made, rows)

    def crosstab(self, question: str, by: str) -> Result:
        """Return how many gave each answer to a question: grouping, answer, value, respondents.

        Parameters
        ----------
        question
            A question with choices.
        by
            "group", "district", or a question with one answer from a list.
        """
        found = groups.counts(self.frames, by, question)
        made = found[
            ["answer", "district" if by == "district" else "group", "value", "respondents"]
        ]
        title = f"answers to {question} by {by}"
        if by not in groups.FAMILIES:
            return self._result(title, by, made, lambda: as_published([found]))
        table = self.published[f"answers_by_{by}"]
        return self._result(title, by, made, lambda: table[table["question"] == question])

    def _rows(self, by: str, table: str, chosen: list[str], *, contrasts: bool) -> pd.DataFrame:
        """Return the published rows of these dimensions, or what the rules leave of them."""
        if by not in groups.FAMILIES:
            return groups.passed(self.frames, by, chosen, contrasts=contrasts)
        tables = [table, *(["differences_exploratory"] if contrasts and by == "group" else [])]
        rows = pd.concat([self.published[name] for name in tables])
        return rows[rows["dimension"].isin(chosen)]

    def _result(
        self, title: str, by: str, made: pd.DataFrame, rows: Callable[[], pd.DataFrame]
    ) -> Result:
        """Return an internal result; `rows` returns its rows of `published`."""
        own = by not in groups.FAMILIES
        refused = NOTHING if self.changes else ""
        if own and groups.names_a_place(self.study, by):
            refused = NOT_BY_PLACE
        names = dict(self._names)
        if own:
            names |= dict.fromkeys(("group_a", "group_b", "versus"), names[by])

        def named(frame: pd.DataFrame) -> pd.DataFrame:
            return with_names(frame.rename(columns={"group": by} if own else {}), names)

        def check() -> Result:
            if refused:
                gone = named(made[[key for key in (*_KEYS, "group_a", "group_b") if key in made]])
                why = refused.partition(": ")[2]
                return Result(gone.head(0), title, refused, gone.assign(why=why))
            found = rows().drop(columns=["provenance", "table", "note"], errors="ignore")
            shown = found["shown"].astype(bool)
            keys = [key for key in _KEYS if key in found and found[key].notna().any()]
            reason = ["reason"] if "versus" in keys else []
            hidden = found.loc[~shown, [*keys, *reason]].reset_index(drop=True)
            shared = [key for key in keys if key in made]
            internal = hidden if reason else hidden.merge(made, on=shared, how="left")
            gone = named(hidden[keys]).assign(why=groups.why_withheld(internal, self.study))
            kept = found[shown].drop(columns="shown").replace("", pd.NA)
            kept = kept.dropna(axis=1, how="all") if len(kept) else kept[keys]
            return Result(named(kept), title, BY_ITSELF if own else OF_THE_REPORTS, gone)

        return Result(named(made), "; ".join([title, *self.changes]), check=check)

    def _of(self, values: Mapping[str, One], *, keep: bool) -> "Bench":
        bench = self
        for column, value in values.items():
            frames = bench.frames.of(column, _listed(value), keep=keep)
            change = f"{'only' if keep else 'without'} {column} {', '.join(_listed(value))}"
            bench = replace(bench, frames=frames, changes=(*bench.changes, change))
        return bench

    def _dimensions(self, dimensions: One | None) -> list[str]:
        known = [*self.questionnaire.dimensions, INDEX]
        chosen = known if dimensions is None else _listed(dimensions)
        for name in chosen:
            if name not in known:
                raise ParameterError("there is no such dimension", found=name, possible=known)
        return chosen

    def labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with a column of names after each column of codes."""
        return with_names(frame, self._names)

    @cached_property
    def _names(self) -> Names:
        return names_of(self.study, self.questionnaire, self.language)


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
    folder = None if folder is None else study_folder(Path(folder))
    processed = processed_folder() if folder is None else frames_of(folder)
    study = read_study(processed / DESCRIPTION)
    known = report_languages(study)
    if language not in (None, *known):
        raise ParameterError(
            "the bench has no names in this language", found=language, possible=known
        )
    questionnaire = read_questionnaire(processed / DESCRIPTION, study)
    frames = Frames(study, questionnaire, read_cleaned(processed, questionnaire))
    return Bench(frames, language or known[0], read_published(processed), folder)


def _listed(values: One) -> list[str]:
    return [values] if isinstance(values, str) else list(values)
