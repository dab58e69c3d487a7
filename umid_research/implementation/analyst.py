"""analyst_codes.csv -> one person's completion code per measure and district, with its reason.

The reason stands in a column per language of the study, `reason_az`, or in one called `reason`
whose language is not named. One of them is enough; a reader whose language lacks it is told which
language it is in.
"""

from pathlib import Path

import pandas as pd

from umid_research.implementation.evidence import CODES
from umid_research.privacy import Content
from umid_research.registers import Register, read_register
from umid_research.study import Study

NAME = "analyst_codes"
COLUMNS = {
    **dict.fromkeys(("measure", "district", "code", "evidence"), Content.CODE),
    "coded_by": Content.INTERNAL,
}
REASON = "reason"
_KEYS = ["measure", "district"]


def read_analyst_codes(
    folder: Path, measures: pd.DataFrame, evidence: pd.DataFrame | None, study: Study
) -> Register | None:
    """The usable codes of a study folder and what is wrong with the others; None without a file.

    A code without a reason is refused. Evidence that is not there, or belongs to another measure
    or district, is named; the code stays, with the evidence that is left.
    """
    reasons = reason_columns(study)
    words = dict.fromkeys(reasons, Content.WORDS)
    rows = read_register(folder, NAME, COLUMNS, optional=words, names=study.names)
    if rows is None:
        return None
    register = Register(rows, codes={*measures["id"], *study.districts, *CODES})
    register.set_aside_unknown("measure", measures["id"], "unknown_measure")
    register.set_aside_unknown("district", study.districts, "unknown_district")
    register.set_aside_unknown("code", CODES, "unknown_code")
    register.set_aside((register.rows[[*reasons]] == "").all(axis=1), REASON, "no_reason")
    codes = register.rows.groupby(_KEYS)["code"].transform("nunique")
    register.set_aside(codes > 1, "code", "codes_differ")
    register.set_aside(register.rows.duplicated(_KEYS), "code", "code_twice")
    fitting = _fitting_evidence(register.rows, evidence)
    lost = fitting.str.split().str.len() < register.rows["evidence"].str.split().str.len()
    register.note(lost, "evidence", "unknown_evidence")
    register.rows = register.rows.assign(evidence=fitting)
    register.note(fitting == "", "evidence", "no_evidence_named")
    return register


def reason_columns(study: Study) -> dict[str, str]:
    """Columns of reasons -> their languages; the column without one comes last."""
    return {**{f"{REASON}_{language}": language for language in study.languages}, REASON: ""}


def long_reasons(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """One row a measure × district × language that its reason is in; these and the reason."""
    columns = reason_columns(study)
    texts = rows[[*_KEYS, *columns]].rename(columns=columns)
    long = texts.melt(_KEYS, var_name="language", value_name=REASON)
    return long[long[REASON] != ""].reset_index(drop=True)


def _fitting_evidence(rows: pd.DataFrame, evidence: pd.DataFrame | None) -> pd.Series:
    """The evidence ids of each row that are checks of its measure and district."""
    named = rows[_KEYS].assign(place=rows.index, id=rows["evidence"].str.split()).explode("id")
    known = pd.DataFrame(columns=["id", *_KEYS]) if evidence is None else evidence
    there = pd.MultiIndex.from_frame(known[["id", *_KEYS]])
    fits = named[pd.MultiIndex.from_frame(named[["id", *_KEYS]]).isin(there)]
    joined = fits.groupby("place")["id"].agg(" ".join)
    return joined.reindex(rows.index).fillna("")
