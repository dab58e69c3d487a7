"""Counts of the indicators: nothing counts twice, and missing data is never zero."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_activities import REGISTERS, with_row
from small_indicators import Small, definitions, districts, project, read_small

from umid_research.__main__ import main
from umid_research.analysis.meetings import read_meetings
from umid_research.clean import clean_responses
from umid_research.errors import StudyError
from umid_research.indicators import Activities, read_registers
from umid_research.indicators.counts import COUNTS
from umid_research.indicators.indicators import COLUMNS
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

BUNDLED = Path(__file__).resolve().parents[2] / "data" / "raw"


@pytest.fixture
def found(tmp_path: Path):
    """Counts the small registers, each replaced by a text, or left out by None."""

    def count(**registers: str | None) -> Activities:
        return read_small(tmp_path, **registers).counted()

    return count


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return read_small(tmp_path_factory.mktemp("small"))


def _only(found, key: str, more: str = "", **registers: str | None) -> pd.Series:
    """The project's row of one indicator, with `more` in its definition.

    Only the registers that it is counted from are there.
    """
    needed = {*COUNTS[key].registers, "explanations"}
    rest = dict.fromkeys(REGISTERS.keys() - needed, None)
    made = found(indicators=definitions(key, more=more), **{**rest, **registers})
    return project(made).loc[key]


# --- counting right -------------------------------------------------------------------------------


def test_the_counts_of_the_small_registers_equal_counts_by_hand(found) -> None:
    """Every counting method, from the few rows of the small registers and ten interviews."""
    actual = project(found())["actual"].to_dict()

    assert {
        "units_surveyed": 9,
        "people_interviewed": 10,
        "meetings_held": 2,
        "report_delivered": 1,
        "presentation_delivered": 0,
        "municipality_pages": 1,
        "cbo_pages": 1,
        "pieces_of_information": 2,
        "consultations_held": 1,
        "cards_distributed": 40,
        "people_knowing_more": 1,
        "egov_consultations": 1,
        "families_paying_online": 1,
        "terminals_requested": 2,
        "terminals_approved": 1,
        "terminals_installed": 1,
        "workshops_held": 1,
        "press_sites": 1,
        "proposals_collected": 1,
        "proposals_submitted": 1,
        "platforms": 1,
    } == actual
    assert set(COUNTS) == set(actual)


def test_a_municipality_with_two_pages_counts_once(found) -> None:
    """The target is a number of municipalities, not of pages."""
    pages = with_row("pages", "G3,municipality,n1,telegram,https://example.org/t,2022-03-11,")

    assert 1 == _only(found, "municipality_pages", pages=pages)["actual"]


def test_an_address_posted_twice_counts_once_and_is_an_issue(found) -> None:
    """Scheme, www, capitals in the host and a final slash do not make another address."""
    posts = with_row(
        "posts", "B3,G1,n1,2022-04-03,recruitment,Again,http://www.Example.org/n1/1/,,"
    )
    made = found(posts=posts)

    assert 2 == project(made).loc["pieces_of_information", "actual"]
    issue = made.activity_issues.iloc[0]
    assert ("posts.csv", 4, "url_twice", "counted once") == tuple(
        issue[["file", "row", "rule", "action"]]
    )


@pytest.mark.parametrize(("mode", "actual"), [("online", 2), ("hybrid", 2), ("in_person", 1)])
def test_only_online_and_hybrid_events_count_as_online(found, mode, actual) -> None:
    """Events held in person are still listed among the events."""
    held = with_row("consultations", f"C3,2.1,n2,2022-04-11,{mode},")
    made = found(indicators=definitions("consultations_held"), consultations=held)

    assert actual == project(made)["actual"].iloc[0]
    assert "C3" in set(made.events["event"])


def test_a_community_with_two_consultations_on_e_services_counts_once(found) -> None:
    """The target is one consultation in each of twelve communities."""
    held = with_row("consultations", "C3,2.2,s1,2022-04-13,online,")

    assert 1 == _only(found, "egov_consultations", consultations=held)["actual"]


def test_a_family_in_two_districts_counts_once_in_each_and_once_in_total(found) -> None:
    """So the districts add up to more than the project."""
    payments = with_row("payments", "Y3,F1,s1,2022-06-03,A portal,fine,no,,")
    made = found(indicators=definitions("families_paying_online"), payments=payments)

    assert 1 == project(made)["actual"].iloc[0]
    assert {"north": 1, "south": 1} == districts(made, "families_paying_online")


def test_requested_approved_and_installed_terminals_are_counted_separately(found) -> None:
    """A refused request is a request; without a reply it is neither approved nor refused."""
    terminals = with_row("terminals", "T3,n2,2022-05-12,12/3,2022-06-02,refused,")
    actual = project(found(terminals=terminals))["actual"]

    assert [3, 1, 1] == [
        actual[f"terminals_{step}"] for step in ("requested", "approved", "installed")
    ]


def test_a_platform_in_two_districts_counts_once_for_the_project(found) -> None:
    """The frame `memberships` has its members by district."""
    made = found(platforms=with_row("platforms", "L1,2022-07-20,south,Council of s2,cdc,"))

    assert 1 == project(made).loc["platforms", "actual"]
    assert {} == districts(made, "platforms")
    members = made.memberships[["platform", "district", "member_type", "members"]]
    assert [("L1", "north", "municipality", 1), ("L1", "south", "cdc", 2)] == list(
        members.itertuples(index=False, name=None)
    )


def test_a_press_site_counts_once(found) -> None:
    """Two pages of one site are one site."""
    press = with_row("press", "R2,W1,2022-07-03,Example.ORG,https://example.org/news/2,")

    assert 1 == _only(found, "press_sites", press=press)["actual"]


def test_the_survey_counts_from_its_own_frames(found) -> None:
    """Units and people of the ten interviews; the districts add up to the project."""
    made = found()

    assert {"north": 4, "south": 5} == districts(made, "units_surveyed")
    assert {"north": 5, "south": 5} == districts(made, "people_interviewed")
    assert "responses.csv: 10 rows" == project(made).loc["units_surveyed", "source"]


# --- missing is not zero --------------------------------------------------------------------------

_SURVEY = ("units_surveyed", "people_interviewed", "meetings_held")


def test_without_registers_the_indicators_have_no_data(found) -> None:
    """They are blank; the survey's own numbers do not change."""
    rows = project(found(**dict.fromkeys(REGISTERS, None)))
    activities = rows.drop(index=list(_SURVEY))

    assert {"no_data"} == set(activities["status"])
    assert activities[["actual", "achieved", "deviation"]].isna().all().all()
    assert {""} == set(activities["source"]) == set(activities["explanation"])
    assert {"no_target"} == set(rows.loc[list(_SURVEY), "status"])


@pytest.mark.parametrize("name", sorted({name for c in COUNTS.values() for name in c.registers}))
def test_without_a_register_only_its_indicators_have_no_data(small, name) -> None:
    """A register with a header and no rows is treated like an absent one."""
    lost = {key for key, count in COUNTS.items() if name in count.registers}
    whole = project(small.counted())["actual"]
    kinds = [small.without(name)]
    if name in small.registers.frames:
        kinds.append(small.without(name, header=True))
    for made in kinds if name != "responses" else ():
        rows = project(made.counted())
        assert {"no_data"} == set(rows.loc[sorted(lost), "status"])
        assert rows.loc[sorted(lost), "actual"].isna().all()
        assert whole.drop(sorted(lost)).equals(rows["actual"].drop(sorted(lost)))


def test_coverage_has_zeros_only_if_the_register_exists(small) -> None:
    """With the register of posts, localities × categories with zeros; without it no rows."""
    places, categories = 4, 6
    cells = small.counted().coverage
    pieces = cells[~cells["category"].str.startswith("page:")]

    assert places * categories == len(pieces)
    assert (2, 0) == (pieces["pieces"].sum(), pieces["pieces"].min())
    assert {"page:municipality", "page:cbo"} == set(
        small.without("posts").counted().coverage["category"]
    )
    assert small.without("posts").without("pages").counted().coverage.empty


# --- targets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "status", "achieved", "deviation"),
    [
        ("target = 2", 1, "below", 0.5, -50.0),
        ("target = 2", 2, "met", 1.0, 0.0),
        ("target = 10", 9, "nearly_met", 0.9, -10.0),
        ("target = 9", 8, "below", 0.8889, -11.1),
        ("target = [9, 12]", 8, "below", 0.8889, -11.1),
        ("target = 9\nbaseline = 5", 8, "below", 0.75, -11.1),
        ("target = 2", 3, "exceeded", 1.5, 50.0),
        ("target = [2, 3]", 1, "below", 0.5, -50.0),
        ("target = [2, 3]", 2, "met", 1.0, 0.0),
        ("target = [2, 3]", 3, "met", 1.5, 0.0),
        ("target = [2, 3]", 6, "exceeded", 3.0, 100.0),
        ("target = 5\nbaseline = 1", 3, "below", 0.5, -40.0),
        ("target = 2\nbaseline = 2", 3, "exceeded", None, 50.0),
        ("target = 0", 3, "exceeded", None, None),
        ("", 3, "no_target", None, None),
    ],
)
def test_the_status_follows_from_the_target(
    found, target, actual, status, achieved, deviation
) -> None:
    """Nearly met from 90 % of the low end, met up to the high end, exceeded above."""
    rows = "".join(f"X{i},n1,2022-05-0{i + 1},12,,,\n" for i in range(actual))
    header = REGISTERS["terminals"].splitlines()[1]
    row = _only(found, "terminals_requested", target, terminals=f"{header}\n{rows}")

    assert (actual, status) == (row["actual"], row["status"])
    for expected, got in ((achieved, row["achieved"]), (deviation, row["deviation"])):
        assert np.isnan(got) if expected is None else expected == got


def test_a_district_target_applies_to_that_district_only(found) -> None:
    """The other district has no target and no status."""
    more = "target = 2\ntarget_by_district = { north = 2 }"
    made = found(indicators=definitions("terminals_requested", more=more))
    rows = made.indicators.set_index(["district", "sex"])

    assert ("below", 0.5) == tuple(rows.loc[("north", ""), ["status", "achieved"]])
    assert "no_target" == rows.loc[("south", ""), "status"]


# --- deviations -----------------------------------------------------------------------------------

_EXPLAINED = "indicator,district,explanation,by\n"


@pytest.mark.parametrize(
    ("target", "given", "expected"),
    [
        (1, "", "missing"),
        (2, "", ""),
        (1, "terminals_requested,,A second one was asked for,ann\n", "A second one was asked for"),
        (2, "terminals_requested,,As planned,ann\n", "As planned"),
        (1, "terminals_requested,,Call 050 123 45 67,ann\n", "Call [phone]"),
        (1, "terminals_requested,north,Of the north,ann\n", "missing"),
    ],
)
def test_a_deviation_above_the_threshold_has_an_explanation_or_a_mark(
    found, target, given, expected
) -> None:
    """A given explanation is masked and shown in its row, required or not."""
    more = f"target = {target}"
    row = _only(found, "terminals_requested", more, explanations=_EXPLAINED + given)

    assert expected == row["explanation"]


def test_an_explanation_may_be_translated_and_is_masked_in_each_language(found) -> None:
    """The column of a translation is blank where there is none."""
    given = _EXPLAINED.replace(",by", ",explanation_en,by")
    given += "terminals_requested,,050 123 45 67 zəng et,Call 050 123 45 67,ann\n"
    made = found(
        indicators=definitions("terminals_requested", more="target = 1"), explanations=given
    )
    frame = made.indicators

    assert "Call [phone]" == project(made).loc["terminals_requested", "explanation_en"]
    assert {""} == set(frame.loc[frame["district"] != "", "explanation_en"])


@pytest.mark.parametrize(("threshold", "expected"), [(10, "missing"), (100, "")])
def test_the_threshold_is_a_setting(found, threshold, expected) -> None:
    """A deviation equal to the threshold needs no explanation."""
    text = definitions("terminals_requested", more="target = 1")
    text = text.replace("threshold = 10", f"threshold = {threshold}")
    rows = project(found(indicators=text, explanations=None))

    assert expected == rows.loc["terminals_requested", "explanation"]


# --- the frame ------------------------------------------------------------------------------------


def test_rows_follow_the_definitions_with_the_project_row_first(found) -> None:
    """Then the districts in the study's order, then the sexes."""
    frame = found(indicators=definitions("people_interviewed", "people_knowing_more")).indicators
    parts = [("", ""), ("north", ""), ("south", ""), ("", "f"), ("", "m")]

    assert [*COLUMNS, "explanation_en"] == list(frame.columns)
    assert [
        (key, *part) for key in ("people_interviewed", "people_knowing_more") for part in parts
    ] == list(frame[["indicator", "district", "sex"]].itertuples(index=False, name=None))


def test_an_unknown_counting_method_is_an_error_that_lists_the_valid_ones(found) -> None:
    """The definitions name functions; a misspelt name stops the run."""
    text = definitions("platforms").replace('count = "platforms"', 'count = "platform"')

    with pytest.raises(StudyError, match=r"indicators\.platforms\.count.*'platform'.*press_sites"):
        found(indicators=text)


@pytest.mark.parametrize(
    ("key", "by"), [("platforms", "district"), ("terminals_requested", "sex"), ("cbo_pages", "sex")]
)
def test_a_breakdown_that_the_counting_method_lacks_is_an_error(found, key, by) -> None:
    """A platform belongs to no district, and a terminal has no sex."""
    with pytest.raises(StudyError, match=rf"indicators\.{key}\.by.*'{by}'"):
        found(indicators=definitions(key, by=f'["{by}"]'))


def test_no_name_leaves_the_registers(small) -> None:
    """Nor the number of a person; duplicates are listed by attendance id."""
    made = small.counted()
    texts = {name: frame.to_csv() for name, frame in made.frames().items()}

    assert "Sample" in small.registers.frames["attendance"]["name"].iloc[0]
    for name, text in texts.items():
        assert "Sample" not in text, name
        assert "person" not in text or name == "activity_duplicates", name


# --- the stage ------------------------------------------------------------------------------------


def _files(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.*"))}
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def _made(raw: Path, processed: Path) -> dict[str, bytes]:
    for stage in ("clean", "implementation", "activities"):
        assert 0 == main([stage, "--raw", str(raw), "--processed", str(processed)])
    return _files(processed)


def test_without_the_folder_the_survey_frames_are_the_same_and_old_files_are_emptied(
    tmp_path: Path,
) -> None:
    """Removed registers leave frames with a header only."""
    small = read_small(tmp_path)
    processed = tmp_path / "processed"
    before = _made(tmp_path, processed)
    shutil.rmtree(tmp_path / "activities")
    after = _made(tmp_path, processed)

    own = {f"{name}.csv" for name in small.counted().frames()} | {
        "study/activities/indicators.toml"
    }
    assert own <= set(before)
    assert {"indicators.csv"} == own & set(after)
    assert 1 == after["indicators.csv"].count(b"\n")
    assert {n: b for n, b in before.items() if n not in own} == {
        n: b for n, b in after.items() if n not in own
    }


# --- the bundled study ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled() -> Small:
    study = read_study(BUNDLED)
    form = read_questionnaire(BUNDLED, study)
    cleaned = clean_responses(read_raw(BUNDLED, form, study), form, study, key="k" * 16)
    meetings = read_meetings(BUNDLED, study)
    return Small(read_registers(BUNDLED, study), cleaned, meetings.rows, study)


@pytest.fixture(scope="module")
def bundled_frames(bundled) -> Activities:
    return bundled.counted()


def test_every_pair_decided_to_be_the_same_would_have_been_proposed(
    bundled, bundled_frames
) -> None:
    """Without decisions, every planted duplicate is an open pair and counts as two."""
    undecided = bundled.without("decisions").counted()
    pairs = bundled_frames.activity_duplicates
    decided = pairs[pairs["reason"] != ""]
    proposed = undecided.activity_duplicates

    assert {"same", "different"} == set(decided["decision"])
    assert {""} == set(proposed["decision"])
    assert {frozenset(pair) for pair in decided[["first", "second"]].to_numpy()} <= {
        frozenset(pair) for pair in proposed[["first", "second"]].to_numpy()
    }
    assert 38 == project(undecided).loc["proposals_collected", "actual"]


def test_a_telephone_number_in_a_bundled_proposal_is_masked(bundled_frames) -> None:
    """The bundled register contains one."""
    texts = bundled_frames.proposals["text_masked"]

    assert 1 == texts.str.contains("[phone]", regex=False).sum()
