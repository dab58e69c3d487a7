"""Programs over changes of the data, solved by hand."""

import numpy as np
import pytest
from scipy import sparse

from umid_research.disclosure.audit.program import Program


@pytest.mark.parametrize(
    ("direction", "farthest", "prices"),
    [([1.0, 0.0], [0.5, -0.5], [0, 1, 0, 0]), ([0.0, 1.0], [-0.25, 0.25], [0, 1, 0, 1])],
)
def test_a_change_goes_as_far_as_its_constraints_let_it(direction, farthest, prices) -> None:
    """x is in -0.25 to 0.5 and x + y = 0; two constraints concern neither.

    If x may grow by 1 more, so does the farthest x. The farthest y is the lowest x, and grows with
    x + y, too.
    """
    program = Program(
        matrix=sparse.csc_array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]),
        low=np.array([0.0, -0.25, -1.0, 0.0]),
        high=np.array([0.0, 0.5, 1.0, 0.0]),
        least=np.array([-1.0, -1.0]),
        most=np.array([1.0, 1.0]),
    )

    change, own = program.farthest_with_prices(np.array(direction))

    np.testing.assert_allclose(change, farthest)
    np.testing.assert_allclose(own, prices)
    np.testing.assert_allclose(program.farthest(np.array(direction)), farthest)


@pytest.mark.parametrize(
    ("low", "high", "fixed"), [(-0.5, 0.5, True), (-0.5, 1.0, False), (-1.0, 0.5, False)]
)
def test_sums_are_fixed_if_the_constraints_leave_them_no_other_whole_number(
    low, high, fixed
) -> None:
    """x + y is always 0; x is 0, 1 or -1 where it may be."""
    program = Program(
        matrix=sparse.csc_array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]]),
        low=np.array([0.0, 0.0, low]),
        high=np.array([0.0, 0.0, high]),
        least=np.array([-1.0, -1.0]),
        most=np.array([1.0, 1.0]),
    )

    # One after the other: what the solver holds of one sum is no solution for another.
    assert [fixed] == program.fixed(sparse.csr_array([[1.0, 0.0]])).tolist()
    assert [True] == program.fixed(sparse.csr_array([[1.0, 1.0]])).tolist()
