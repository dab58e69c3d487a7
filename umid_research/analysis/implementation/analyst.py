"""Read analyst_codes.csv: a person's completion code per measure and district, with its reason.

The reason is in one column per language of the study (`reason_az`), or in a column `reason` of
unknown language. One of them is enough; a report in another language names the reason's language.
"""

from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation.evidence import CODES
from umid_research.clean.privacy import Content
from umid_research.clean.registers import Register, read_register
from umid_research.frames import Schema, text
from umid_research.study import Study

NAME = "analyst_codes"
COLUMNS = {
    **dict.fromkeys(("measure", "district", "code", "evidence"), Content.CODE),
    "coded_by": Content.INTERNAL,
}
REASON = "reason"
_KEYS = ["measure", "district"]
REASONS = Schema(
    "reasons",
    {
        **{name: text() for name in _KEYS},
        "language": text(blank=True),
        REASON: text(),
    },
    key=(*_KEYS, "language"),
)


def read_analyst_codes(
    folder: Path, measures: pd.DataFrame, evidence: pd.DataFrame | None, study: Study
) -> Register | None:
    """Return the usable codes and issues for the others; None without a file.

    A code without a reason is set aside. Evidence ids that are unknown, or belong to another
    measure or district, become an issue; the code stays with the remaining evidence.
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
    """Return the language of each column of reasons; the column without a language comes last."""
    return {**{f"{REASON}_{language}": language for language in study.languages}, REASON: ""}


def long_reasons(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row per measure × district × language: measure, district, language, reason."""
    columns = reason_columns(study)
    texts = rows[[*_KEYS, *columns]].rename(columns=columns)
    long = texts.melt(_KEYS, var_name="language", value_name=REASON)
    return REASONS.of(long[long[REASON] != ""]).reset_index(drop=True)


def no_codes(study: Study) -> pd.DataFrame:
    """Return the register without rows."""
    return pd.DataFrame(columns=[*COLUMNS, *reason_columns(study)], dtype="str")


def _fitting_evidence(rows: pd.DataFrame, evidence: pd.DataFrame | None) -> pd.Series:
    """Return the evidence ids of each row that are checks of its measure and district."""
    named = rows[_KEYS].assign(place=rows.index, id=rows["evidence"].str.split()).explode("id")
    there = () if evidence is None else pd.MultiIndex.from_frame(evidence[["id", *_KEYS]])
    fits = named[pd.MultiIndex.from_frame(named[["id", *_KEYS]]).isin(there)]
    joined = fits.groupby("place")["id"].agg(" ".join)
    return joined.reindex(rows.index).fillna("")
