"""Every row that restates a withheld mean is withheld with it: differences, runs, bands, gaps."""

import pytest
from attacked import Case, row_of, rows_of
from random_studies import write_random

from umid_research.analysis.compare import compare_units
from umid_research.analysis.robustness import robustness_of
from umid_research.analysis.score import score_units
from umid_research.disclosure.derived import follow_means, withhold, withhold_spread
from umid_research.disclosure.rules import publish_frames


def test_each_kind_of_row_goes_with_the_mean_that_it_restates(case) -> None:
    """The offices' mean of trust is withheld, and with it that of their side; so is North's."""
    office = {"dimension": "trust", "group": "people", "versus": "office"}
    sides = {"dimension": "trust", "side": "supply", "versus": "demand"}
    districts = {"dimension": "index", "district": "north", "versus": "south"}
    restating = [
        row_of("differences_by_group", **office),
        row_of("differences_by_side", **sides),
        row_of("differences_by_district", **districts),
        row_of("robustness", family="A", **office),
        row_of("robustness", family="D", **sides),
        row_of("robustness", family="C", dimension="index", group="south", versus="north"),
        row_of("district_bands", **districts),
    ]
    others = [
        row_of("scores_by_group", dimension="trust", group="people"),
        row_of("differences_by_group", **{**office, "dimension": "duties"}),
        row_of("differences_by_group", **{**office, "versus": "ngo"}),
        row_of("robustness", family="A", **{**office, "versus": "ngo"}),
        row_of("differences_by_district", **{**districts, "dimension": "trust"}),
        row_of("district_bands", **{**districts, "district": "south", "versus": "east"}),
    ]
    published = rows_of(
        row_of("scores_by_group", dimension="trust", group="office") | {"shown": False},
        row_of("scores_by_district", dimension="index", district="north") | {"shown": False},
        *restating,
        *others,
    )
    follow_means(published, case().study)

    shown = published["shown"].tolist()
    assert [False] * len(restating) == shown[2 : 2 + len(restating)]
    assert [True] * len(others) == shown[2 + len(restating) :]


@pytest.mark.parametrize("way", [withhold, withhold_spread])
def test_a_verdict_is_withheld_where_no_reason_stands_for_it(way) -> None:
    """A comparison that cannot be estimated had no verdict to hide: its public reason stays."""
    one = row_of("differences_by_group", dimension="trust", group="people", versus="office")
    published = rows_of(
        one | {"verdict": "higher"},
        one | {"versus": "ngo", "verdict": "not_estimable", "reason": "no_shared_locality"},
        one | {"dimension": "duties", "verdict": "higher"},
    )

    way(published, [0, 1] if way is withhold else published.index < 2)

    assert ["withheld", "not_estimable", "higher"] == published["verdict"].tolist()


@pytest.mark.parametrize("number", [0, 17])
def test_no_run_and_no_band_is_left_of_a_mean_that_the_audit_withheld(number, tmp_path) -> None:
    """On the result of all rules; in these studies the audit withholds such means."""
    made = Case(write_random(number, tmp_path / "study"))
    units = score_units(made.scores)
    before = publish_frames(
        made.cleaned,
        units,
        compare_units(units, made.study, seed=1, draws=99),
        made.questionnaire,
        made.study,
        robustness=robustness_of(
            made.cleaned, made.questionnaire, made.study, weights=5, draws=99, seed=1
        ),
    )
    after = made.protect(before)
    rows = after[after["table"].isin(["robustness", "district_bands"])]
    was_shown = before[before["table"].isin(["robustness", "district_bands"])]["shown"]
    hidden = after[after["table"].isin(["scores_by_group", "scores_by_district"]) & ~after["shown"]]
    withheld = {
        *zip(hidden["dimension"], hidden["group"], strict=True),
        *zip(hidden["dimension"], hidden["district"], strict=True),
    }

    assert was_shown.sum() > rows["shown"].sum()
    for row in rows[rows["shown"]].itertuples():
        for key in (row.group, row.district, row.versus):
            assert (row.dimension, key) not in withheld, row
