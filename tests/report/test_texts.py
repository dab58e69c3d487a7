"""The sentences: when a difference may be stated, a base in every sentence, escaped markup."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from small_report import small_report, with_rows
from small_study import STUDY, derive, write_small

from umid_research.messages import Messages
from umid_research.report import texts
from umid_research.report.study_report import open_report
from umid_research.study import District
from umid_research.study.entries import Theme

NUMBERS = ["value", "low", "high", "units", "respondents", "p_adjusted"]


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    """Gives the frames of the small study with this study.toml, made once, to be read only."""

    @cache
    def of(study: str) -> Path:
        home = tmp_path_factory.mktemp("derived")
        derive(write_small(home / "raw", study=study), home / "processed")
        return home / "processed"

    return of


@pytest.fixture
def report(derived):
    """The small study's report, with rows of published put in by the test."""

    def make(rows: list[dict] = (), *, study: str = STUDY, district: str | None = None):
        made = open_report("07-study", language="en", district=district, processed=derived(study))
        return with_rows(made, [{"shown": False, **row} for row in rows])

    return make


def _difference(**changes: object) -> dict:
    row = {
        "table": "differences_by_group",
        "dimension": "trust",
        "group": "people",
        "versus": "office",
        "value": -20.0,
        "low": -30.0,
        "high": -5.0,
        "units": 12.0,
        "p_adjusted": 0.01,
        "verdict": "lower",
        "reason": "",
        "shown": True,
        "note": "",
    }
    return {**row, **changes}


WITHHELD = {"shown": False, "verdict": "withheld"}
NO_SIDES = _difference(table="differences_by_side", **WITHHELD)


def test_a_clear_difference_is_stated_higher_side_first(report) -> None:
    """With its interval and its units."""
    text = texts.group_differences(report([_difference()])).markdown

    assert "**Trust**: the mean score of Office is 20 points higher than that of People" in text
    assert "95 % interval 5 to 30, n = 12" in text


def test_a_difference_of_very_skewed_scores_has_a_warning(report) -> None:
    """In the list, in the brief list and in the text on robustness; nowhere else."""
    for skewed, count in ((1.0, 1), (0.0, 0)):
        made = report([_difference(skewed=skewed, family="A")])
        for output in (
            texts.group_differences(made),
            texts.brief_differences(made),
            texts.differences_in_short(made),
            texts.robustness_text(made),
        ):
            assert count == output.markdown.count("take it as a hint")


@pytest.mark.parametrize(
    "changes",
    [{"verdict": "unclear"}, {"verdict": "withheld"}, {"verdict": "unclear", "p_adjusted": 0.001}],
    ids=["unclear", "interval withheld", "whatever its p"],
)
def test_an_unclear_difference_is_not_stated(report, changes) -> None:
    """And the text never says that there is no difference."""
    made = report([_difference(**changes)])
    text = texts.group_differences(made).markdown

    assert "points higher" not in text + texts.differences_in_short(made).markdown
    assert "For 1 comparison" in text
    assert "no difference" not in text


def test_a_difference_without_an_interval_is_not_said_to_have_one(report) -> None:
    """Four NGOs: the table has no interval."""
    blank = dict.fromkeys(("low", "high", "p_adjusted", "mdd"), float("nan"))
    blank["verdict"] = "withheld"
    row = _difference(table="differences_exploratory", group="ngo", **blank)
    text = texts.exploratory_differences(report([row])).markdown

    assert "For 1 comparison too few units answered to show an interval" in text
    assert "in the table" not in text


def test_a_withheld_difference_is_only_counted(report) -> None:
    """The frame that the text reads does not have its numbers."""
    hidden = dict.fromkeys(NUMBERS, float("nan"))
    text = texts.group_differences(report([_difference(**WITHHELD, **hidden)])).markdown

    assert "1 comparison is withheld" in text
    assert "none of 0" not in text


def test_differences_not_estimable_and_withheld_are_counted_separately(report) -> None:
    """In the list of a section and in the findings."""
    hidden = dict.fromkeys(NUMBERS, float("nan"))
    rows = [
        _difference(**WITHHELD, **hidden),
        _difference(shown=False, verdict="not_estimable", reason="too_few_scores", **hidden),
    ]
    made = report(rows)

    for output in (texts.group_differences(made), texts.brief_differences(made)):
        assert "1 comparison cannot be estimated" in output.markdown
        assert "1 comparison is withheld" in output.markdown


def test_a_p_without_an_interval_is_not_said_to_have_one(report) -> None:
    """Five localities give a p, but too few flips for a 95 % interval."""
    rows = [_difference(low=float("nan"), high=float("nan"), p_adjusted=0.06, verdict="unclear")]
    made = report(rows)

    assert "too few units answered to show an interval" in texts.group_differences(made).markdown
    assert "Table" not in texts.brief_differences(made).markdown


def test_the_findings_are_numbered_and_labelled(report) -> None:
    """One line each; a finding that the study does not have has no line, nor has the answer."""
    absent = [
        {"table": "registers", "statistic": name, "reason": "no_register"}
        for name in ("measures", "evidence", "analyst_codes", "meetings")
    ]
    made = report([_difference(), *absent])
    lines = [line for line in texts.findings(made).markdown.splitlines() if line[:2] == "1."]

    assert ["Differences between groups"] == [
        re.match(r"1\. \*\*(.*?):\*\*", line)[1] for line in lines
    ]
    assert lines[0].startswith(
        "1. **Differences between groups:** The one comparison between groups shows a clear"
    )


def test_the_findings_state_the_largest_differences_only(report) -> None:
    """Three of four, by the same rule; the section below has all."""
    rows = [_difference(value=-value) for value in (12.0, 40.0, 30.0, 20.0)]
    rows.append(_difference(value=-50.0, verdict="unclear"))
    text = texts.brief_differences(report(rows)).markdown

    assert [40, 30, 20] == [int(n) for n in re.findall(r"is (\d+) points", text)]
    assert text.startswith("4 of 5 comparisons are clear; the largest: on **Trust**, the mean")
    assert text.endswith(
        "The other one shows no clear difference, which does not mean that there is none."
    )


def test_the_districts_profiles_link_to_the_districts_reports(report) -> None:
    """One line per district, in the order of the study; no gap is picked for being the largest."""
    both = [
        {"table": "scores_by_side", "dimension": "trust", "district": district, "side": side}
        | {"value": value, "units": 3.0, "respondents": 4.0, "shown": True}
        for district in ("north", "south")
        for side, value in (("supply", 60.0), ("demand", 40.0))
    ]
    made = report(both)
    lines = texts.district_profiles(made).markdown.splitlines()

    assert ["North", "South"] == [re.match(r"- In (\w+)", line)[1] for line in lines]
    assert ["districts/north.html", "districts/south.html"] == [
        re.search(r"\]\((.*)\)$", line)[1] for line in lines
    ]
    assert all("see **Trust** at " in line for line in lines)
    assert not any("60" in line for line in lines)


def test_an_unclear_difference_has_the_detectable_difference(report) -> None:
    """One number, or the range of several."""
    unclear = _difference(verdict="unclear", mdd=17.0)
    one = texts.group_differences(report([unclear])).markdown
    two = texts.group_differences(report([unclear, {**unclear, "mdd": 21.0}])).markdown

    assert "a study like this one finds a difference of 17 points four times in five" in one
    assert "finds differences of 17 to 21 points, depending on the comparison" in two
    assert "If scores spread as they did here" in one


def test_a_difference_beyond_the_scale_is_not_called_detectable(report) -> None:
    """No two scores of 0 to 100 differ by 104 points; smaller detectable differences are named."""
    unclear = _difference(verdict="unclear", mdd=17.0)
    beyond = {**unclear, "mdd": 104.0}
    both = texts.group_differences(report([unclear, beyond])).markdown
    none = texts.group_differences(report([beyond])).markdown

    assert "finds a difference of 17 points four times in five" in both
    assert "For 1 comparison the scores of so few units spread so far" in both
    assert "104" not in both + none
    assert "a study like this one finds" not in none


def test_an_unmatched_study_compares_its_groups_and_not_its_districts(report) -> None:
    """Family B with four units of people and four of offices; the NGO is a single unit."""
    made = report(study=STUDY.replace("matched = true, ", ""))
    text = texts.group_differences(made).markdown

    assert {"B"} == set(made.rows("differences_by_group")["family"])
    assert "Between the groups, none of" in text
    assert "matched" not in text
    assert "Districts are not compared" in texts.district_differences(made).markdown
    assert "There is nothing to compare here." == texts.side_differences(made).markdown
    assert "Units such as survey clusters" in texts.section(made, "differences").markdown


def test_pairs_that_never_meet_within_a_stratum_are_named(report) -> None:
    """Once for all dimensions; they do not count as withheld."""
    never = {"shown": False, "verdict": "not_estimable", "reason": "no_shared_stratum"}
    apart = _difference(**never, **dict.fromkeys(NUMBERS, float("nan")))
    rows = [_difference(), apart, {**apart, "dimension": "index"}]
    text = texts.group_differences(report(rows)).markdown

    assert 1 == text.count("People with Office cannot be compared")
    assert "not shown" not in text


def test_exploratory_families_give_leads_only(report) -> None:
    """Unmatched groups, and the sides: a clear difference there is no finding."""
    group = _difference(table="differences_exploratory", group="ngo")
    side = _difference(table="differences_by_side", group=None, side="supply", versus="demand")
    made = report([group, side])

    text = texts.exploratory_differences(made).markdown
    assert "1 of 1 comparisons is worth a closer look" in text
    assert "not a finding" in text
    assert "Office and NGO are 20 points apart" in text
    text = texts.side_differences(made).markdown
    assert "The people it serves and Local government are 20 points apart" in text
    assert "not a finding" in text


def _survived(statistic: str, k: int, n: int, **changes: object) -> dict:
    keys = {"table": "robustness", "family": "A", "dimension": "trust", "group": "people"}
    numbers = {"versus": "office", "statistic": statistic, "value": k, "runs": n, "shown": True}
    return {**keys, **numbers, **changes}


def test_a_stated_difference_has_its_number_of_runs(report) -> None:
    """Higher side first; unclear differences are only counted, with a warning."""
    index = _difference(family="A", dimension="index", verdict="unclear")
    runs = [_survived("items", 34, 35), _survived("items", 30, 35, dimension="index")]
    made = report([_difference(family="A"), index, *runs])
    text = texts.robustness_text(made).markdown

    assert "**Trust**, Office above People. It holds in most runs" in text
    assert "the same in 34 of 35 that leave one question out." in text
    assert "Among the comparisons that are not clear (1 in all), 1 becomes clear" in text
    assert "That is no finding" in text


def test_without_a_stated_difference_no_robustness_is_listed(report) -> None:
    """The text says so."""
    made = report([_difference(family="A", verdict="unclear"), _survived("items", 35, 35)])
    text = texts.robustness_text(made).markdown

    assert "No difference is stated" in text
    assert "None of the 1 comparisons that are not clear becomes clear" in text


def test_a_study_without_matching_does_not_claim_that_nothing_is_stated(report) -> None:
    """Its differences are stated, although no run has tried them."""
    made = report(study=STUDY.replace("matched = true, ", ""))

    assert "This study has none" in texts.robustness_text(made).markdown


def _pair(first: str, second: str, overlap: float) -> dict:
    return {
        "table": "district_bands",
        "statistic": "overlap",
        "dimension": "index",
        "district": first,
        "versus": second,
        "value": overlap,
        "shown": True,
    }


def _with_four_districts(made):
    more = {key: District(code=key, name={"en": key.title()}) for key in ("east", "west")}
    study = made.study.model_copy(update={"districts": {**made.study.districts, **more}})
    return replace(made, study=study)


def test_two_districts_that_overlap_are_in_one_band(report) -> None:
    """Other districts are listed separately, without saying which is higher."""
    together = texts.district_bands(report([_pair("north", "south", 1)])).markdown
    apart = texts.district_bands(report([_pair("north", "south", 0)])).markdown

    assert "North and South cannot be distinguished" in together
    assert "- North: no overlap with another district\n- South: no overlap" in apart
    assert "North and South" not in apart
    assert "1." not in apart


def test_overlap_with_a_third_district_does_not_join_two_districts(report) -> None:
    """Ranges 1-2, 2-3 and 3-4: North with South, South with East, never North with East."""
    chained = [
        _pair("north", "south", 1),
        _pair("north", "east", 0),
        _pair("south", "east", 1),
        *(_pair(key, "west", 0) for key in ("north", "south", "east")),
    ]
    said = texts.district_bands(_with_four_districts(report(chained))).markdown
    lines = [line for line in said.splitlines() if line.startswith("- ")]

    assert [
        "- North and South",
        "- South and East",
        "- West: no overlap with another district",
    ] == (lines)


def test_bands_have_only_districts_with_a_shown_score(report) -> None:
    """One district alone has no band; without any, the text gives the reason."""
    score = {"table": "scores_by_district", "dimension": "index", "shown": True, "value": 50.0}
    north = {**score, "district": "north"}
    hidden = {**_pair("north", "south", 1), "shown": False}
    only = texts.district_bands(report([north, hidden])).markdown
    none = texts.district_bands(report([{**north, "shown": False}, hidden])).markdown

    assert "Only North has a score" in only
    assert "Withheld" in none


def test_reliability_has_its_base(report) -> None:
    """One of two intervals reaches below 0.7; without shown rows the text says so."""
    row = {"table": "reliability", "statistic": "alpha", "shown": True, "dimension": "trust"}
    sure = {**row, "value": 0.9, "low": 0.8, "high": 0.95, "respondents": 40.0}
    rough = {**sure, "low": 0.5, "respondents": 12.0}
    text = texts.reliability(report([sure, rough])).markdown

    assert "For 1 of 2 topics" in text
    assert "12 to 40 people" in text
    assert "based on 12 people" in texts.reliability(report([rough])).markdown
    assert "No topic" in texts.reliability(report([{**row, "shown": False}])).markdown


def test_a_withheld_reliability_is_counted(report) -> None:
    """One shown, one withheld, and one not estimable, which is not withheld."""
    row = {"table": "reliability", "statistic": "alpha", "dimension": "trust"}
    shown = {**row, "shown": True, "value": 0.9, "low": 0.8, "high": 0.95, "respondents": 40.0}
    hidden = {**row, "shown": False, "dimension": "services"}
    unknown = {**hidden, "reason": "single_item"}
    text = texts.reliability(report([shown, hidden, unknown])).markdown

    assert "For 0 of 1 topics" in text
    assert "1 topic is withheld to protect those who answered." in text
    assert "withheld" not in texts.reliability(report([shown, unknown])).markdown


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([("items", 35, 35), ("localities", 12, 12)], "It holds in every run."),
        (
            [("items", 34, 35), ("modes", 1, 2)],
            "least often in 1 of 2 that leave one kind of interview out.",
        ),
        ([("items", 35, 35), ("localities", 5, 12)], "Treat it with care: with one locality less"),
        ([("weights", 499, 1000)], "Treat it with care: it depends on how much each topic"),
    ],
    ids=["all", "half", "fewer than half", "random weights"],
)
def test_the_weakest_kind_of_run_decides_the_verdict(report, runs, said) -> None:
    """In the report on robustness and in the summary of another report."""
    made = report([_difference(family="A"), *(_survived(*run) for run in runs)])

    assert said in texts.robustness_text(made).markdown
    assert said in texts.differences_in_short(made).markdown


def test_in_short_a_difference_is_stated_without_statistics(report) -> None:
    """Higher side first, p as chances in a thousand rounded up, and the open comparisons."""
    unclear = _difference(dimension="index", verdict="unclear", mdd=23.0)
    clear = _difference(family="A", p_adjusted=0.0121, skewed=1.0)
    made = report([clear, unclear, NO_SIDES, _survived("items", 35, 35)])
    text = texts.differences_in_short(made).markdown

    assert text.startswith("::: {.finding}")
    assert "1 of 2 comparisons shows a clear difference" in text
    assert "of Office is 20 points higher than that of People; anything from 5 to 30" in text
    assert "in at most 13 of 1,000 such studies. Most scores of this topic" in text
    assert "In 1 comparison the study cannot tell" in text
    assert "needs one of about 23 points" in text
    assert "(robustness.html)" in text


def test_in_short_unclear_differences_are_not_stated(report) -> None:
    """Nor withheld ones, impossible sizes, or runs of a study without runs."""
    unclear = _difference(verdict="unclear", mdd=104.0)
    none = texts.differences_in_short(report([unclear, NO_SIDES])).markdown
    hidden = report([_difference(**WITHHELD), NO_SIDES])
    withheld = texts.differences_in_short(hidden).markdown

    assert "None of the 1 comparisons shows a clear difference" in none
    assert "higher" not in none.replace("who scores higher", "")
    assert "four times in five" not in none
    assert "More units: the more places are asked" in none
    assert "robustness.html" not in none
    assert "nothing to compare that can be shown" in withheld


def test_missing_scores_are_not_called_withheld(report) -> None:
    """Without a score there is nothing to protect."""
    north = {"table": "scores_by_district", "dimension": "index", "district": "north"}
    made = report([{"table": "scores_by_group", "dimension": "trust", "shown": True}, north])
    nobody = report([{**north, "district": "south"}], district="north")

    assert "No score can be estimated" in texts.group_scores_text(made).markdown
    assert "North: No score can be estimated" in texts.district_profile(nobody).markdown
    made = report([{**north, "shown": False}], district="north")
    assert "North: Withheld" in texts.district_profile(made).markdown


def test_the_headline_has_counts_and_their_base(report) -> None:
    """Five yes, five no, of ten."""
    text = texts.headline(report()).markdown

    assert "5 answered “Yes” and 5 answered “No”, of 10 who answered" in text


def test_a_precise_percentage_is_given_with_its_count(report) -> None:
    """15 of 65 is 23.1 %, and the text explains the interval."""
    row = {"table": "answers", "question": "aware", "respondents": 65.0, "shown": True}
    yes = {**row, "answer": "yes", "value": 15.0, "percent": 23.1, "low": 13.5, "high": 35.2}
    text = texts.headline(report([yes, {**row, "answer": "no", "value": 50.0}])).markdown

    assert "15 answered “Yes” (23.1 %, 13.5 to 35.2) and 50 answered “No”, of 65" in text
    assert "as if those asked were a random sample" in text


def test_missing_percentages_are_explained(report) -> None:
    """If only some percentages are shown, the text says why; without any, there is no interval."""
    row = {"table": "answers", "question": "aware", "respondents": 65.0, "shown": True}
    precise = {"percent": 23.1, "low": 13.5, "high": 35.2}
    yes, no = ({**row, "answer": answer, "value": n} for answer, n in (("yes", 15.0), ("no", 50.0)))
    output = [
        texts.headline(report(rows)).markdown
        for rows in ([{**yes, **precise}, {**no, **precise}], [{**yes, **precise}, no], [yes, no])
    ]

    assert [0, 1, 0] == [text.count("are left out") for text in output]
    assert [1, 1, 0] == [text.count("95 % intervals") for text in output]


def test_a_group_score_has_its_interval_if_there_is_one(report) -> None:
    """Groups of few units have none."""
    row = {"table": "scores_by_group", "dimension": "index", "shown": True, "value": 41.0}
    wide = {**row, "group": "people", "units": 12.0, "low": 34.0, "high": 48.0}
    text = texts.group_scores_text(
        report([wide, {**row, "group": "office", "units": 4.0}])
    ).markdown

    assert "People 41 (34 to 48; n = 12) and Office 41 (n = 4)." in text
    assert text.endswith("as if the units were a random sample.")


def test_the_intake_adds_up(report) -> None:
    """Read, kept, set aside."""
    text = texts.intake(report()).markdown

    assert (
        "10 submissions came in; 10 were kept and 0 set aside. Changes and doubts logged: 0."
    ) == text


def test_file_reading_names_only_steps_that_occurred() -> None:
    """Two questions in three rows; other steps are left out."""
    lacking = {"statistic": "not_in_version", "value": 12}
    rows = [
        {"statistic": "files", "value": 1},
        {"statistic": "no_times", "value": 1007},
        {**lacking, "question": "age"},
        {**lacking, "question": "channels", "answer": "tv"},
        {**lacking, "question": "channels", "answer": "press"},
    ]
    output = texts.file_reading_text(small_report(account=rows)).markdown

    opening = "The submissions came in 1 file. 2 questions were not in every version"
    assert output.startswith(opening)
    assert "1,007 submissions do not say when they were begun and ended" in output
    assert "wording" not in output
    assert "repeatedly" not in output


def test_only_a_matched_study_is_said_to_choose_places_and_offices(report) -> None:
    """Any other study describes the recruitment in its own words."""
    matched = texts.limits(report()).markdown
    unmatched = texts.limits(report(study=STUDY.replace("matched = true, ", ""))).markdown

    assert "chosen for their office or place" in matched
    assert "chosen for their office or place" not in unmatched
    assert "How people came to be asked: Asked by hand." in unmatched


def test_a_quota_that_was_not_reached_is_named(report) -> None:
    """Each group with its interviewed and planned units."""
    reached = texts.quota(report()).markdown
    short = texts.quota(
        report(study=STUDY.replace('name.en = "NGO", quota = 1', 'name.en = "NGO", quota = 3'))
    ).markdown

    assert "Every group reached" in reached
    assert "Fewer units than planned were reached for NGO (1 of 3)." == short


def test_a_district_whose_scores_are_withheld_says_so(report) -> None:
    """The text is not empty."""
    text = texts.district_profile(
        report(study=STUDY + "\n[thresholds]\nunits = 9\n", district="north")
    ).markdown

    assert "North: Withheld to protect those who answered." == text


def test_markup_in_names_is_escaped(report) -> None:
    """Names come from people; only our own text is Markdown."""
    made = report([_difference()], study=STUDY.replace('"Office"', '"*Office* <b>"'))

    assert r"\*Office\* \<b\>" in texts.group_differences(made).markdown


def test_every_section_has_a_heading_and_a_reason(report) -> None:
    """A heading alone does not say why the section matters."""
    made = report(district="north")
    keys = {key.split(".")[1] for key in made.text.keys if key.startswith("section.")}

    assert keys
    for key in keys:
        heading, why = texts.section(made, key).markdown.split("\n\n")
        assert heading.startswith("## ")
        assert why


def test_a_box_is_shown_by_jupyter_without_its_lines_and_kept_for_the_exporter() -> None:
    """Jupyter would print the lines of colons; three colons in a sentence are text."""
    boxed = texts.finding(texts.Prose("Three ::: colons\n::: here"))

    data, output = boxed._repr_mimebundle_()
    plain_data, nothing = texts.Prose("No box")._repr_mimebundle_()

    assert "Three ::: colons\n::: here" == data["text/markdown"]
    assert boxed.markdown == output["text/markdown"]["boxed"]
    assert ("No box", {}) == (plain_data["text/markdown"], nothing)


def test_a_source_is_shown_by_jupyter_as_text_and_links() -> None:
    """The classes are for the exporter; other brackets stay."""
    link = "[Table 3](#scores) [([published: a\\_b](tables/3.csv))]{.frame}"
    source = texts.Prose(f"Ten [of 12]. [Source: {link}; {link}]{{.source}}")

    data, output = source._repr_mimebundle_()
    words = "[Table 3](#scores) ([published: a\\_b](tables/3.csv))"

    assert f"Ten [of 12]. Source: {words}; {words}" == data["text/markdown"]
    assert source.markdown == output["text/markdown"]["boxed"]


def test_dont_know_is_a_share_of_the_questions_asked(report) -> None:
    """9 of 30 is more than 10 of 40; as a share of answers given, 10 would be more than 9 of 24."""
    row = {"table": "not_knowing", "respondents": 10.0, "shown": True, "note": ""}
    counts = {
        "trust": {"asked": 30, "answered": 24, "dont_know": 9},
        "duties": {"asked": 40, "answered": 25, "dont_know": 10},
    }
    rows = [
        {**row, "dimension": dimension, "statistic": name, "value": float(value)}
        for dimension, found in counts.items()
        for name, value in found.items()
    ]
    said = texts.dont_know_text(report(rows)).markdown

    assert "judge **Trust**: of 30 questions put, 9 were answered with “don't know”" in said


def test_a_dimension_that_nobody_answered_is_not_the_hardest_to_judge() -> None:
    """All of its 10 answers are "don't know"; of the other dimension 3 of 20 are."""
    counts = {
        "trust": {"asked": 10, "answered": 0, "dont_know": 10},
        "duties": {"asked": 20, "answered": 17, "dont_know": 3},
    }
    rows = [
        {"dimension": key, "statistic": name, "value": value, "respondents": 52}
        for key, numbers in counts.items()
        for name, value in numbers.items()
    ]

    words = texts.dont_know_text(small_report(not_knowing=rows)).markdown
    assert "Duties" in words
    assert "3" in words and "20" in words


def _quoted(language: str, *rows: dict) -> str:
    """Return the list of quotes of a report in a language."""
    shared = {"dimension": "roads", "group": "office", "statistic": "meetings", "shown": True}
    report = small_report(quotes=[{**shared, **row} for row in rows])
    themes = {"roads": Theme.model_validate({"name": {"en": "Roads"}})}
    study = report.study.model_copy(update={"themes": themes})
    return texts.quotes(replace(report, study=study, text=Messages(language))).markdown


def test_a_translation_is_quoted_with_the_original_beside_it() -> None:
    """Readers see both; the original is marked with its language, for screen readers too."""
    said = {"answer": "az", "note": "Yol pisdir."}
    in_english = {"answer": "en", "note": "The road is bad.", "versus": "Yol pisdir."}

    both = _quoted("en", said, in_english)
    assert 1 == both.count("- ")
    assert "“The road is bad.” (" in both
    assert "translated from Azerbaijani: “[Yol pisdir.]{lang=az}”" in both
    alone = _quoted("en", said)
    assert "“[Yol pisdir.]{lang=az}” (" in alone and "said in Azerbaijani" in alone


def test_a_text_without_a_language_says_only_that_it_was_translated() -> None:
    """The register may not say in which language somebody spoke."""
    said = {"note": "Yol pisdir."}
    in_english = {"answer": "en", "note": "The road is bad.", "versus": "Yol pisdir."}

    assert "translated: “Yol pisdir.”" in _quoted("en", said, in_english)
    assert "“Yol pisdir.”" in _quoted("en", said)
