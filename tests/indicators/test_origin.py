"""Who stands behind a text: named by district where enough people do, and never with a group."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_activities import REGISTERS, no_decisions
from small_activity_report import small_activity_report
from small_indicators import Small, definitions, districts, read_small
from small_plan import MEETINGS

from umid_research.analysis.meetings import read_meetings
from umid_research.clean.privacy import nameable
from umid_research.indicators.proposals import distinct_proposals
from umid_research.indicators.withholding import revealing_shares
from umid_research.report.proposals.table import letters_of, table_proposals_to
from umid_research.report.proposals.text import letter
from umid_research.study import Study, Thresholds

# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "named"),
    [
        ({"a": 5, "b": 9}, ["a", "b"]),
        ({"a": 4, "b": 9}, []),
        ({"a": 1, "b": 6, "c": 9}, ["c"]),
        ({"a": 9, "b": 1, "c": 6}, ["a"]),
        ({"a": 2, "b": 3, "c": 5}, ["c"]),
        ({"a": 2, "b": 2, "c": 5}, []),
        ({"a": 2, "b": 2, "c": 5, "d": 5}, ["d"]),
        ({"a": 5}, ["a"]),
        ({"a": 4}, []),
        ({}, []),
    ],
)
def test_a_key_is_named_where_five_people_stand_behind_it(people, named) -> None:
    """And where those that are not named are two at least, with five people together."""
    assert named == nameable(pd.Series(people, dtype=float), 5)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12)), st.integers(1, 8))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_what_is_not_named_hides_among_two_keys_and_enough_people(people, least) -> None:
    """The attack: a reader who sees no origin leaves out the keys that are named elsewhere."""
    named = nameable(pd.Series(people, dtype=float), least)
    hidden = [key for key in people if key not in named]

    assert all(people[key] >= least for key in named)
    if named and hidden:
        assert len(hidden) >= 2
        assert sum(people[key] for key in hidden) >= least


# --- proposals ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    return read_small(folder, indicators=definitions("proposals_collected"))


# group, locality of who proposed something in a district
_FIVE = [("people", "n1"), ("people", "n2"), ("office", "n1"), ("office", "n2"), ("ngo", "n1")]


def _study(small: Small, least: int = 5) -> Study:
    """The small study with a third district and this threshold."""
    others = {"east": small.study.districts["north"]}
    districts = {**small.study.districts, **others}
    thresholds = Thresholds(answers=least)
    return small.study.model_copy(update={"districts": districts, "thresholds": thresholds})


def _register(small: Small, **people: list[tuple[str, str]]) -> pd.DataFrame:
    """A register with a proposal of each of these people, district by district."""
    first = small.registers.frames["proposals"].iloc[[0]].assign(measure="", submitted=pd.NaT)
    made = [(district, *one) for district, those in people.items() for one in those]
    rows = pd.concat([first] * len(made), ignore_index=True)
    rows[["district", "group", "locality"]] = made
    ids = [f"P{place}" for place in range(len(made))]
    texts = [f"Proposal in {chr(97 + place) * 9}" for place in range(len(made))]
    return rows.assign(proposal_id=ids, text=texts, text_en="", row=range(len(made)))


def _named(small: Small, rows: pd.DataFrame, *, least: int = 5, **more) -> list[str]:
    """The district that is told of each proposal."""
    found = distinct_proposals(rows, no_decisions(), _study(small, least), **more).distinct
    return found.set_index("proposal").loc[rows["proposal_id"], "district"].tolist()


def test_a_district_is_named_where_five_different_people_proposed_something(small) -> None:
    """Four are too few; of the group nothing is told at all."""
    five, four = _register(small, north=_FIVE), _register(small, north=_FIVE[:4])

    assert ["north"] * 5 == _named(small, five)
    assert [""] * 4 == _named(small, four)
    output = distinct_proposals(five, no_decisions(), _study(small)).distinct
    assert {"group", "locality", "event", "date"}.isdisjoint(output.columns)


@pytest.mark.parametrize(
    ("south", "places"),
    [(5, ["north", "south"]), (4, [""]), (1, [""]), (0, ["north"])],
)
def test_a_letter_is_about_a_district_where_five_people_proposed_something(
    small, south, places
) -> None:
    """Else one letter has all proposals, and neither it nor its list names a single district."""
    there = [(group, place.replace("n", "s")) for group, place in _FIVE[:south]]
    rows = _register(small, north=_FIVE, south=there)
    rows = rows.assign(area="money", addressee="ministry", dimension="")
    made = distinct_proposals(rows, no_decisions(), small.study).distinct
    report = small_activity_report(proposals=made.assign(text_az="").to_dict("records"))

    assert [("ministry", place) for place in places] == letters_of(report)
    for place in places:
        table = table_proposals_to(report, "ministry", place)
        said = f"{letter(report, 'ministry', place)} {table!r}"
        assert len(rows) / len(places) == len(table.rows)
        named = {name for name in ("North", "South") if name in said}
        assert {place.title()} == named if place else {"North", "South"} == named
        assert not {"office", "Office", "n1", "s1"} & set(said.split())


def test_two_proposals_of_one_entrepreneur_may_be_one_person_s(small) -> None:
    """Ten of one group in one locality count as one; so do ten of whom nothing is known."""
    assert [""] * 10 == _named(small, _register(small, north=[("ngo", "n1")] * 10))
    assert [""] * 10 == _named(small, _register(small, north=[("", "")] * 10))


def test_three_people_of_one_group_are_named_by_a_threshold_of_three(small) -> None:
    """And not by one of five; that they are told apart by locality alone is enough."""
    three = _register(small, north=[("ngo", "n1"), ("ngo", "n2"), ("ngo", "s1")])

    assert [""] * 3 == _named(small, three)
    assert ["north"] * 3 == _named(small, three, least=3)


def test_the_only_district_without_a_name_takes_the_next_smallest_with_it(small) -> None:
    """Or what bears no name would be known to come from there."""
    more = [*_FIVE, ("ngo", "n2")]
    rows = _register(small, north=_FIVE, south=[("ngo", "s1")], east=more)

    assert [*[""] * 6, *["east"] * 6] == _named(small, rows)


def test_a_study_of_one_district_names_it_where_enough_people_proposed(small) -> None:
    """A single district follows the same rule."""
    study = _study(small)
    only = study.model_copy(update={"districts": {"north": study.districts["north"]}})
    for people, named in ((_FIVE, "north"), (_FIVE[1:], "")):
        rows = _register(small, north=people)
        found = distinct_proposals(rows, no_decisions(), only).distinct
        assert {named} == set(found["district"])


def test_words_that_are_quoted_with_a_group_have_no_district(small) -> None:
    """Both would be told of one text; other proposals keep theirs."""
    rows = _register(small, north=_FIVE)
    quoted = frozenset({"proposal in aaaaaaaaa"})

    assert ["", *["north"] * 4] == _named(small, rows, quoted=quoted)


def test_what_a_register_of_meetings_quotes_with_a_group_is_known(tmp_path) -> None:
    """By the words, whatever their capitals; what is quoted with a district keeps it."""
    names = ("Hang it up", "HANG IT  UP", "Another thing")
    for text, by, named in ((names[0], "group", ""), (names[1], "group", ""), *_KEPT):
        folder = tmp_path / f"{text}-{by}"
        folder.mkdir()
        made = read_small(folder)
        line = f"U9,survey,,people,north,A,roads,{text},{by}\n"
        (folder / "meetings.csv").write_text((MEETINGS + line).lstrip(), encoding="utf-8")
        held = read_meetings(folder, made.study).rows
        named_by_one = made.study.model_copy(update={"thresholds": Thresholds(answers=1)})
        found = replace(made, meetings=held, study=named_by_one).counted().proposals

        assert {named} == set(found["district"]), (text, by)


def test_a_translation_that_is_quoted_with_a_group_is_known_too(tmp_path) -> None:
    """The proposal is in the words of the translation, not of the meeting."""
    made = read_small(tmp_path)
    header, *lines = MEETINGS.strip().splitlines()
    lines = [f"{line}," for line in lines]
    lines.append("U9,survey,,people,north,A,roads,Asın,group,Hang it up")
    register = "\n".join([f"{header},text_en", *lines])
    (tmp_path / "meetings.csv").write_text(register, encoding="utf-8")
    held = read_meetings(tmp_path, made.study).rows
    named_by_one = made.study.model_copy(update={"thresholds": Thresholds(answers=1)})
    found = replace(made, meetings=held, study=named_by_one).counted().proposals

    assert {""} == set(found["district"])


_KEPT = (("Hang it up", "district", "north south"), ("Another thing", "group", "north south"))


# --- counts of proposals, members and shares ------------------------------------------------------


def test_proposals_are_counted_by_district_where_it_may_be_named(tmp_path) -> None:
    """The project's number stays, which tells of no district."""
    made = read_small(tmp_path, indicators=definitions("proposals_collected"), decisions=None)
    hidden = made.counted().activities_published
    study = made.study.model_copy(update={"thresholds": Thresholds(answers=1)})
    shown = replace(made, study=study).counted()

    assert [True, False, False] == hidden["shown"].tolist()
    assert hidden.loc[~hidden["shown"], "actual"].isna().all()
    assert shown.activities_published["shown"].all()
    assert {"north": 1, "south": 1} == districts(shown, "proposals_collected")


@pytest.mark.parametrize(("entrepreneurs", "kinds"), [(4, {"other", "cdc"}), (5, None)])
def test_few_entrepreneurs_of_a_platform_are_counted_among_other_bodies(
    tmp_path, entrepreneurs, kinds
) -> None:
    """They are people; councils are bodies, and one of them may be output."""
    head = REGISTERS["platforms"].strip().splitlines()[0]
    rows = [f"L1,2022-07-20,south,Shop {n},entrepreneur," for n in range(entrepreneurs)]
    text = "\n".join([head, *rows, "L1,2022-07-20,south,Council,cdc,"]) + "\n"
    found = read_small(tmp_path, platforms=text).counted().memberships

    assert (kinds or {"entrepreneur", "cdc"}) == set(found["member_type"])
    assert entrepreneurs + 1 == found["members"].sum()


@pytest.mark.parametrize(
    ("before", "after", "hidden"),
    [
        ((40, 50, 60), (60, 70, 80), "   "),
        ((0, 50, 60), (60, 70, 80), "x x"),
        ((0, 50, 60), (60, 70, 90), "x x"),
        ((40, 50, 60), (60, 99, 80), " xx"),
        ((40, 50, 60), (60, 98.9, 80), "   "),
        ((1.1, 50, 60), (60, 70, 80), "   "),
        ((1, 50, 99.5), (60, 70, 80), "x x"),
    ],
)
def test_shares_at_an_end_of_the_scale_are_withheld(before, after, hidden) -> None:
    """With the next one to an end, or the mean of all would tell the only one."""
    means = {"before": [*before, sum(before) / 3], "after": [*after, sum(after) / 3]}
    rows = pd.DataFrame({"question": ["q1", "q2", "q3", ""], **means})

    assert [*(mark == "x" for mark in hidden), False] == revealing_shares(rows).tolist()


def test_where_all_questions_together_are_at_an_end_nothing_of_them_is_shown() -> None:
    """Their mean could be worked out of them."""
    rows = pd.DataFrame({"question": ["q1", "q2", ""], "before": [2, 0, 1], "after": [50, 60, 55]})

    assert revealing_shares(rows).all()


def test_of_whom_nothing_is_known_counts_as_one_person(small) -> None:
    """One of nobody known and three others are four, so the next district is not named either."""
    one, three = [("", "")], [("ngo", "n1"), ("ngo", "n2"), ("people", "n1")]

    hidden = _register(small, north=one, south=three, east=_FIVE)
    named = _register(small, north=one, south=[*three, ("people", "n2")], east=_FIVE)

    assert [""] * 9 == _named(small, hidden)
    assert ["east"] * 5 == _named(small, named)[5:]
