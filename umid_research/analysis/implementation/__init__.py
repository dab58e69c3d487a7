"""Compute how far each measure of the plan is implemented in each district, as frame `status`.

    measure  area      district  perceived    perceived_n  cannot_judge_share
    M01      services  quba      Substantial           19                0.14

      documentary  documentary_n  analyst  reason                   evidence
      Limited                  4  Limited  Certificates are given…  E001 E014

For example, 19 people in Guba could judge the area of measure M01 (14 % of those asked could not);
their lower median is Substantial. 4 checks of its required evidence give Limited. An analyst, who
refers to two of them, codes Limited. The three are never merged: they are a view, a document and a
judgement (analysis plan, section 5). Codes follow the IRM scale. A measure without any possible
check has No Evidence Available, which is different from Not Started.

The other frames: `measures`, the register; `reasons`, the analyst's reasons in every language
(`status` has the first one); `checks`, the evidence by locality; `views` and `gaps`, the groups'
views of the areas and their differences; `agreement` of the checkers; `register_issues`, problems
in the registers; `registers`, the existing registers.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation import analyst, evidence, measures
from umid_research.analysis.implementation.agreement import checkers_agreement
from umid_research.analysis.implementation.evidence import (
    CODES,
    NO_EVIDENCE,
    check_cells,
    documentary_status,
    read_evidence,
)
from umid_research.analysis.implementation.views import (
    area_gaps,
    area_units,
    area_views,
    perceived_status,
)
from umid_research.analysis.verdicts import read_codes
from umid_research.clean import Cleaned
from umid_research.clean.registers import no_issues, unread
from umid_research.frames import read_frame
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = [
    "CODES",
    "NO_EVIDENCE",
    "STATUS_COLUMNS",
    "Implementation",
    "disagreements",
    "implement",
    "read_implementation",
]

STATUS_COLUMNS = (
    *("measure", "area", "district", "perceived", "perceived_n", "cannot_judge_share"),
    *("documentary", "documentary_n", "analyst", "reason", "evidence"),
)
REGISTERS = (measures.NAME, evidence.NAME, analyst.NAME)
_STEP = {code: place for place, code in enumerate(CODES) if code != NO_EVIDENCE}
_COLUMNS_OF_CODES = ("perceived", "documentary", "analyst")


@dataclass(frozen=True)
class Implementation:
    """All frames about the implementation; see the module."""

    status: pd.DataFrame
    measures: pd.DataFrame
    reasons: pd.DataFrame
    checks: pd.DataFrame
    views: pd.DataFrame
    gaps: pd.DataFrame
    agreement: pd.DataFrame
    register_issues: pd.DataFrame
    registers: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name, in the order in which they are written."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def implement(
    folder: Path,
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    draws: int = 99_999,
    seed: int,
) -> Implementation:
    """Return all frames about the implementation.

    Without measures.csv, `status` is empty, and evidence and codes are not read. Without
    evidence.csv, every documentary status is No Evidence Available. Without analyst_codes.csv, the
    analyst's codes are blank. `registers` says which registers exist.

    Parameters
    ----------
    folder : Path
        The study folder with the registers.
    cleaned : Cleaned
        The survey's cleaned answers.
    draws, seed : int
        Number of random sign flips for `gaps`, and the seed of all random numbers.
    """
    register = measures.read_measures(folder, study)
    found = {measures.NAME: register, evidence.NAME: None, analyst.NAME: None}
    issues = [no_issues()]
    if register is None:
        issues += [unread(folder, name, "no_measures") for name in (evidence.NAME, analyst.NAME)]
    else:
        checked = read_evidence(folder, register, study)
        checks = None if checked is None else checked.rows
        coded = analyst.read_analyst_codes(folder, register, checks, study)
        found[evidence.NAME] = checks
        found[analyst.NAME] = None if coded is None else coded.rows
        issues += [part.issues for part in (checked, coded) if part is not None]
    rows = _no_measures(study) if register is None else register
    cells = check_cells(found[evidence.NAME], rows, study)
    codes = _no_codes(study) if found[analyst.NAME] is None else found[analyst.NAME]
    reasons = analyst.long_reasons(codes, study)
    units = area_units(cleaned, questionnaire, study)
    perceived = perceived_status(cleaned, questionnaire, study)
    return Implementation(
        status=_status(rows, cells, perceived, codes, reasons, study),
        measures=rows,
        reasons=reasons,
        checks=cells,
        views=area_views(units),
        gaps=area_gaps(units, study, draws=draws, seed=seed),
        agreement=checkers_agreement(found[evidence.NAME], seed=seed),
        register_issues=pd.concat(issues, ignore_index=True),
        registers=_registers(found),
    )


def disagreements(status: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of columns of `status` whose codes differ by more than one step.

    One row per measure × district × pair; `first` and `second` have the names of the columns,
    `first_code` and `second_code` their codes. No Evidence Available is no step of the scale; it is
    listed against an analyst's code of Limited or more, because no document supports that code.
    """
    parts = []
    pairs = (("perceived", "documentary"), ("documentary", "analyst"), ("perceived", "analyst"))
    for first, second in pairs:
        a, b = (status[column].map(_STEP).astype(float) for column in (first, second))
        differ = (a - b).abs() > 1
        if first == "documentary":
            differ |= (status[first] == NO_EVIDENCE) & (b >= _STEP[CODES[2]])
        rows = status.loc[differ, ["measure", "area", "district", first, second]]
        rows = rows.rename(columns={first: "first_code", second: "second_code"})
        parts.append(rows.assign(first=first, second=second))
    columns = ["measure", "area", "district", "first", "second", "first_code", "second_code"]
    return pd.concat(parts)[columns].sort_index(kind="stable").reset_index(drop=True)


def read_implementation(folder: Path) -> Implementation:
    """Read the frames from the folder to which they were written."""
    numbers = (
        *("perceived_n", "cannot_judge_share", "documentary_n", "credit", "score", "units"),
        *("respondents", "n_a", "n_b", "estimate", "low", "high", "p_adjusted", "p_smallest"),
        *("skewness", "alpha", "double", "differ", "row", "rows"),
    )
    names = [field.name for field in fields(Implementation)]
    frames = {name: read_frame(folder, name, numbers=numbers) for name in names}
    return Implementation(**{**frames, "gaps": read_codes(frames["gaps"], "gaps")})


def _status(
    register: pd.DataFrame,
    cells: pd.DataFrame,
    perceived: pd.DataFrame,
    coded: pd.DataFrame,
    reasons: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    districts = pd.DataFrame({"district": list(study.districts)})
    status = register.rename(columns={"id": "measure"})[["measure", "area"]]
    status = status.merge(districts, how="cross").merge(
        perceived, how="left", on=["area", "district"]
    )
    status = status.merge(
        documentary_status(cells, ["measure", "district"]), how="left", on=["measure", "district"]
    )
    asked = status["perceived_n"] + status["cannot_judge"]
    status = status.assign(
        cannot_judge_share=status["cannot_judge"] / asked.where(asked > 0),
        # A district without localities has no checks, so the merge leaves it blank.
        documentary=status["documentary"].fillna(NO_EVIDENCE),
        documentary_n=status["checks"].fillna(0).astype(int),
        perceived_n=status["perceived_n"].fillna(0).astype(int),
    )
    keys = ["measure", "district"]
    codes = coded.rename(columns={"code": "analyst"})[[*keys, "analyst", "evidence"]]
    first = reasons.drop_duplicates(keys)[[*keys, "reason"]]
    status = status.merge(codes, how="left", on=keys).merge(first, how="left", on=keys)
    return status[list(STATUS_COLUMNS)]


def _no_measures(study: Study) -> pd.DataFrame:
    texts = [f"text_{language}" for language in study.languages]
    return pd.DataFrame(columns=["id", "area", *texts, "evidence_items", "verified"], dtype=str)


def _no_codes(study: Study) -> pd.DataFrame:
    columns = [*analyst.COLUMNS, *analyst.reason_columns(study)]
    return pd.DataFrame(columns=columns, dtype=str)


def _registers(found: dict[str, pd.DataFrame | None]) -> pd.DataFrame:
    """Return the number of usable rows of each register; blank without a file."""
    rows = [pd.NA if frame is None else len(frame) for frame in found.values()]
    return pd.DataFrame({"register": list(found), "rows": pd.array(rows, dtype="Int64")})
