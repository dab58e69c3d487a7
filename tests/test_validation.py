"""The short form of `tests/validation/validate.py`: the same table on fewer studies."""

from scipy import stats
from validation.null_studies import CONDITIONS, FAMILIES, tally
from validation.validate import Line, planted_truth, references

_STUDIES = 60


def test_every_reference_holds() -> None:
    """Closed forms to 1e-8, maximum likelihood to 1e-6."""
    lines = list(references())

    assert lines
    assert [] == [str(line) for line in lines if not line.holds]


def test_null_studies_are_rejected_about_as_often_as_stated() -> None:
    """In 60 studies no family rejects more often than 6 % does in all but one of 1,000 cases."""
    counts = tally(CONDITIONS[3], range(_STUDIES))
    most = stats.binom(_STUDIES, 0.06).ppf(0.999)

    assert (counts.loc[list(FAMILIES), "rejected"] <= most).all()
    assert (counts["claimed"][list(FAMILIES)] <= counts["rejected"][list(FAMILIES)]).all()
    assert (counts["covered"][list(FAMILIES)] > 0.85 * counts["limits"][list(FAMILIES)]).all()


def test_the_planted_truth_lies_in_the_limits() -> None:
    """Of ten re-simulations, about 270 limits of A and 90 of D."""
    held = [float(line.figure.split()[0]) for line in planted_truth(10, 1)]

    assert 2 == len(held)
    assert min(held) > 80


def test_a_line_says_when_something_does_not_hold() -> None:
    """In capitals; a figure without a bound is only shown."""
    assert str(Line("a", "b", "7 %", "<= 6 %", holds=False)).endswith("DOES NOT HOLD")
    assert str(Line("a", "b", "7 %")).endswith("shown")
