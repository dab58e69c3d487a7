"""The published numbers of a study in one language, perhaps for one district.

A notebook opens its report in its load cell and shows it. The output of that cell has a small
record from which the exports take title, language and mark.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.disclosure.tables import read_published
from umid_research.errors import ParameterError, ReportError
from umid_research.frames import read_frame
from umid_research.indicators.frames import PROPOSALS
from umid_research.messages import Messages, languages
from umid_research.runs.input_names import neutral_inputs
from umid_research.runs.records import Noted, note, note_rows, unnoted
from umid_research.runs.stamp import stamped_inputs
from umid_research.study import Names, Study, read_study
from umid_research.study.outlines import Outlines, read_outlines
from umid_research.study.questionnaire import Questionnaire, read_questionnaire

PROCESSED_VARIABLE = "UMID_PROCESSED"
TRACKED = Path(__file__).resolve().parents[2] / "notebooks"
BUNDLED = Path(__file__).resolve().parents[2] / "data" / "processed"
# Folder in `processed` with study.toml, the questionnaire and the outlines of the districts.
DESCRIPTION = "study"
# Folder in a study's description with the definitions of its indicators, if it has activities.
ACTIVITIES = "activities"
RECORD_TYPE = "application/vnd.umid.record+json"


@dataclass(frozen=True)
class Report:
    """The published numbers of a study, with names and texts in the report's language.

    `inputs` maps neutral names of the files that the frames were made from to their SHA-256, of a
    confidential study to ""; it is empty if they are not known. `proposals` are the distinct
    proposals of the activities, masked; `has_activities` is whether there is a report of them to
    link to.
    """

    notebook: str
    study: Study
    questionnaire: Questionnaire
    published: Mapping[str, pd.DataFrame]
    text: Messages
    district: str | None
    outlines: Outlines | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    proposals: pd.DataFrame = field(default_factory=PROPOSALS.empty)
    has_activities: bool = False

    @property
    def language(self) -> str:
        """Return the language of the report."""
        return self.text.language

    @property
    def tables(self) -> set[str]:
        """Return the names of the published tables that have rows."""
        note("tables")
        return {name for name, rows in _content(self.published).items() if len(rows)}

    @property
    def dimensions(self) -> list[str]:
        """Return the dimensions that the published tables name, in the study's order."""
        note("dimensions")
        tables = _content(self.published).values()
        named = (rows["dimension"].dropna().unique() for rows in tables if "dimension" in rows)
        return list(dict.fromkeys(chain.from_iterable(named)))

    @property
    def is_weighted(self) -> bool:
        """Return whether the study has weights, so that percentages differ from raw shares."""
        return self.study.roles.weight is not None

    @property
    def is_documented(self) -> bool:
        """Return whether the study has documentary evidence, not only survey answers."""
        return "documentary_by_area" in self.tables

    def rows(self, table: str, **keys: str) -> pd.DataFrame:
        """Return the rows of a published table whose columns equal the given values."""
        note_rows(table, keys)
        rows = _content(self.published)[table]
        # On NumPy's arrays: reports ask for rows hundreds of times.
        is_wanted = np.ones(len(rows), dtype=bool)
        for column, value in keys.items():
            is_wanted &= rows[column].to_numpy() == value
        return rows[is_wanted].reset_index(drop=True)

    def name(self, names: Names) -> str:
        """Return the name in the report's language."""
        return names[self.language]

    def localised(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """Pick the text in the report's language, else the untagged one, else the first.

        Return (text, language); the untagged text has the language "".
        """
        known = {language: text for language, text in texts.items() if text}
        for language in (self.language, "", *known):
            if language in known:
                return known[language], language
        return "", ""

    def group(self, key: str) -> str:
        """Return a group's name."""
        return self.name(self.study.groups[key].name)

    def district_name(self, key: str) -> str:
        """Return a district's name."""
        return self.name(self.study.districts[key].name)

    def locality(self, key: str) -> str:
        """Return a locality's name from the form, or its key if it is not a choice of the form."""
        role = self.study.roles.locality
        choices = self.questionnaire[role].choices if role else ()
        labels = {choice.name: choice.labels[self.language] for choice in choices}
        return labels.get(key, key)

    def dimension(self, key: str) -> str:
        """Return a dimension's name; that of the index is in the catalogue."""
        if key == INDEX:
            return self.text("index")
        return self.name(self.study.dimensions[key].name)

    def title(self, notebook: str, district: str = "") -> str:
        """Return the title of a notebook's report; that of the study is what the study asks."""
        return self.text(f"title.{notebook}", district=district)

    def question(self, name: str) -> str:
        """Return a question's wording."""
        return self.questionnaire[name].labels[self.language]

    def answer(self, question: str, code: str) -> str:
        """Return a choice's wording."""
        choices = self.questionnaire[question].choices
        return {choice.name: choice.labels[self.language] for choice in choices}[code]

    @property
    def record(self) -> dict[str, Any]:
        """Return the record that the exporters read; see `output.document.record_of`."""
        place = self.district_name(self.district) if self.district else None
        mark = self.text("mark") if self.study.provenance == "simulated" else ""
        key = f"title.{self.notebook}"
        is_own = key not in self.text.keys  # a user's own notebook has no title in the catalogue
        return {
            "study": self.study.id,
            "title": self.notebook if is_own else self.title(self.notebook, place or ""),
            "subtitle": self.name(self.study.title),
            "provenance": self.study.provenance,
            "mark": mark,
            "language": self.language,
            "district": self.district,
            "contents_title": self.text("contents"),
            "page_label": self.text("page"),
            "skip_label": self.text("skip"),
            "figure_label": self.text("figure_label", n="{n}"),
            "description": " ".join(filter(None, [f"{self.name(self.study.title)}.", mark])),
        }

    def _numbers(self) -> int:
        """Return how many numbers are published."""
        note("numbers")
        return sum(map(len, _content(self.published).values()))

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        everybody = self.rows("field_work")
        total = everybody[everybody[["group", "district", "locality"]].isna().all(axis=1)]
        loaded = self.text(
            "loaded",
            title=self.name(self.study.title),
            respondents=int(total["respondents"].iloc[0]),
            units=int(total["units"].iloc[0]),
            numbers=self._numbers(),
        )
        return {"text/plain": loaded, RECORD_TYPE: self.record}


def open_report(
    notebook: str, *, language: str, district: str | None = None, processed: Path | None = None
) -> Report:
    """Return the report of a notebook, read from derived frames.

    Parameters
    ----------
    notebook
        The notebook's file name without suffix; a user's own notebook may have any name.
    language, district
        Keys of the study: the language of all texts, and the district if the report has one.
    processed
        The folder of the frames; by default the one in the environment variable UMID_PROCESSED,
        else that of the bundled study.

    Raises
    ------
    ParameterError
        If the study has no such language or district.
    FrameError
        If the frames have not been made.
    ReportError
        If the study is confidential and git tracks the notebooks in the working folder.
    """
    folder = processed_folder(processed)
    with unnoted():  # a report notes what it asks of them
        published = Noted(read_published(folder), "frame:published/{}.csv".format)
        known = neutral_inputs(stamped_inputs(folder))
    study = read_study(folder / DESCRIPTION)
    if study.provenance == "field":  # a hash would tell whether a guessed export is the right one
        known = dict.fromkeys(known, "")
    inputs = Noted(known, lambda _: "inputs", keys="inputs")
    _refuse_tracked_folder(study)
    check_parameters(study, language=language, district=district)
    return Report(
        notebook=notebook,
        study=study,
        questionnaire=read_questionnaire(folder / DESCRIPTION, study),
        published=published,
        text=words_of(study, language),
        district=district,
        outlines=read_outlines(folder / DESCRIPTION, study),
        inputs=inputs,
        proposals=_proposals(folder),
        has_activities=(folder / DESCRIPTION / ACTIVITIES).is_dir(),
    )


def _content(published: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """Return the published tables without noting that they are asked for."""
    return published.content if isinstance(published, Noted) else published


def _proposals(folder: Path) -> pd.DataFrame:
    """Return the distinct proposals of the activities; no rows for a study without activities."""
    made = (folder / f"{PROPOSALS.name}.csv").is_file()
    return read_frame(folder, PROPOSALS) if made else PROPOSALS.empty()


def _refuse_tracked_folder(study: Study) -> None:
    """Raise ReportError where saving a notebook would put confidential results into git."""
    here = Path.cwd()
    if study.provenance == "field" and TRACKED in (here, *here.parents):
        raise ReportError(
            "git tracks the notebooks in this folder, and the study is confidential; open copies "
            "of them with `make lab RAW=<study folder>`",
            where=str(here),
            found=study.id,
        )


def words_of(study: Study, language: str) -> Messages:
    """Return the report texts with the study's own words, by default neutral ones.

    The texts of a study where each person is a unit mention only people.
    """
    wording = "people" if study.counts_people else ""
    words = {key: names[language] for key, names in study.words.given().items()}
    if study.areas and "title" not in words:
        words["title"] = Messages(language)("words.title_plan")
    return Messages(language, wording=wording, words=words)


def processed_folder(processed: Path | None = None) -> Path:
    """Return the given folder of derived frames, else UMID_PROCESSED, else the bundled one."""
    return processed or Path(os.environ.get(PROCESSED_VARIABLE) or BUNDLED)


def report_languages(study: Study) -> tuple[str, ...]:
    """Return the languages of the study with a catalogue of texts, in the study's order."""
    supported = tuple(language for language in study.languages if language in languages())
    if not supported:
        raise ReportError(
            "no language of the study has a catalogue of report texts; declare a possible one, "
            "with labels in the questionnaire, or add a catalogue to umid_research/messages",
            where="study.toml, entry languages",
            found=", ".join(study.languages),
            possible=languages(),
        )
    return supported


def check_parameters(study: Study, *, language: str, district: str | None) -> None:
    """Raise ParameterError for a language or a district that the study does not have."""
    if language not in study.languages:
        raise ParameterError(
            "the study has no texts in this language", found=language, possible=study.languages
        )
    if district is not None and district not in study.districts:
        raise ParameterError(
            "the study has no such district", found=district, possible=study.districts
        )
