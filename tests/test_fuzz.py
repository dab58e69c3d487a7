"""Valid studies, mutated: each ends in correct frames with a closed ledger, or in one clear error.

`make test` tries a few hundred, `make fuzz` 20,000 (UMID_FUZZ_EXAMPLES) and prints the counts.
"""

import io
import os
import random
import shutil
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.analysis.score import score_responses, score_units
from umid_research.clean import (
    Cleaned,
    clean_responses,
    group_causes,
    lost_answers,
    names_set_aside,
    read_cleaned,
    read_corrections,
    replay,
    replay_members,
)
from umid_research.errors import UmidError
from umid_research.frames import write_frames
from umid_research.raw import Intake, Members, read_intake
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import read_questionnaire

EXAMPLES = int(os.environ.get("UMID_FUZZ_EXAMPLES", "300"))
KEY = "k" * 16
COUNTS: Counter[str] = Counter()
# The small form with a question or field of every further type that is read.
FORM = QUESTIONNAIRE.replace(
    "dimension | reverse |", "dimension | reverse | calculation | bind::type |"
).replace(
    "| | integer | age | How old are you? | | | |",
    "| | integer | age | How old are you? | | | | | |\n"
    "| | decimal | share | Which share? | | | | | |\n"
    "| | date | day | Which day? | | | | | |\n"
    "| | rank channel | order | Which comes first? | | | | | |\n"
    "| | calculate | total | | | | | ${age} + 1 | |\n"
    "| | hidden | household | | | | | | |\n"
    "| | hidden | visited | | | | | | date |",
)
MORE = ("share", "day", "order", "total", "household", "visited")
ODD = [
    *("", " ", "0", "-1", "1e400", "nan", "NA", "None", "null", "yes ", "YES", "Xeyr", "4.0", "٤"),
    *("=1+1", "=HYPERLINK(1)", "@x", "+1", "-", "a\nb", "a\r\nb", 'a"b', "a;b", "a,b", "a\tb"),
    *(
        "مرحبا",
        "\u202eabc",
        "İı",
        "n\u0307",
        "\ufeff",
        "ə",
        "Şabran",
        "<script>",
        "${x}",
        "{n}",
        "\\",
    ),
    *("45.000", "45,000", "1.234.567", "12,5", "217", "1445", "01.03.24", "01.03.2024 10:05"),
    *("1445-03-01", "03/04/2024", "44926", "draft", "deleted", "test", "rejected", "1 234 567,8"),
    *("tv tv", "tv  web", "tv,web", "tv|web", "x" * 5000, "0501234567", "a@b.az", "\x0b", "\x7f"),
]

# Studies with entries about submissions and losses; the last one names a column by chance only.
_MORE_ENTRIES = (
    *("", "", 'accepted_losses = ["age", "share", "day", "trust", "order_1"]'),
    'accepted_losses = ["age", "share", "day", "channels", "aware", "trust_1", "order_1"]',
    'accepted_losses = ["consent", "place", "kind", "village", "trust", "duties", "share", "day"]',
    *('ignored_columns = ["QC result", "odd"]', 'review.states = { "Returned" = "draft" }'),
    'review = { rejected = "keep", under_review = "set_aside", not_reviewed = "set_aside" }',
    'review.columns = { "age" = { "30" = "rejected", "*" = "undecided" } }',
    'test_submissions = { column = "organisation", values = ["Helpers"] }',
    'review.columns = { "QC result" = { "bad" = "rejected", "*" = "approved" } }',
)
STUDIES = [STUDY.replace("seed = 1\n", f"seed = 1\n{entry}\n") for entry in _MORE_ENTRIES]

# --- mutations of the table: rows stay rows -----------------------------------------------------


def _odd_cells(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    for _ in range(rng.randint(1, 8)):
        column = rng.choice(list(table.columns))
        table.iloc[rng.randrange(len(table)), list(table.columns).index(column)] = rng.choice(ODD)
    return table


def _swapped_cells(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    row, other = rng.randrange(len(table)), rng.randrange(table.shape[1])
    column = rng.randrange(table.shape[1])
    table.iloc[row, column], table.iloc[row, other] = (
        table.iloc[row, other],
        table.iloc[row, column],
    )
    return table


def _shuffled_rows(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table.sample(frac=1, random_state=rng.randrange(2**31)).reset_index(drop=True)


def _shuffled_columns(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table[rng.sample(list(table.columns), table.shape[1])]


def _repeated_rows(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return pd.concat([table, table.iloc[[rng.randrange(len(table))]]], ignore_index=True)


def _no_rows(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table.head(rng.randint(0, 2))


def _header_casing(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    change: Callable[[str], str] = rng.choice([str.upper, str.title, lambda name: f" {name} "])
    return table.rename(columns=change)


def _dropped_column(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table.drop(columns=rng.choice(list(table.columns)))


def _blank_column(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table.assign(**{rng.choice(["", " ", "_odd", "odd", "trust_9", "a/b"]): ""})


def _repeated_column(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return pd.concat([table, table[[rng.choice(list(table.columns))]]], axis=1)


def _many_columns(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    more = {f"_extra_{number}": "x" for number in range(400)}
    return pd.concat([table, pd.DataFrame(more, index=table.index)], axis=1)


def _prefixed(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    sign = rng.choice("/.-")
    return table.rename(columns=lambda name: name if name[:1] == "_" else f"asked{sign}{name}")


def _labels(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    words = {"yes": "Yes", "no": "No", "dk": "Don't know", "n": "North", "s": "South", "5": "Fully"}
    return table.replace(words)


def _timed(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    moments = ["2022-05-14T09:00:00.000+04:00", "2022-05-14T09:00:09Z", "2022-05-14", "9:00", ""]
    times = {name: rng.choices(moments, k=len(table)) for name in ("start", "end")}
    return table.assign(**times)


def _versions(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    return table.assign(__version__=rng.choices(["v1", "v0", ""], k=len(table)))


def _states(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    column, words = rng.choice(
        [
            ("_validation_status", ["Approved", "Not Approved", "On Hold", ""]),
            ("_status", ["submitted_via_web", "draft", "deleted", "test"]),
            ("ReviewState", ["approved", "rejected", "hasIssues", "edited", "Returned"]),
            ("is_draft", ["true", "false", "", "2024-03-01T10:05:00Z", "perhaps"]),
            ("deleted_at", ["", "", "01.03.2024 10:05", "-"]),
            ("QC result", ["good", "bad", "?", ""]),
        ]
    )
    return table.assign(**{column: rng.choices(words, k=len(table))})


def _numbers_of_people(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    written = ["45.000", "45,000", "12.5", "12,5", "1 234", "1.234.567", "217", "", "0.125"]
    columns = [name for name in ("age", "share", "total") if name in table]
    return table.assign(**{name: rng.choices(written, k=len(table)) for name in columns})


def _dates_of_people(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    written = ["2024-03-01", "01.03.24", "01.03.2024 10:05", "1445-03-01", "03/04/2024", "", "x"]
    columns = [name for name in ("day", "visited") if name in table]
    return table.assign(**{name: rng.choices(written, k=len(table)) for name in columns})


def _rankings(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    written = ["tv web", "web", "tv tv", "Internet, Television", "web radio", "", "Television"]
    return table.assign(order=rng.choices(written, k=len(table)))


def _google(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """A sheet without ids, whose first column holds times; perhaps with the same rows twice."""
    kept = table.drop(columns=["_uuid", "__version__"], errors="ignore")
    if "Timestamp" in kept:
        return kept
    form = rng.choice(
        ["{}.03.2022 10:05:11", "3/{}/2022 10:05", "{} mart 2022, 10:05:11", "44621.{}"]
    )
    times = [form.format(10 + n % 20) if rng.random() < 0.9 else "" for n in range(len(kept))]
    kept.insert(0, "Timestamp", times)
    return pd.concat([kept, kept.head(rng.choice([0, 0, 3]))], ignore_index=True)


def _fields(table: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    written = ["1", "2.5", "-3", "007", "0501234567", "Anar müəllim", "", "H-17", "1e9", "nan"]
    names = rng.sample(["total", "household", "visited"], k=2)
    return table.assign(**{name: rng.choices(written, k=len(table)) for name in names})


TABLE_MUTATIONS = [
    *(_odd_cells, _swapped_cells, _shuffled_rows, _shuffled_columns, _repeated_rows, _no_rows),
    *(_header_casing, _dropped_column, _blank_column, _repeated_column, _many_columns, _prefixed),
    *(_labels, _timed, _versions, _states, _numbers_of_people, _dates_of_people, _rankings),
    *(_google, _fields),
]

# --- how the table is written -------------------------------------------------------------------


def _csv(table: pd.DataFrame, rng: random.Random) -> tuple[str, bytes]:
    text = table.to_csv(
        index=False,
        sep=rng.choice(";,;,\t|"),
        quoting=rng.choice([0, 1]),
        lineterminator=rng.choice(["\n", "\r\n", "\n", "\r"]),
    )
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "cp1251", "utf-16", "latin-1", "cp1254"])
    return "export.csv", text.encode(encoding, errors="replace")


def _xlsx(table: pd.DataFrame, rng: random.Random) -> tuple[str, bytes]:
    book = io.BytesIO()
    legible = table.replace(r"[\x00-\x08\x0b-\x1f]", "", regex=True)
    with pd.ExcelWriter(book) as writer:
        for sheet in ("form", "repeat")[: rng.choice([1, 1, 1, 2])]:
            legible.to_excel(writer, sheet_name=sheet, index=False)
    return "export.xlsx", book.getvalue()


def _bomb(table: pd.DataFrame, rng: random.Random) -> tuple[str, bytes]:
    book = io.BytesIO(_xlsx(table, rng)[1])
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"0" * 600_000_000)
    return "export.xlsx", book.getvalue()


# --- mutations of the bytes ---------------------------------------------------------------------


def _truncated(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _nul(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + b"\x00" + content[place:]


def _noise(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 10)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _quote(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + b'"' + content[place:]


def _padded(content: bytes, rng: random.Random) -> bytes:
    return content + rng.choice([b"\n\n\n", b";;;\n", b"\x1a", b"\r", b" "])


BYTE_MUTATIONS = [_truncated, _nul, _noise, _quote, _padded]


# --- what must hold -----------------------------------------------------------------------------


def outcome(folder: Path) -> str:
    """`frames` or the error's name; fails on a traceback, a lost row or an open ledger."""
    try:
        study = read_study(folder)
        questionnaire = read_questionnaire(folder, study)
        corrections = read_corrections(folder)
        aside = names_set_aside(corrections)
        intake = read_intake(folder, questionnaire, study, aside=aside)
        raw = intake.raw
        assert len(raw) == intake.account.query("what == 'submissions'")["number"].sum()
        cleaned = clean_responses(
            raw,
            questionnaire,
            study,
            key=KEY,
            lacking=intake.lacking,
            corrections=corrections,
            members=intake.members,
        )
    except UmidError as error:
        assert str(error).strip()
        assert "\n" not in str(error).strip()
        assert len(str(error)) - sum(map(len, error.to_copy)) < 2000
        return type(error).__name__
    assert len(raw) == len(cleaned.responses) + len(cleaned.set_aside)
    assert len(cleaned.responses) == cleaned.responses["respondent"].nunique()
    again = replay(
        raw,
        cleaned.issues,
        cleaned.set_aside,
        questionnaire,
        study,
        key=KEY,
        corrections=corrections,
    )
    pd.testing.assert_frame_equal(cleaned.responses, again, check_dtype=False)
    assert len(cleaned.issues) == group_causes(cleaned.issues)["submissions"].sum()
    assert all(line and "\n" not in line for line in lost_answers(cleaned, questionnaire, study))
    write_frames(folder / "frames", cleaned.frames(questionnaire, study), study)
    read = read_cleaned(folder / "frames", questionnaire)
    pd.testing.assert_frame_equal(cleaned.responses, read.responses, check_dtype=False)
    assert list(cleaned.members) == [group.repeat.name for group in intake.members]
    for group in intake.members:
        _check_members(group, intake, cleaned, read, study, corrections)
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    valid = scores["score"].dropna()
    assert valid.between(0, 100).all()
    score_units(scores)
    return "frames"


def _check_members(
    group: Members,
    intake: Intake,
    cleaned: Cleaned,
    read: Cleaned,
    study: Study,
    corrections: pd.DataFrame,
) -> None:
    """Fail on a lost or doubled member, one without respondent, or an open ledger."""
    name = group.repeat.name
    own = cleaned.members[name]
    entries = intake.account[intake.account["what"] == "members"]
    rows = entries.loc[entries["column"] == name, "number"].sum()
    assert rows == len(own.responses) + len(own.set_aside)
    assert not own.responses.duplicated(["respondent", "position"]).any()
    assert own.responses["respondent"].isin(cleaned.responses["respondent"]).all()
    assert not own.set_aside.duplicated(["file", "row"]).any()
    counted = cleaned.responses.set_index("respondent")[f"number_of_{name}"]
    found = own.responses["respondent"].value_counts().reindex(counted.index, fill_value=0)
    asked = cleaned.states.set_index("respondent")[f"number_of_{name}"] == "answered"
    assert counted[asked].tolist() == found[asked].tolist()
    again = replay_members(group, intake.raw, cleaned, study, key=KEY, corrections=corrections)
    pd.testing.assert_frame_equal(own.responses, again, check_dtype=False)
    stored = read.members[name].responses
    pd.testing.assert_frame_equal(own.responses, stored, check_dtype=False)
    assert len(own.issues) == group_causes(own.issues)["submissions"].sum()
    assert all(line and "\n" not in line for line in lost_answers(own, group.repeat.members, study))


CORRECTIONS = [
    *("uuid-0,trust_1,4,5,slip,A", "export.csv:3,age,41,14,turned,A", "uuid-1,,,set aside,x,A"),
    *('"export.csv, row 4",,,set aside,x,A', "export.xlsx:5,,,set aside,x,A", "uuid-9,,,,x,A"),
    *("uuid-2,share,,45.000,x,A", "uuid-3,channels,,tv  web,x,A", "uuid-77,,,set aside,x,A"),
    *("uuid-4,household,,x,x,A", 'uuid-5,proposal,,"Anar müəllim",x,A', "uuid-6,order_1,,tv,x,A"),
]


def _mutated(
    seed: int, table_steps: list[int], byte_steps: list[int], form: str, *, beside: bool
) -> str:
    rng = random.Random(seed)
    table = small_export().assign(**dict.fromkeys(MORE, ""))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for step in table_steps:
            if table.empty:
                break
            table = TABLE_MUTATIONS[step](table.copy(), rng)
        name, content = {"csv": _csv, "xlsx": _xlsx}[form](table, rng)
    for step in byte_steps:
        content = BYTE_MUTATIONS[step](content, rng)
    folder = Path(tempfile.mkdtemp(prefix="umid-fuzz-"))
    try:
        (folder / "study.toml").write_text(rng.choice(STUDIES), encoding="utf-8")
        (folder / "questionnaire.md").write_text(FORM, encoding="utf-8")
        (folder / "responses").mkdir()
        (folder / "responses" / name).write_bytes(content)
        if rng.random() < 0.2:
            lines = rng.sample(CORRECTIONS, k=rng.randint(1, 2))
            text = "\n".join(["submission,column,old,new,reason,by", *lines])
            (folder / "corrections.csv").write_text(text, encoding="utf-8")
        if beside:
            older = _dropped_column(small_export().assign(__version__="v0"), rng)
            older.to_csv(folder / "responses" / "older.csv", index=False, sep=";")
        return outcome(folder)
    finally:
        shutil.rmtree(folder)


@given(
    seed=st.integers(0, 2**32),
    table_steps=st.lists(st.integers(0, len(TABLE_MUTATIONS) - 1), max_size=4),
    byte_steps=st.just([]) | st.lists(st.integers(0, len(BYTE_MUTATIONS) - 1), max_size=2),
    form=st.sampled_from(["csv", "csv", "xlsx"]),
    beside=st.sampled_from([False, False, True]),
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_a_mutated_export_ends_in_frames_or_in_one_clear_error(
    seed, table_steps, byte_steps, form, beside
) -> None:
    """No traceback, no lost row, no open ledger."""
    COUNTS[_mutated(seed, table_steps, byte_steps, form, beside=beside)] += 1


def test_both_ends_were_reached(capsys) -> None:
    """A fuzzer whose inputs all fail, or all pass, tries nothing."""
    with capsys.disabled():
        print(f"\nfuzzed: {dict(COUNTS)}")  # noqa: T201

    if not COUNTS:
        pytest.skip("the fuzzer did not run before")
    assert COUNTS["frames"] > COUNTS.total() / 20
    assert COUNTS["ExportError"] > COUNTS.total() / 20
    assert COUNTS["StudyError"] > 0


@pytest.mark.parametrize("size", [10_000_000])
def test_a_cell_of_ten_megabytes_is_read(tmp_path, size) -> None:
    """And masked, kept and counted like any other."""
    table = small_export()
    table.loc[0, "proposal"] = "söz " * (size // 4)
    folder = _folder(tmp_path, table.to_csv(index=False, sep=";").encode())

    assert "frames" == outcome(folder)


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path) -> None:
    """Before it is unpacked."""
    name, content = _bomb(small_export(), random.Random(1))
    folder = _folder(tmp_path, content, name)

    assert "ExportError" == outcome(folder)


def _folder(home: Path, content: bytes, name: str = "export.csv") -> Path:
    (home / "study.toml").write_text(STUDY, encoding="utf-8")
    (home / "questionnaire.md").write_text(QUESTIONNAIRE, encoding="utf-8")
    (home / "responses").mkdir()
    (home / "responses" / name).write_bytes(content)
    return home
