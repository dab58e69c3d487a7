"""A line of the table of validation."""

from dataclasses import dataclass

import numpy as np

_VERDICTS = {None: "shown", True: "holds", False: "DOES NOT HOLD"}


@dataclass(frozen=True)
class Line:
    """Method, reference or condition, figure, bound; `holds` is None where there is no bound."""

    method: str
    condition: str
    figure: str
    bound: str = ""
    holds: bool | None = None

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What the table prints."""
        return self.method, self.condition, self.figure, self.bound, _VERDICTS[self.holds]

    def __str__(self) -> str:
        return "{:34} {:49} {:>19}  {:10} {}".format(*self.cells)


def near(method: str, condition: str, found, expected, bound: float = 1e-8) -> Line:
    """The largest error of `found` against another source's numbers."""
    error = float(np.abs(np.subtract(found, expected)).max())
    return Line(method, condition, f"error {error:.1e}", f"<= {bound:.0e}", error <= bound)


def at_most(method: str, condition: str, count: int, of: int, bound: float | None) -> Line:
    """A share that may not exceed `bound`, or is only shown."""
    share = count / of
    limit, holds = ("", None) if bound is None else (f"<= {100 * bound:g} %", share <= bound)
    return Line(method, condition, f"{100 * share:.2f} % of {of:,}", limit, holds)


def at_least(method: str, condition: str, count: int, of: int, bound: float | None) -> Line:
    """A share that may not fall short of `bound`, or is only shown."""
    share = count / of
    limit, holds = ("", None) if bound is None else (f">= {100 * bound:g} %", share >= bound)
    return Line(method, condition, f"{100 * share:.2f} % of {of:,}", limit, holds)
