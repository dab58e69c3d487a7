"""A study in the middle of its field work: five interviewers, coordinates, one who cuts corners.

Sixty interviews in three districts, made by a fixed rule. Interviewer 07 is the one to call: some
interviews are too fast, some give one answer throughout, two repeat others, half lack coordinates.
"""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import load_workbook

from umid_research.__main__ import main

DAY = "2022-03-12"
SCALE = [f"q{number}" for number in range(1, 21)]
STUDY = """
id = "field-work"
provenance = "simulated"
languages = ["en", "az"]
seed = 1
title.en = "A study in the field"
title.az = "Sahədə tədqiqat"

[field_work]
sponsor.en = "Nobody"
sponsor.az = "Heç kim"
conducted_by.en = "Nobody"
conducted_by.az = "Heç kim"
start = 2022-03-02
end = 2022-03-31
recruitment.en = "Asked by hand."
recruitment.az = "Əllə seçilib."

[roles]
consent = "consent"
district = "place"
group = "kind"
interviewer = "who"

[missing]
dont_know = ["dk"]

[districts.north]
code = "n"
name.en = "North"
name.az = "Şimal"
[districts.south]
code = "s"
name.en = "South"
name.az = "Cənub"

[groups]
people = { code = "p", name.en = "Residents", name.az = "Sakinlər", quota = 60 }
office = { code = "o", name.en = "Local government", name.az = "Yerli idarəetmə", quota = 70 }
ngo = { code = "g", name.en = "NGOs", name.az = "QHT-lər", quota = 4 }

[dimensions]
trust.name.en = "Trust"
trust.name.az = "Etimad"
"""
_HEAD = """| survey | | | | | |
| | type | name | label::English (en) | label::Azərbaycan (az) | dimension |"""
QUESTIONNAIRE = "\n".join(
    [
        _HEAD,
        "| | start | start | | | |",
        "| | end | end | | | |",
        "| | select_one yes_no | consent | May we ask? | Soruşa bilərik? | |",
        "| | text | who | Interviewer | Müsahibəçi | |",
        "| | geopoint | spot | Where are we? | Haradayıq? | |",
        "| | select_one place | place | Where? | Harada? | |",
        "| | select_one kind | kind | Who? | Kim? | |",
        *(f"| | select_one five | {q} | Question {q}? | Sual {q}? | trust |" for q in SCALE),
        "| | integer | age | How old are you? | Neçə yaşınız var? | |",
        "| | text | proposal | What should change? | Nə dəyişməlidir? | |",
        "| choices | | | | | |",
        "| | list_name | name | label::English (en) | label::Azərbaycan (az) | score |",
        "| | yes_no | yes | Yes | Bəli | |",
        "| | yes_no | no | No | Xeyr | |",
        "| | place | n | North | Şimal | |",
        "| | place | s | South | Cənub | |",
        "| | kind | p | Residents | Sakinlər | |",
        "| | kind | o | Local government | Yerli idarəetmə | |",
        "| | kind | g | NGOs | QHT-lər | |",
        *(f"| | five | {n} | {n} | {n} | {n} |" for n in range(1, 6)),
        "| | five | dk | Don't know | Bilmirəm | |",
        "| settings | | | |",
        "| | form_title | form_id | default_language |",
        "| | Field | field | English (en) |",
    ]
)
COLUMNS = ["start", "end", "consent", "who", "spot", "place", "kind", *SCALE, "age", "proposal"]
WHO = ["01", "02", "03", "04", "07"]


def field_export(size: int = 60) -> pd.DataFrame:
    """The interviews as an export holds them, all text."""
    random = np.random.default_rng(7)
    rows = []
    for number in range(size):
        who = WHO[number % 5]
        answers = [str(answer) for answer in random.integers(1, 6, len(SCALE))]
        day = 2 + number // 6
        minutes = 25 + number % 11
        spot = "41.36 48.51 600 5"
        if who == "07":
            minutes = 1 if number % 2 else minutes
            answers = ["4"] * 20 if number % 15 == 4 else answers
            spot = "" if number % 2 else spot
        elif number % 4 == 0:
            answers[3] = "dk"
        rows.append(
            [
                f"2022-03-{day:02}T10:00:00.000+04:00",
                f"2022-03-{day:02}T10:{minutes:02}:00.000+04:00",
                "yes" if number != 8 else "no",
                who,
                spot,
                "n" if number % 3 else "s",
                "pog"[number % 10 // 5] if number % 20 else "g",
                *answers,
                str(20 + number % 50),
                "Call Gizlinova, 050 123-45-67" if number == 1 else "",
            ]
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    if size > 59:
        same = ["place", "kind", *SCALE]
        table.loc[59, same] = table.loc[29, same]
    table["_uuid"] = [f"uuid-{number}" for number in range(size)]
    return table


def write_field_study(folder: Path, *, size: int = 60, study: str = STUDY, **columns) -> Path:
    """Write the study folder with the first interviews; `columns` replace those of the export."""
    (folder / "responses").mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(study, encoding="utf-8")
    (folder / "questionnaire.md").write_text(QUESTIONNAIRE, encoding="utf-8")
    table = field_export(size).assign(**columns)
    table.to_csv(folder / "responses" / "kobo.csv", sep=";", index=False)
    return folder


def monitored(raw: Path, day: str = DAY, *, languages: tuple[str, ...] = ("en",)) -> int:
    """Run the command on the study; return its exit status."""
    frames = raw.parent / "processed"
    places = ["--raw", str(raw), "--processed", str(frames)]
    return main(["monitor", *places, "--day", day, "--languages", *languages])


def page(home: Path, language: str = "en", study: str = "field-work") -> str:
    """The words of the page, without tags."""
    html = (home / "build" / study / "monitor" / language / "monitor.html").read_text()
    body = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub("<[^>]+>", " ", body)).split())


def sheets(home: Path, language: str = "en") -> dict[str, list[list[object]]]:
    """The rows of every sheet by its title."""
    path = home / "build/field-work/monitor" / language / "monitor.xlsx"
    book = load_workbook(path)
    rows = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    return {(some[0][0] if name != "Contents" else name): some for name, some in rows.items()}


def numbers(home: Path, title: str) -> dict[str, list[object]]:
    """The rows of the sheet with this title: first cell -> the others."""
    (rows,) = [some for name, some in sheets(home).items() if name.endswith(title)]
    return {row[0]: [cell for cell in row[1:] if cell is not None] for row in rows[3:] if row[0]}
