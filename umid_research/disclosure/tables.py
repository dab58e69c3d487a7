"""The published tables: the columns, types and keys of each, declared once.

The rules and the audit work on one long frame, in which a row is one number of any table. Readers
get a folder of small tables instead, each with its own columns:

    published/quotes.csv
    theme       group              source    language  text               original           shown
    e_services  local_government   meetings  az        İnternet zəifdir…                     True
    e_services  local_government   meetings  en        The internet is…   İnternet zəifdir…  True

For example, this quote about electronic services is from a meeting with local government, in
Azerbaijani, and was translated by a person. In the long frame its theme stands in `dimension`, its
text in `note`.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.errors import FrameError
from umid_research.frames import Schema, code, flag, number, read_frame, text, write_frames
from umid_research.runs.processes import UNFINISHED
from umid_research.study import Study

FOLDER = "published"
_NUMBERS = (
    *("value", "low", "high", "units", "respondents", "p_adjusted", "p_smallest", "mdd", "skewed"),
    *("opposed", "runs", "percent"),
)
# All tables of scores, and all of contrasts, have the same columns: one function renders each.
_SCORE = "value low high units respondents"
_CONTRAST = "value low high units p_adjusted p_smallest mdd skewed opposed"


@dataclass(frozen=True)
class PublishedTable:
    """A published table; `columns` maps its own columns to those of the audited frame."""

    schema: Schema
    columns: Mapping[str, str]

    def of(self, audited: pd.DataFrame) -> pd.DataFrame:
        """Return the table's rows of the audited frame, with the table's own columns."""
        rows = audited[audited["table"] == self.schema.name]
        own = {name: rows[column] for name, column in self.columns.items()}
        return self.schema.checked(pd.DataFrame(own), where=f"published/{self.schema.name}")


def _table(name: str, keys: str, numbers: str, *, verdict: bool = False) -> PublishedTable:
    """Return a table with the given columns; `own=audited` where its own name is another."""
    pairs = [part.partition("=") for part in (*keys.split(), *numbers.split())]
    columns = {own: audited or own for own, _, audited in pairs}
    types = {
        own: number(blank=True) if audited in _NUMBERS else text(blank=True)
        for own, audited in columns.items()
    }
    states = {
        "shown": flag(),
        **({"verdict": code(Verdict, default="")} if verdict else {}),
        "reason": code(Reason, default=""),
    }
    return PublishedTable(Schema(name, {**types, **states}), {**columns, **{k: k for k in states}})


_PUBLISHED = (
    _table("intake", "statistic", "value"),
    _table("account", "step=statistic question choice=answer", "value"),
    _table("interviews", "first=note last=versus", "dated=units undated=respondents"),
    _table("set_aside", "rule=statistic", "value"),
    _table("issues", "column=question action=answer rule=statistic", "value"),
    _table("field_work", "group district locality", "units respondents"),
    _table("scores_by_group", "dimension group", _SCORE),
    _table("scores_by_district", "dimension district", _SCORE),
    _table("scores_by_side", "dimension district side", _SCORE),
    _table("differences_by_group", "dimension group versus family", _CONTRAST, verdict=True),
    _table("differences_exploratory", "dimension group versus family", _CONTRAST, verdict=True),
    _table("differences_by_district", "dimension district versus family", _CONTRAST, verdict=True),
    _table("differences_by_side", "dimension side versus family", _CONTRAST, verdict=True),
    _table("reliability", "dimension statistic", "value low high items=units respondents"),
    _table("robustness", "dimension group side versus family run=statistic", "value runs"),
    _table("district_bands", "dimension district versus", "value"),
    _table("answers", "question answer", "value low high respondents percent"),
    _table("answers_by_group", "question answer group", "value respondents"),
    _table("answers_by_district", "question answer district", "value respondents"),
    _table("numbers", "question group statistic", "value respondents"),
    _table("members", "question answer", "percent low high submissions=respondents"),
    _table("not_knowing", "dimension statistic", "value respondents"),
    _table("registers", "register=statistic", "value"),
    _table(
        "measures",
        "measure=question area=dimension language=answer verified=statistic text=note",
        "",
    ),
    _table(
        "status",
        "measure=question area=dimension district source=statistic code=answer",
        "value checks=units respondents",
    ),
    _table("reasons", "measure=question district language=answer text=note", ""),
    _table(
        "disagreements",
        "measure=question area=dimension district pair=statistic first=answer second=versus",
        "",
    ),
    _table(
        "evidence",
        "measure=question area=dimension item=answer district locality result=statistic",
        "",
    ),
    _table("documentary_by_area", "dimension district", "value checks=units"),
    _table("views_by_area", "dimension group", _SCORE),
    _table("gap_by_area", "dimension", _CONTRAST, verdict=True),
    _table("checking", "statistic", "value low high checks=units"),
    _table("themes_meetings", "theme=dimension group district", "value of=respondents"),
    _table("themes_survey", "theme=dimension group district", "value of=respondents"),
    _table("coding", "theme=dimension statistic", "value low high segments=units"),
    _table(
        "quotes",
        "theme=dimension group district source=statistic language=answer text=note original=versus",
        "",
    ),
    _table("register_issues", "file=question action=answer rule=statistic", "value"),
)
PUBLISHED = {table.schema.name: table for table in _PUBLISHED}
# Written only if it has rows: few forms have repeated groups.
_OPTIONAL = ("members",)


def split_tables(audited: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return every published table, also those without rows, from the audited frame.

    Raises
    ------
    FrameError
        The frame has rows of a table that is not declared here, or a number or text in a column
        that its table does not declare: it would be lost.
    """
    unknown = set(audited["table"]) - set(PUBLISHED)
    if unknown:
        raise FrameError(
            "a table is not declared; add it to umid_research/disclosure/tables.py",
            where="published",
            found=", ".join(sorted(unknown)),
        )
    for name, rows in audited.groupby("table", sort=False):
        _refuse_lost_values(str(name), rows)
    present = set(audited["table"])
    return {
        name: table.of(audited) if name in present else table.schema.empty()
        for name, table in PUBLISHED.items()
    }


def _refuse_lost_values(name: str, rows: pd.DataFrame) -> None:
    # One value for the whole table, such as statistic "mean", says no more than the table's name.
    declared = {"table", *PUBLISHED[name].columns.values()}
    for column in rows.columns.difference(list(declared)):
        values = set(rows[column].dropna()) - {""}
        if len(values) > 1 or (values and column != "statistic"):
            raise FrameError(
                f"column {column} is not declared for this table; add it to "
                "umid_research/disclosure/tables.py",
                where=f"published/{name}",
                found=", ".join(map(str, sorted(values)[:3])),
            )


def write_published(processed: Path, tables: Mapping[str, pd.DataFrame], study: Study) -> None:
    """Write all tables to the folder `published`; it replaces the earlier one as a whole."""
    processed.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=processed, prefix=UNFINISHED) as temporary:
        made = Path(temporary) / FOLDER
        written = {
            PUBLISHED[name].schema: rows
            for name, rows in tables.items()
            if len(rows) or name not in _OPTIONAL
        }
        write_frames(made, written, study)
        shutil.rmtree(processed / FOLDER, ignore_errors=True)
        made.replace(processed / FOLDER)


def read_published(processed: Path) -> dict[str, pd.DataFrame]:
    """Return every published table by its name.

    Raises FrameError if a table is missing or breaks its schema.
    """
    folder = processed / FOLDER
    return {
        name: table.schema.empty()
        if name in _OPTIONAL and not (folder / f"{name}.csv").is_file()
        else read_frame(folder, table.schema)
        for name, table in PUBLISHED.items()
    }
