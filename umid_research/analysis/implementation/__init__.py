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

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation import analyst, evidence, measures
from umid_research.analysis.implementation.agreement import AGREEMENT, checkers_agreement
from umid_research.analysis.implementation.evidence import (
    CODES,
    NO_EVIDENCE,
    check_cells,
    documentary_status,
    read_evidence,
)
from umid_research.analysis.implementation.views import (
    GAPS,
    VIEWS,
    area_gaps,
    area_units,
    area_views,
    perceived_status,
)
from umid_research.clean import Cleaned
from umid_research.clean.registers import ISSUE_COLUMNS, no_issues, unread
from umid_research.frames import Schema, code, number, read_frame, text, whole
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = [
    "CODES",
    "NO_EVIDENCE",
    "STATUS",
    "Implementation",
    "check_inputs",
    "disagreements",
    "implement",
    "read_implementation",
]

STATUS = Schema(
    "status",
    {
        **{name: text() for name in ("measure", "area", "district")},
        "perceived": code(CODES, blank=True),
        "perceived_n": whole(),
        "cannot_judge_share": number(0, 1, blank=True),
        "documentary": code(CODES),
        "documentary_n": whole(),
        "analyst": code(CODES, blank=True),
        **{name: text(blank=True) for name in ("reason", "evidence")},
    },
    key=("measure", "district"),
)
REGISTER_ISSUES = Schema(
    "register_issues",
    {name: text(blank=name in ("column", "old")) for name in ISSUE_COLUMNS} | {"row": whole(1)},
)
REGISTERS = Schema("registers", {"register": text(), "rows": whole(blank=True)}, key=("register",))
SCHEMAS = (
    *(STATUS, measures.MEASURES, analyst.REASONS, evidence.CHECKS, VIEWS, GAPS, AGREEMENT),
    *(REGISTER_ISSUES, REGISTERS),
)
_STEP = {step: place for place, step in enumerate(CODES) if step != NO_EVIDENCE}


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

    def frames(self) -> dict[Schema, pd.DataFrame]:
        """Return the frames by schema, in the order in which they are written."""
        return {schema: getattr(self, schema.name) for schema in SCHEMAS}


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
    rows = measures.no_measures(study) if register is None else register
    cells = check_cells(found[evidence.NAME], rows, study)
    codes = analyst.no_codes(study) if found[analyst.NAME] is None else found[analyst.NAME]
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


def check_inputs(folder: Path, study: Study) -> None:
    """Read the registers of measures, evidence and codes; raise StudyError if one is malformed."""
    register = measures.read_measures(folder, study)
    if register is not None:
        checked = read_evidence(folder, register, study)
        checks = None if checked is None else checked.rows
        analyst.read_analyst_codes(folder, register, checks, study)


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
    return Implementation(**{schema.name: read_frame(folder, schema) for schema in SCHEMAS})


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
    return STATUS.of(status)


def _registers(found: dict[str, pd.DataFrame | None]) -> pd.DataFrame:
    """Return the number of usable rows of each register; blank without a file."""
    return REGISTERS.of(
        [
            {"register": name, "rows": None if frame is None else len(frame)}
            for name, frame in found.items()
        ]
    )
