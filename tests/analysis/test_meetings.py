"""Themes of the meetings: counts, the coders' agreement, and quotes that identify nobody."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from small_plan import MEETINGS, PLAN_STUDY, with_line, write_plan

from umid_research.analysis.meetings import Meetings, count_themes, read_themes
from umid_research.disclosure.rules.themes import _shown_themes
from umid_research.errors import StudyError
from umid_research.frames import write_frames
from umid_research.study import Thresholds, read_study

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"


@pytest.fixture
def count(write_study: Callable[..., Path]) -> Callable[..., Meetings]:
    """Return the meetings of the small plan, with another register if one is given."""

    def counted(meetings: str | None = MEETINGS) -> Meetings:
        folder = write_plan(write_study(study=PLAN_STUDY), meetings=meetings)
        return count_themes(folder, read_study(folder), draws=200, seed=1)

    return counted


@pytest.fixture(scope="module")
def bundled() -> Meetings:
    return count_themes(BUNDLED, read_study(BUNDLED), seed=1)


def _counts(found: Meetings, **keys: str) -> list[tuple]:
    themes = found.themes
    for column in ("group", "district"):
        wanted = keys.get(column)
        themes = themes[themes[column] == wanted if wanted else themes[column].isna()]
    themes = themes[themes["source"] == keys["source"]]
    return list(themes[["theme", "segments", "meetings", "of"]].itertuples(index=False, name=None))


def _rules(found: Meetings) -> list[tuple]:
    issues = found.meeting_issues[["file", "row", "column", "rule", "action"]]
    return list(issues.itertuples(index=False, name=None))


def test_a_theme_is_counted_in_segments_and_meetings(count) -> None:
    """Roads in one of two meetings; money once in each of both."""
    assert [("roads", 1, 1, 2), ("money", 2, 2, 2)] == _counts(count(), source="meetings")


def test_a_theme_that_nobody_raises_counts_zero(count) -> None:
    """In the only meeting with the office nobody raised roads."""
    assert [("roads", 0, 0, 1), ("money", 1, 1, 1)] == _counts(
        count(), source="meetings", group="office"
    )


def test_every_proposal_counts_as_one_person(count) -> None:
    """Two proposals, one without a theme, which counts in the base."""
    assert [("roads", 1, 1, 2), ("money", 0, 0, 2)] == _counts(count(), source="survey")


def test_the_coder_who_has_read_most_decides(count) -> None:
    """B gives T2 no theme; A, who has read five segments to B's two, says money."""
    assert ("money", 1, 1, 1) in _counts(count(), source="meetings", district="north")


def test_agreement_uses_the_segments_that_both_have_read(count) -> None:
    """T1 and T2: they agree on roads and differ once on money."""
    agreement = count().theme_agreement.set_index("theme")

    assert (2, 0, 1.0) == tuple(agreement.loc["roads", ["double", "differ", "alpha"]])
    # Codes 1 0 · 0 0: one unit differs, 1 one and 3 zeros: 1 - 3 · 1 / (1 · 3).
    assert (2, 1, 0.0) == tuple(agreement.loc["money", ["double", "differ", "alpha"]])


def test_coding_disagreements_are_listed(count) -> None:
    """With the coders who gave the theme and those who did not."""
    assert [("T2", "money", "A", "B")] == list(
        count().coding_disagreements.itertuples(index=False, name=None)
    )


BAD_ROWS = {
    "no_coder": ("T9,G1,2022-04-01,people,north,,roads,Text,", "coder"),
    "unknown_theme": ("T9,G1,2022-04-01,people,north,A,weather,Text,", "theme"),
    "unknown_group": ("T9,G1,2022-04-01,strangers,north,A,roads,Text,", "group"),
    "unknown_district": ("T9,G1,2022-04-01,people,west,A,roads,Text,", "district"),
    "date_outside_field_work": ("T9,G1,2021-04-01,people,north,A,roads,Text,", "date"),
    "not_a_date": ("T9,G1,,people,north,A,roads,Text,", "date"),
    "no_segment": (",G1,2022-04-01,people,north,A,roads,Text,", "segment_id"),
    "no_meeting": ("T9,,2022-04-01,people,north,A,roads,Text,", "meeting"),
    "coded_twice": ("T1,G1,2022-04-01,people,north,A,roads,Text,", "theme"),
}


@pytest.mark.parametrize("rule", BAD_ROWS)
def test_an_invalid_row_is_an_issue_and_does_not_count(count, rule) -> None:
    """The issue names file and row; the counts are the same as without the row."""
    line, column = BAD_ROWS[rule]
    found = count(with_line(MEETINGS, line))

    assert [("meetings.csv", 9, column, rule, "set aside")] == _rules(found)
    pd.testing.assert_frame_equal(count().themes, found.themes)


def test_a_segment_in_two_places_is_set_aside_completely(count) -> None:
    """Nobody can say which place is right."""
    found = count(with_line(MEETINGS, "T3,G2,2022-04-02,office,north,B,money,We print it.,"))

    assert [(6, "segment_in_two_places"), (9, "segment_in_two_places")] == [
        (row, rule) for _, row, _, rule, _ in _rules(found)
    ]


def test_the_issues_repeat_no_text(count) -> None:
    """Not even from a column that should have a code."""
    line = "T9,G1,2022-04-01,people,north,A,Anar said so,Text,"
    issues = count(with_line(MEETINGS, line)).meeting_issues

    assert ["[text]"] == list(issues["old"])


def test_a_quote_has_the_group_or_the_district(count) -> None:
    """As the person who cleared it decided, and never both."""
    line = "T9,G3,2022-04-01,office,south,A,roads,Too far.,district"
    quotes = count(with_line(MEETINGS, line)).quotes

    assert ["The road is bad.", "Too far."] == list(quotes["text"])
    assert ["people", None] == list(
        quotes["group"].astype(object).where(quotes["group"].notna(), None)
    )
    assert not (quotes["group"].notna() & quotes["district"].notna()).any()


@pytest.mark.parametrize(
    ("text", "quotes"),
    [("The road is bad.", 1), ("the ROAD  is bad.", 1), ("The bridge is bad.", 2)],
)
def test_the_same_words_are_quoted_once(count, text, quotes) -> None:
    """Quoted with the group here and the district there, they would reveal both."""
    line = f"T9,G3,2022-04-01,people,north,A,roads,{text},district"

    assert quotes == len(count(with_line(MEETINGS, line)).quotes)


def test_a_cleared_text_with_personal_data_is_not_quoted(count) -> None:
    """People overlook personal data; the row becomes an issue."""
    line = "T9,G3,2022-04-01,office,south,A,roads,Zəng edin 050 123 45 67,group"
    found = count(with_line(MEETINGS, line))

    assert ["The road is bad."] == list(found.quotes["text"])
    assert [("meetings.csv", 9, "text", "personal_data", "not quoted")] == _rules(found)


def _translated(register: str, **translations: str) -> str:
    """Return the register with the column `text_en`: the translations of the segments named."""
    header, *lines = register.strip().splitlines()
    ends = [translations.get(line.split(",")[0], "") for line in lines]
    return "\n".join([f"{header},text_en", *(f"{a},{b}" for a, b in zip(lines, ends, strict=True))])


def test_a_quote_carries_its_translations(count) -> None:
    """As a person wrote them; a text without one has a blank."""
    line = "T9,G3,2022-04-01,office,south,A,roads,Uzaqdır.,district"
    found = count(_translated(with_line(MEETINGS, line), T9="It is far."))

    assert [("The road is bad.", ""), ("Uzaqdır.", "It is far.")] == list(
        found.quotes[["text", "text_en"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    ("translation", "quotes"), [("the road is BAD.", 1), ("The bridge is bad.", 2)]
)
def test_words_that_were_quoted_are_not_quoted_as_a_translation(count, translation, quotes) -> None:
    """The same words with the group here and the district there would reveal both."""
    line = "T9,G3,2022-04-01,people,north,A,roads,Yol pisdir.,district"
    register = _translated(with_line(MEETINGS, line), T9=translation)

    assert quotes == len(count(register).quotes)


def test_personal_data_in_a_translation_keep_the_text_from_being_quoted(count) -> None:
    """A translator can write out what the original leaves open."""
    register = _translated(MEETINGS, T1="Call 050 123 45 67.")

    assert count(register).quotes.empty


def test_a_text_nobody_has_cleared_is_not_quoted(count) -> None:
    """Seven of eight rows are not cleared."""
    assert 1 == len(count().quotes)


def test_a_quote_has_its_language_and_an_invalid_language_is_an_issue(count) -> None:
    """The column is optional; a value that is no language code is blanked."""
    header, *lines = MEETINGS.strip().splitlines()
    lines = [f"{line},{code}" for line, code in zip(lines, ("en", *["Ru!"] * 6), strict=True)]
    found = count("\n".join([f"{header},language", *lines]))

    assert ["en"] == list(found.quotes["language"])
    assert {"unknown_language"} == {rule for _, _, _, rule, _ in _rules(found)}
    assert 6 == len(_rules(found))


def test_without_a_register_the_frames_are_empty(count) -> None:
    """The size of the register is blank, not zero."""
    found = count(None)

    assert found.themes.empty
    assert found.meeting_register["rows"].isna().all()


def test_a_register_without_a_column_is_an_error(count) -> None:
    """The error lists the expected columns."""
    with pytest.raises(StudyError, match="lacks a column"):
        count(MEETINGS.replace(",coder,", ",who,"))


def test_frames_read_back_as_they_were_written(count, tmp_path: Path) -> None:
    """The next stage reads the frames from disk."""
    found = count()
    write_frames(tmp_path / "processed", found.frames(), read_study(BUNDLED))

    again = read_themes(tmp_path / "processed").frames()

    for schema, frame in found.frames().items():
        pd.testing.assert_frame_equal(schema.checked(frame), again[schema])


@pytest.mark.parametrize(
    ("meetings", "of", "shown"),
    [
        ([3, 3, 3], [8, 8, 8], [True, True, True]),
        # A single small cell follows from the total: the next smallest is withheld with it.
        ([2, 3, 3], [4, 8, 9], [False, False, True]),
        # Two small cells with enough people together protect each other.
        ([1, 1, 3], [4, 4, 8], [False, False, True]),
        # A count of nobody or everybody would reveal the answer of each person.
        ([0, 6, 3], [6, 6, 8], [False, False, True]),
    ],
)
def test_secondary_suppression_protects_a_withheld_count(meetings, of, shown) -> None:
    """A single withheld count could be computed from the total and the shown counts."""
    groups = ["community", "cdc", "ngo"]
    cells = pd.DataFrame({"theme": "roads", "group": groups, "meetings": meetings, "of": of})
    study = read_study(BUNDLED)
    study = study.model_copy(update={"thresholds": Thresholds(answers=5)})

    assert shown == list(_shown_themes(cells, study, "group"))


def test_the_bundled_meetings_have_their_planted_flaws(bundled) -> None:
    """Every kind that the folder's README lists."""
    assert {
        *("no_coder", "unknown_theme", "date_outside_field_work", "personal_data"),
    } == set(bundled.meeting_issues["rule"])


def test_the_bundled_agreement_is_lowest_where_most_doubt_was_planted(bundled) -> None:
    """The theme of meetings and training has the largest planted share of doubt."""
    alpha = bundled.theme_agreement.set_index("theme")["alpha"].sort_values()

    assert {"training", "meetings"} == set(alpha.index[:2])
    assert (alpha <= 1).all()


def test_the_most_frequent_theme_has_the_largest_planted_interest(bundled) -> None:
    """Councils raise meetings, the theme with the largest share of their interest."""
    themes = bundled.themes
    councils = themes[(themes["source"] == "meetings") & (themes["group"] == "cdc")]

    assert "meetings" == councils.loc[councils["segments"].idxmax(), "theme"]
