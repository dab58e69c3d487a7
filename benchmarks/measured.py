"""A figure that a benchmark has measured, with its aim."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A figure, the aim in words and whether it is reached; without an aim, "" and None."""

    name: str
    figure: float
    aim: str = ""
    is_reached: bool | None = None

    @classmethod
    def at_most(cls, name: str, figure: float, most: float) -> "Measured":
        """Return a figure that should not be larger than `most`."""
        return cls(name, figure, f"at most {most:g}", figure <= most)

    @classmethod
    def at_least(cls, name: str, figure: float, least: float) -> "Measured":
        """Return a figure that should not be smaller than `least`."""
        return cls(name, figure, f"at least {least:g}", figure >= least)


def print_table(lines: Iterable[Measured]) -> None:
    """Print each line as soon as it is measured, as a row of a Markdown table."""
    print("| measured | figure | aim | |")
    print("|---|---|---|---|")
    for line in lines:
        verdict = {True: "reached", False: "missed", None: ""}[line.is_reached]
        print(f"| {line.name} | {line.figure:.3g} | {line.aim} | {verdict} |", flush=True)
