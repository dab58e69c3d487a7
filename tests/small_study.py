"""A study small enough to follow by hand: its description, its form, its ten interviews."""

from pathlib import Path

import pandas as pd

from umid_research.__main__ import main
from umid_research.analysis.compare import read_comparisons
from umid_research.analysis.score import read_units
from umid_research.clean import read_cleaned
from umid_research.disclosure.rules import publish_frames
from umid_research.disclosure.tables import split_tables, write_published
from umid_research.frames import read_frame
from umid_research.raw import INTAKE
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

STUDY = """
id = "small"
provenance = "simulated"
languages = ["en"]
seed = 1
title.en = "A small study"
identifying = ["organisation"]
headline = "aware"
focus = ["trust"]

[field_work]
sponsor.en = "Nobody"
conducted_by.en = "Nobody"
start = 2022-03-02
end = 2022-07-31
recruitment.en = "Asked by hand."

[roles]
consent = "consent"
district = "place"
group = "kind"
locality = "village"
unit = "organisation"

[missing]
dont_know = ["dk"]
refused = ["ref"]

[districts.north]
code = "n"
name.en = "North"
localities = ["n1", "n2"]
[districts.south]
code = "s"
name.en = "South"
localities = ["s1", "s2"]

[groups]
people = { code = "p", name.en = "People", side = "demand", matched = true, quota = 4 }
office = { code = "o", name.en = "Office", side = "supply", matched = true, quota = 4 }
ngo = { code = "g", name.en = "NGO", quota = 1 }

[dimensions]
trust.name.en = "Trust"
duties.name.en = "Duties"
"""

QUESTIONNAIRE = """
| survey | | | | | | |
| | type | name | label::English (en) | relevant | dimension | reverse |
| | select_one yes_no | consent | May we ask? | | | |
| | begin_group | asked | Questions | ${consent} = 'yes' | | |
| | select_one place | place | Where? | | | |
| | select_one kind | kind | Who? | | | |
| | select_one village | village | Which village? | ${kind} != 'g' | | |
| | text | organisation | Which organisation? | ${kind} = 'g' | | |
| | select_one aware | aware | Do you know the plan? | | | |
| | select_multiple channel | channels | From where? | ${aware} = 'yes' | | |
| | select_one five | trust_1 | Do you trust them? | | trust | |
| | select_one five | trust_2 | Do they hide things? | | trust | yes |
| | select_one five | trust_3 | Do they keep their word? | | trust | |
| | select_one five | duty | Do you report in time? | ${kind} = 'o' | duties | |
| | integer | age | How old are you? | | | |
| | text | proposal | What should change? | | | |
| | end_group | | | | | |
| choices | | | | |
| | list_name | name | label::English (en) | score |
| | yes_no | yes | Yes | |
| | yes_no | no | No | |
| | place | n | North | |
| | place | s | South | |
| | kind | p | People | |
| | kind | o | Office | |
| | kind | g | NGO | |
| | village | n1 | North 1 | |
| | village | n2 | North 2 | |
| | village | s1 | South 1 | |
| | village | s2 | South 2 | |
| | aware | yes | Yes | |
| | aware | no | No | |
| | channel | tv | Television | |
| | channel | web | Internet | |
| | five | 1 | Not at all | 1 |
| | five | 2 | 2 | 2 |
| | five | 3 | 3 | 3 |
| | five | 4 | 4 | 4 |
| | five | 5 | Fully | 5 |
| | five | dk | Don't know | |
| | five | ref | No answer | |
| settings | | | |
| | form_title | form_id | default_language |
| | Small | small | English (en) |
"""

ANSWERS = [
    *("consent", "place", "kind", "village", "organisation", "aware", "channels"),
    *("trust_1", "trust_2", "trust_3", "duty", "age", "proposal"),
]
EXPORT = """
yes n p n1 - yes tv 4 2 4 - 30 -
yes n p n1 - no - 5 1 dk - 41 -
yes n o n1 - yes tv_web 5 1 5 4 50 -
yes n p n2 - no - 3 3 3 - 28 -
yes n o n2 - yes web 4 2 5 5 39 -
yes s p s1 - no - 2 dk dk - 44 -
yes s o s1 - no - 4 3 4 3 61 -
yes s p s2 - yes tv 1 5 2 - 33 -
yes s o s2 - no - 3 2 4 4 47 -
yes s g - Helpers yes web 2 4 2 - 36 -
"""


def small_export() -> pd.DataFrame:
    """The ten interviews of the small study as an export holds them, all text."""
    rows = [line.replace("-", "").split(" ") for line in EXPORT.strip().splitlines()]
    table = pd.DataFrame(rows, columns=ANSWERS)
    table["channels"] = table["channels"].str.replace("_", " ")
    table["_uuid"] = [f"uuid-{number}" for number in range(len(table))]
    table["__version__"] = "v1"
    return table


def write_small(
    folder: Path,
    *,
    study: str = STUDY,
    questionnaire: str = QUESTIONNAIRE,
    export: pd.DataFrame | None = None,
) -> Path:
    """Writes a study folder: the small one, with any of its three parts replaced."""
    (folder / "responses").mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    (folder / "questionnaire.md").write_text(questionnaire, encoding="utf-8")
    table = small_export() if export is None else export
    table.to_csv(folder / "responses" / "export.csv", sep=";", index=False)
    return folder


def derive(raw: Path, processed: Path) -> None:
    """The frames of a small study up to `published`, without the long ways round it."""
    for stage in ("clean", "score", "compare"):
        assert main([stage, "--raw", str(raw), "--processed", str(processed)]) == 0
    study = read_study(raw)
    questionnaire = read_questionnaire(raw, study)
    published = publish_frames(
        read_cleaned(processed, questionnaire),
        read_units(processed),
        read_comparisons(processed),
        questionnaire,
        study,
        account=read_frame(processed, INTAKE),
    )
    write_published(processed, split_tables(published), study)


def frame_texts(folder: Path, name: str) -> pd.DataFrame:
    """Return a frame as it stands in its file: all text, blanks missing, without the mark."""
    texts = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])
    return texts.drop(columns="provenance", errors="ignore")
