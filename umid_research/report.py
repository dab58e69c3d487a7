"""What a notebook works with: one study, one language, perhaps one district, published numbers.

A notebook opens its report in its load cell and shows it; that puts a small record into the
cell's output, from which the exporters know title, language and mark.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from umid_research.disclosure import NUMBERS
from umid_research.errors import ParameterError, ReportError
from umid_research.frames import read_frame
from umid_research.input_names import neutral_inputs
from umid_research.messages import Messages, languages
from umid_research.outlines import Outlines, read_outlines
from umid_research.questionnaire import Questionnaire, read_questionnaire
from umid_research.score import INDEX
from umid_research.stamp import stamped_inputs
from umid_research.study import Names, Study, read_study
from umid_research.verdicts import read_codes

PROCESSED_VARIABLE = "UMID_PROCESSED"
TRACKED = Path(__file__).resolve().parents[1] / "notebooks"
BUNDLED = Path(__file__).resolve().parents[1] / "data" / "processed"
# The folder inside processed that holds what was asked, and where: study.toml, the questionnaire,
# the outlines of the districts.
DESCRIPTION = "study"
RECORD_TYPE = "application/vnd.umid.record+json"


@dataclass(frozen=True)
class Report:
    """The published numbers of a study, and the names and words to tell them with.

    `inputs` are the files that the frames were made from, under neutral names, with their SHA-256;
    none where they are not known.
    """

    notebook: str
    study: Study
    questionnaire: Questionnaire
    published: pd.DataFrame
    text: Messages
    district: str | None
    outlines: Outlines | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language the report is written in."""
        return self.text.language

    @property
    def tables(self) -> set[str]:
        """The tables of `published` that the study has rows of."""
        return set(self.published["table"])

    @property
    def is_weighted(self) -> bool:
        """Whether the study has weights, so that percentages and numbers of people differ."""
        return self.study.roles.weight is not None

    @property
    def is_documented(self) -> bool:
        """Whether documents were looked at, and not only people asked."""
        return "documentary_by_area" in self.tables

    def rows(self, table: str, **keys: str) -> pd.DataFrame:
        """The rows of one table of `published`, those whose keys equal the given ones."""
        rows = self.published[self.published["table"] == table]
        for column, value in keys.items():
            rows = rows[rows[column] == value]
        return rows.reset_index(drop=True)

    def name(self, names: Names) -> str:
        """The name in the report's language."""
        return names[self.language]

    def localised(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """Of a text per language the one for this report, and its language.

        It is in the report's own; else in none that is named, which is the key ""; else the first.
        """
        known = {language: text for language, text in texts.items() if text}
        for language in (self.language, "", *known):
            if language in known:
                return known[language], language
        return "", ""

    def group(self, key: str) -> str:
        """A group's name."""
        return self.name(self.study.groups[key].name)

    def district_name(self, key: str) -> str:
        """A district's name."""
        return self.name(self.study.districts[key].name)

    def locality(self, key: str) -> str:
        """A locality's name; one that is no choice of the form is called as the study calls it."""
        role = self.study.roles.locality
        choices = self.questionnaire[role].choices if role else ()
        labels = {choice.name: choice.labels[self.language] for choice in choices}
        return labels.get(key, key)

    def dimension(self, key: str) -> str:
        """A dimension's name; the index has one in the catalogue."""
        if key == INDEX:
            return self.text("index")
        return self.name(self.study.dimensions[key].name)

    def question(self, name: str) -> str:
        """A question's wording."""
        return self.questionnaire[name].labels[self.language]

    def answer(self, question: str, code: str) -> str:
        """A choice's wording."""
        choices = self.questionnaire[question].choices
        return {choice.name: choice.labels[self.language] for choice in choices}[code]

    @property
    def record(self) -> dict[str, Any]:
        """What the exporters must know; see exporters.record_of."""
        place = self.district_name(self.district) if self.district else None
        mark = self.text("mark") if self.study.provenance == "simulated" else ""
        key = f"title.{self.notebook}"
        is_own = key not in self.text.keys  # a researcher's own notebook is called by its name
        return {
            "study": self.study.id,
            "title": self.notebook if is_own else self.text(key, district=place or ""),
            "subtitle": self.name(self.study.title),
            "provenance": self.study.provenance,
            "mark": mark,
            "language": self.language,
            "district": self.district,
            "contents_title": self.text("contents"),
            "page_label": self.text("page"),
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        everybody = self.rows("field_work")
        total = everybody[everybody[["group", "district", "locality"]].isna().all(axis=1)]
        loaded = self.text(
            "loaded",
            title=self.name(self.study.title),
            respondents=int(total["respondents"].iloc[0]),
            units=int(total["units"].iloc[0]),
            numbers=len(self.published),
        )
        return {"text/plain": loaded, RECORD_TYPE: self.record}


def open_report(
    notebook: str, *, language: str, district: str | None = None, processed: Path | None = None
) -> Report:
    """Return what a notebook works with, read from derived frames.

    Parameters
    ----------
    notebook
        The notebook's file name without its ending; any name will do for a notebook of one's own.
    language, district
        Keys of the study: the language of all words, and the district if there is one.
    processed
        The folder of the frames; by default the one that the variable UMID_PROCESSED names, else
        that of the bundled study.

    Raises
    ------
    ParameterError
        If the study has no such language or district.
    FrameError
        If the frames have not been made.
    ReportError
        If the study is confidential and the working folder is one of notebooks tracked by git.
    """
    folder = processed_folder(processed)
    published = read_frame(folder, "published", numbers=NUMBERS)
    study = read_study(folder / DESCRIPTION)
    _refuse_tracked_folder(study)
    check_parameters(study, language=language, district=district)
    return Report(
        notebook=notebook,
        study=study,
        questionnaire=read_questionnaire(folder / DESCRIPTION, study),
        published=read_codes(published, "published").assign(
            shown=published["shown"] == "True", note=published["note"].fillna("")
        ),
        text=words_of(study, language),
        district=district,
        outlines=read_outlines(folder / DESCRIPTION, study),
        inputs=neutral_inputs(stamped_inputs(folder)),
    )


def _refuse_tracked_folder(study: Study) -> None:
    """Refuse to show a confidential study where saving would write results into tracked files."""
    here = Path.cwd()
    if study.provenance == "field" and TRACKED in (here, *here.parents):
        raise ReportError(
            "git tracks the notebooks in this folder, and the study is confidential; open copies "
            "of them with `make lab RAW=<study folder>`",
            where=str(here),
            found=study.id,
        )


def words_of(study: Study, language: str) -> Messages:
    """Return the words for the study's reports: where everybody counts alone, of people only."""
    return Messages(language, wording="people" if study.counts_people else "")


def processed_folder(processed: Path | None = None) -> Path:
    """Where derived frames lie: as given, where UMID_PROCESSED says, or with the bundled study."""
    return processed or Path(os.environ.get(PROCESSED_VARIABLE) or BUNDLED)


def report_languages(study: Study) -> tuple[str, ...]:
    """The languages of the study that reports have words for, in the study's order."""
    found = tuple(language for language in study.languages if language in languages())
    if not found:
        raise ReportError(
            "reports have words for none of the study's languages; declare one they have, with "
            "labels in the questionnaire, or add a catalogue to umid_research/messages",
            where="study.toml, entry languages",
            found=", ".join(study.languages),
            possible=languages(),
        )
    return found


def check_parameters(study: Study, *, language: str, district: str | None) -> None:
    """Refuses a language the study has no names in, and a district it does not know."""
    if language not in study.languages:
        raise ParameterError(
            "the study has no texts in this language", found=language, possible=study.languages
        )
    if district is not None and district not in study.districts:
        raise ParameterError(
            "the study has no such district", found=district, possible=study.districts
        )
