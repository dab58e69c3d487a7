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
from umid_research.clean import clean_responses, replay
from umid_research.errors import UmidError
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

EXAMPLES = int(os.environ.get("UMID_FUZZ_EXAMPLES", "300"))
KEY = "k" * 16
COUNTS: Counter[str] = Counter()
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
    *("tv tv", "tv  web", "tv,web", "tv|web", "x" * 5000, "0501234567", "a@b.az", "\x0b", "\x7f"),
]

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


TABLE_MUTATIONS = [
    *(_odd_cells, _swapped_cells, _shuffled_rows, _shuffled_columns, _repeated_rows, _no_rows),
    *(_header_casing, _dropped_column, _blank_column, _repeated_column, _many_columns, _prefixed),
    *(_labels, _timed, _versions),
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
        intake = read_intake(folder, questionnaire, study)
    except UmidError as error:
        assert str(error).strip()
        assert "\n" not in str(error).strip()
        assert len(str(error)) < 2000
        return type(error).__name__
    raw = intake.raw
    assert len(raw) == intake.account.query("what == 'submissions'")["number"].sum()
    cleaned = clean_responses(raw, questionnaire, study, key=KEY, lacking=intake.lacking)
    assert len(raw) == len(cleaned.responses) + len(cleaned.set_aside)
    assert len(cleaned.responses) == cleaned.responses["respondent"].nunique()
    again = replay(raw, cleaned.issues, cleaned.set_aside, questionnaire, study, key=KEY)
    pd.testing.assert_frame_equal(cleaned.responses, again, check_dtype=False)
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    valid = scores["score"].dropna()
    assert valid.between(0, 100).all()
    score_units(scores)
    return "frames"


def _mutated(
    seed: int, table_steps: list[int], byte_steps: list[int], form: str, *, beside: bool
) -> str:
    rng = random.Random(seed)
    table = small_export()
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
        (folder / "study.toml").write_text(STUDY, encoding="utf-8")
        (folder / "questionnaire.md").write_text(QUESTIONNAIRE, encoding="utf-8")
        (folder / "responses").mkdir()
        (folder / "responses" / name).write_bytes(content)
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
