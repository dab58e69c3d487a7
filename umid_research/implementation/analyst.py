"""analyst_codes.csv -> one person's completion code per measure and district, with its reason."""

from pathlib import Path

import pandas as pd

from umid_research.implementation.evidence import CODES
from umid_research.registers import Register, read_register
from umid_research.study import Study

NAME = "analyst_codes"
COLUMNS = ("measure", "district", "code", "reason", "evidence", "coded_by")
_KEYS = ["measure", "district"]


def read_analyst_codes(
    folder: Path, measures: pd.DataFrame, evidence: pd.DataFrame | None, study: Study
) -> Register | None:
    """The usable codes of a study folder and what is wrong with the others; None without a file.

    A code without a reason is refused. Evidence that is not there, or belongs to another measure
    or district, is named; the code stays, with the evidence that is left.
    """
    rows = read_register(folder, NAME, COLUMNS)
    if rows is None:
        return None
    register = Register(rows, codes={*measures["id"], *study.districts, *CODES})
    register.set_aside_unknown("measure", measures["id"], "unknown_measure")
    register.set_aside_unknown("district", study.districts, "unknown_district")
    register.set_aside_unknown("code", CODES, "unknown_code")
    register.set_aside(register.rows["reason"] == "", "reason", "no_reason")
    codes = register.rows.groupby(_KEYS)["code"].transform("nunique")
    register.set_aside(codes > 1, "code", "codes_differ")
    register.set_aside(register.rows.duplicated(_KEYS), "code", "code_twice")
    fitting = _fitting_evidence(register.rows, evidence)
    lost = fitting.str.split().str.len() < register.rows["evidence"].str.split().str.len()
    register.note(lost, "evidence", "unknown_evidence")
    register.rows = register.rows.assign(evidence=fitting)
    register.note(fitting == "", "evidence", "no_evidence_named")
    return register


def _fitting_evidence(rows: pd.DataFrame, evidence: pd.DataFrame | None) -> pd.Series:
    """The evidence ids of each row that are checks of its measure and district."""
    named = rows[_KEYS].assign(place=rows.index, id=rows["evidence"].str.split()).explode("id")
    known = pd.DataFrame(columns=["id", *_KEYS]) if evidence is None else evidence
    there = pd.MultiIndex.from_frame(known[["id", *_KEYS]])
    fits = named[pd.MultiIndex.from_frame(named[["id", *_KEYS]]).isin(there)]
    joined = fits.groupby("place")["id"].agg(" ".join)
    return joined.reindex(rows.index).fillna("")
