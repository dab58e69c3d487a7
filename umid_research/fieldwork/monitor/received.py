"""Read what the frames of `clean` do not keep: times, interviewers, and whether a place came.

    file  row  respondent  rule        minutes  interviewer  place
       1    2  777564f2…                  31.0  07           True
       1    3  90b3a1c5…   no_consent      0.4  07           False

One row per submission as received. For example, the second one was set aside by the rule
`no_consent`, took 0.4 minutes, and has no coordinates. `file` counts the files in `responses/` by
name, as a file's name may hold a person's. No answer is read here, and nothing is cleaned.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from umid_research.clean import Cleaned
from umid_research.clean.privacy import keyed_ids
from umid_research.errors import FrameError
from umid_research.raw import normal, seconds_between
from umid_research.raw.files import submission_files, submission_tables
from umid_research.raw.headers import Headers
from umid_research.raw.table import Table
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire, parse_form, questionnaire_path

# A code has a digit and few letters, so that it cannot be read as a name.
_CODE = re.compile(r"[A-Za-z]{0,3}[-_ ]?\d{1,5}[A-Za-z]?|[A-Za-z]{1,2}")
_PLACES = ("geopoint", "geotrace", "geoshape", "start-geopoint")
_ALIAS_DIGITS = 4


def received_submissions(
    folder: Path,
    raw: pd.DataFrame,
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    key: str,
) -> pd.DataFrame:
    """Return the frame of the module's docstring; columns that are not known are all missing.

    `raw` is as `raw.read_raw` returns it, with the column `respondent`; `key` is the secret that
    the frames were made with. Raises FrameError if the frames were not made from these exports.
    """
    ids = raw["respondent"]
    aside = cleaned.set_aside.set_index(["file", "row"])["rule"]
    rule = pd.Series(
        aside.reindex(pd.MultiIndex.from_frame(raw[["file", "row"]])).fillna("").to_numpy()
    )
    if [*ids[rule == ""]] != [*cleaned.responses["respondent"]]:
        raise FrameError(
            "the frames were not made from the exports in the study folder; make them again",
            where=str(folder),
        )
    numbers = {path.name: n for n, path in enumerate(submission_files(folder), start=1)}
    return pd.DataFrame(
        {
            "file": raw["file"].map(numbers),
            "row": raw["row"],
            "respondent": ids,
            "rule": rule,
            "minutes": seconds_between(raw["started"], raw["ended"]) / 60,
            "interviewer": _interviewers(raw, questionnaire, study, key),
            "place": _has_place(folder, raw, questionnaire, study),
        }
    )


def _interviewers(
    raw: pd.DataFrame, questionnaire: Questionnaire, study: Study, key: str
) -> pd.Series:
    """Return the code of each interviewer, an alias for what may be a name, missing for none."""
    role = study.roles.interviewer
    if role is None:
        return pd.Series(pd.NA, index=raw.index, dtype="str")
    given = raw[role].map(lambda text: normal(text).casefold())
    codes = questionnaire[role].choice_names if role in questionnaire.names else ()
    own = {code for code in codes if any(map(str.isdigit, code))}
    shown = raw[role].map(normal)
    is_code = shown.map(lambda text: text in own or _CODE.fullmatch(text) is not None)
    alias = "#" + keyed_ids(given, key).str[:_ALIAS_DIGITS]
    return shown.where(is_code, alias).mask(given == "").astype("str")


def _has_place(
    folder: Path, raw: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> pd.Series:
    """Return whether each submission has coordinates; missing if nobody was asked for them."""
    form, _, _ = parse_form(questionnaire_path(folder), study.languages)
    names = [node["name"] for node in _nodes(form) if node.get("type") in _PLACES]
    found: dict[tuple[str, int], bool] = {}
    headers = Headers.of(questionnaire)
    for path in submission_files(folder) if names else []:
        table = submission_tables(path, headers).submissions
        places = _columns_of(table, names) if table is not None else []
        if table is not None and places:
            filled = (table.cells[places] != "").any(axis=1)
            found |= {(path.name, row): value for row, value in filled.items()}
    rows = zip(raw["file"], raw["row"], strict=True)
    return pd.Series([found.get(row) for row in rows], index=raw.index, dtype="boolean")


def _nodes(form: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for node in form.get("children", []):
        yield node
        yield from _nodes(node)


def _columns_of(table: Table, names: list[str]) -> list[int]:
    """Return the columns with coordinates of these questions, in the ways the platforms have."""
    name = "|".join(map(re.escape, names))
    pattern = re.compile(rf"(?:.*[/.\-])?(?:{name})(?:-Latitude)?|_(?:{name})_latitude")
    return [position for position, text in table.header.items() if pattern.fullmatch(text.strip())]
