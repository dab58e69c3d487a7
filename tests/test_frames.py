"""Frames match their schema, read back as written, and are written completely or not at all."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import STUDY
from whole_way import BUNDLED

from umid_research.__main__ import main
from umid_research.analysis import implementation, meetings, reliability, score
from umid_research.analysis.compare import COMPARISONS
from umid_research.analysis.robustness.bands import BANDS
from umid_research.analysis.robustness.conclusions import ROBUSTNESS
from umid_research.clean import ISSUES, SET_ASIDE, STATES
from umid_research.clean.frame import answer_schemas
from umid_research.errors import FrameError
from umid_research.frames import (
    Schema,
    category,
    code,
    number,
    read_frame,
    text,
    whole,
    write_frames,
)
from umid_research.raw import INTAKE
from umid_research.study import Study, read_study

SCORES = Schema(
    "scores",
    {
        "unit": text(),
        "locality": text(blank=True),
        "kind": code(["a", "b"], default=""),
        "state": category(STATES),
        "score": number(0, 100, blank=True),
        "people": whole(1),
        "asked": whole(blank=True),
    },
    key=("unit", "kind"),
)
FRAME = SCORES.of(
    {
        "unit": ["01", "01", "NA"],
        "locality": ["Guba 1", None, None],
        "kind": ["", "a", "a"],
        "state": ["answered", "missing", "not asked"],
        "score": [1 / 3, np.nan, 100.0],
        "people": [1, 2, 3],
        "asked": [4, None, 0],
    }
)
FIXED = (
    *(ISSUES, SET_ASIDE, INTAKE, score.SCORES, score.UNITS, COMPARISONS, ROBUSTNESS, BANDS),
    *(reliability.RELIABILITY, reliability.ITEMS, *meetings.SCHEMAS, *implementation.SCHEMAS),
)
FIRST = Schema("first", SCORES.columns, SCORES.key)


@pytest.fixture
def study(write_study: Callable[..., Path]) -> Study:
    return read_study(write_study())


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frames of the bundled study, without the robustness analysis, which takes long."""
    folder = tmp_path_factory.mktemp("frames")
    for stage in ("clean", "score", "reliability", "compare", "implementation"):
        assert 0 == main([stage, "--raw", str(BUNDLED), "--processed", str(folder)])
    return folder


def test_a_frame_reads_back_as_it_was(study, tmp_path) -> None:
    """Text stays text, `01` and `NA` too; numbers are the same to the last bit."""
    write_frames(tmp_path, {SCORES: FRAME}, study)

    read = read_frame(tmp_path, SCORES)
    pd.testing.assert_frame_equal(FRAME, read, check_exact=True)
    assert ["str", "str", "str", "category", "float64", "int64", "Int64"] == [
        str(dtype) for dtype in read.dtypes
    ]


@pytest.mark.parametrize("schema", [SCORES, *FIXED], ids=lambda schema: schema.name)
def test_an_empty_frame_reads_back_as_it_was(study, tmp_path, schema) -> None:
    """It has all columns with their types."""
    write_frames(tmp_path, {schema: schema.empty()}, study)

    read = read_frame(tmp_path, schema)
    pd.testing.assert_frame_equal(schema.empty(), read)


# `robustness` and `bands` take long to make; tests/analysis/test_robustness.py reads them back.
MADE = [schema for schema in FIXED if schema not in (ROBUSTNESS, BANDS)]


@pytest.mark.parametrize("schema", MADE, ids=lambda schema: schema.name)
def test_frames_of_the_bundled_study_read_back_as_they_were(processed, tmp_path, schema) -> None:
    """Read, written and read again they are equal, and so are the bytes of the files."""
    read = read_frame(processed, schema)

    write_frames(tmp_path, {schema: read}, read_study(BUNDLED))

    name = f"{schema.name}.csv"
    assert len(read)
    assert (processed / name).read_bytes() == (tmp_path / name).read_bytes()
    pd.testing.assert_frame_equal(read, read_frame(tmp_path, schema), check_exact=True)


def _with(**columns: object) -> pd.DataFrame:
    return FRAME.astype(object).assign(**columns)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (_with(unit=["a", 1, "b"]), "column unit, row 3: a value has the wrong type; found '1'"),
        (_with(score=["high", 1.0, 2.0]), "column score, row 2: a value has the wrong type"),
        (_with(state=["answered", "?", "?"]), "column state, row 3, 4: a value has the wrong type"),
        (_with(unit=["a", None, "b"]), "column unit, row 3: a value is missing"),
        (_with(unit=["a", "", "b"]), "column unit, row 3: a value is missing"),
        (_with(people=[1, 2.5, 3]), "column people, row 3: a value is not a whole number"),
        (_with(people=[1, 0, 3]), "column people, row 3: a value is below 1; found '0.0'"),
        (_with(score=[1, 2, 101]), "column score, row 4: a value is not from 0 to 100"),
        (_with(score=[1, -1, 2]), "column score, row 3: a value is not from 0 to 100"),
        (_with(kind=["", "a", "c"]), "column kind, row 4: a value is none of a, b; found 'c'"),
        (_with(unit="x"), "column unit, kind, row 3, 4: the key is not unique; found 'x, a'"),
        (FRAME.drop(columns="score"), "frame scores: column score is missing"),
        (FRAME.assign(more=1), "frame scores: column more is not in the schema"),
        (FRAME[list(FRAME)[::-1]], "frame scores: column asked is not where the schema has it"),
    ],
)
def test_a_frame_that_breaks_its_schema_is_not_written(study, tmp_path, frame, message) -> None:
    """The error names frame, column, rows of the file and what was found."""
    with pytest.raises(FrameError) as error:
        write_frames(tmp_path, {FIRST: FRAME, SCORES: frame}, study)

    assert "frame scores" in str(error.value)
    assert message in str(error.value)
    assert [] == list(tmp_path.glob("*.csv"))


def test_all_columns_that_break_the_schema_are_listed() -> None:
    """One line per column, with at most five rows."""
    frame = pd.concat([FRAME.head(1)] * 7).assign(unit=list("abcdefg"), score=-1, people=0)

    with pytest.raises(FrameError) as error:
        SCORES.checked(frame)

    assert [
        "frame scores, column score, row 2, 3, 4, 5, 6 and 2 more: a value is not from 0 to 100; "
        "found '-1.0'",
        "frame scores, column people, row 2, 3, 4, 5, 6 and 2 more: a value is below 1; "
        "found '0.0'",
    ] == str(error.value).split("\n  ")


def test_a_mean_may_pass_its_bound_by_a_rounding_error() -> None:
    """(100·0.7 + 100·0.1 + 100·0.3) / 1.1 is 100.00000000000001 in floating-point numbers."""
    mean = (100 * 0.7 + 100 * 0.1 + 100 * 0.3) / (0.7 + 0.1 + 0.3)

    assert mean > 100
    SCORES.checked(FRAME.assign(score=mean))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("100.0", "much", r"scores\.csv, column score, row 4: a value has the wrong type"),
        ("100.0", "1000.0", r"scores\.csv, column score, row 4: a value is not from 0 to 100"),
        ("NA,", "01,", r"column unit, kind, row 3, 4: the key is not unique; found '01, a'"),
        (",people,", ",persons,", r"scores\.csv: column persons is not in the schema"),
    ],
)
def test_a_file_that_was_damaged_is_refused(study, tmp_path, right, wrong, message) -> None:
    """The error names the file and the row in it."""
    write_frames(tmp_path, {SCORES: FRAME}, study)
    path = tmp_path / "scores.csv"
    path.write_text(path.read_text().replace(right, wrong))

    with pytest.raises(FrameError, match=message):
        read_frame(tmp_path, SCORES)


def test_answers_have_a_column_per_question(cleaned, read_all) -> None:
    """Written frames need every question; a frame that is read may lack questions."""
    _, questionnaire, _ = read_all(name="again")
    responses = cleaned().responses
    wanted = [questionnaire[name] for name in ("age", "proposal")]
    keys = list(responses)[:6]

    strict, _ = answer_schemas(wanted)
    open_, _ = answer_schemas(wanted, required=False)

    strict.checked(responses[[*keys, "age", "proposal"]])
    open_.checked(responses[[*keys, "age"]])
    with pytest.raises(FrameError, match="column proposal is missing"):
        strict.checked(responses[[*keys, "age"]])
    with pytest.raises(FrameError, match=r"column age, row 2, .*: a value has the wrong type"):
        strict.checked(responses[[*keys, "age", "proposal"]].assign(age="old"))


def test_a_weight_is_at_least_zero_and_may_be_a_fraction(cleaned) -> None:
    """The weights of a sample often have a mean of 1."""
    responses = cleaned().responses
    schema, _ = answer_schemas([])
    weighted = responses[list(schema.columns)].assign(weight=0.25)

    assert {0.25} == set(schema.checked(weighted)["weight"])
    with pytest.raises(FrameError, match=r"column weight, row 2, .*: a value is below 0"):
        schema.checked(weighted.assign(weight=-0.25))


def test_only_frames_of_a_simulated_study_are_marked(write_study, tmp_path) -> None:
    """The mark is the last column."""
    real = STUDY.replace('provenance = "simulated"', 'provenance = "public"')
    units = {"unit": text(), "score": number(blank=True)}
    frames = {Schema("units", units): FRAME[list(units)]}
    write_frames(tmp_path / "simulated", frames, read_study(write_study()))
    write_frames(tmp_path / "real", frames, read_study(write_study(study=real)))

    assert (
        "unit,score,provenance"
        == ((tmp_path / "simulated" / "units.csv").read_text().splitlines()[0])
    )
    assert "unit,score" == (tmp_path / "real" / "units.csv").read_text().splitlines()[0]


def test_a_failed_write_keeps_the_old_files(study, tmp_path) -> None:
    """No half-written file stays."""
    folder = tmp_path / "processed"
    write_frames(folder, {FIRST: FRAME}, study)
    before = (folder / "first.csv").read_bytes()

    with pytest.raises(AttributeError):
        write_frames(folder, {FIRST: FRAME.head(1), SCORES: None}, study)

    assert before == (folder / "first.csv").read_bytes()
    assert ["first.csv"] == [path.name for path in folder.iterdir()]


def test_a_missing_frame_is_an_error_that_says_how_to_make_it(tmp_path) -> None:
    """It is not a traceback of pandas."""
    with pytest.raises(FrameError, match=r"scores\.csv: frame 'scores' has not been made yet"):
        read_frame(tmp_path, SCORES)


# --- what is plainly sound ------------------------------------------------------------------------


def _outcome(frame: pd.DataFrame) -> pd.DataFrame | str:
    try:
        return SCORES.checked(frame)
    except FrameError as error:
        return f"{error} {error.details}"


@pytest.mark.parametrize("seed", range(60))
def test_a_frame_that_is_plainly_sound_is_so_for_pandera_too(seed, monkeypatch) -> None:
    """Ten frames with up to three odd cells each: the same frame, or the same error, both ways."""
    odd = {
        "unit": ["", None, "02", "01", 7],
        "locality": ["", None, 3.5, "Quba"],
        "kind": ["", None, "b", "c", "a"],
        "state": ["answered", None, "asked", ""],
        "score": [None, "", 0, 100, -1, 100.5, 100 + 1e-10, "12.5", "x", True],
        "people": [None, 1, 0, 2.5, "3", "x", -1],
        "asked": [None, "", 0, 1.5, "2", -1],
    }
    random = np.random.default_rng(seed)
    frames = []
    for _ in range(10):
        frame = FRAME.astype(object)
        for name in random.choice(list(odd), size=random.integers(0, 4), replace=False):
            cells = odd[name]
            frame.loc[random.integers(3), name] = cells[random.integers(len(cells))]
        frames.append(frame if random.random() < 0.5 else frame.astype("str").replace("nan", None))
    found = [_outcome(frame) for frame in frames]
    monkeypatch.setattr(Schema, "_sound", lambda self, cells, index: None)
    for one, frame in zip(found, frames, strict=True):
        expected = _outcome(frame)
        if isinstance(expected, str):
            assert one == expected
        else:
            pd.testing.assert_frame_equal(one, expected)


def test_pandera_is_not_asked_about_a_sound_frame(monkeypatch) -> None:
    """It takes most of the time of reading otherwise; it judges what is not sound."""
    monkeypatch.setattr(Schema, "_pandera", None)

    schema = Schema(SCORES.name, SCORES.columns, SCORES.key)  # has not asked it yet

    pd.testing.assert_frame_equal(FRAME, schema.checked(FRAME))
    with pytest.raises(AttributeError):
        schema.checked(FRAME.assign(people=0))


def test_pandera_is_not_asked_about_a_frame_that_lacks_an_optional_column(monkeypatch) -> None:
    """Such as an answer that is not published; it judges a frame that lacks any other column."""
    monkeypatch.setattr(Schema, "_pandera", None)
    asked = number(0, blank=True, required=False)
    schema = Schema("answers", {"unit": text(), "asked": asked, "group": text()})
    frame = pd.DataFrame({"unit": ["01"], "group": ["ngo"]})

    pd.testing.assert_frame_equal(frame.astype("str"), schema.checked(frame))
    for wrong in (frame[["unit"]], frame[["group", "unit"]], frame.assign(other="x")):
        with pytest.raises(AttributeError):
            schema.checked(wrong)
