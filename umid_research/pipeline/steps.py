"""What each step from the exports to the published numbers reads and makes, in one table.

The order of the steps, the commands, the table in CONTRIBUTING.md and the tests follow from it.
`study/` is the description of the study in the folder of the frames.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from umid_research.pipeline.published import disclose
from umid_research.pipeline.registers import activities, implementation
from umid_research.pipeline.responses import clean, compare, reliability, robustness, score

RAW = "study folder"
DESCRIPTION = "study/"
_ANSWERS = ("responses", "states", "issues", "set_aside")
_MEMBERS = tuple(
    f"{name}_<group>" for name in ("members", "member_states", "member_issues", "member_set_aside")
)


@dataclass(frozen=True)
class Step:
    """A step: its function, the frames that it reads, and the frames that it makes.

    `if_activities` are made only of a study with registers of activities, `if_repeats` only of a
    form with repeated groups, for each of them.
    """

    run: Callable[[Namespace], Iterator[str]]
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    if_activities: tuple[str, ...] = ()
    if_repeats: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the step's command."""
        return self.run.__name__


STEPS = (
    Step(
        clean,
        (RAW,),
        (*_ANSWERS, "causes", "intake", "interviews", DESCRIPTION),
        if_repeats=_MEMBERS,
    ),
    Step(score, (DESCRIPTION, *_ANSWERS), ("scores", "units")),
    Step(reliability, (DESCRIPTION, *_ANSWERS), ("reliability", "reliability_items")),
    Step(compare, (DESCRIPTION, "units"), ("comparisons",)),
    Step(robustness, (DESCRIPTION, *_ANSWERS), ("robustness", "bands")),
    Step(
        implementation,
        (RAW, DESCRIPTION, *_ANSWERS),
        (
            *("measures", "checks", "status", "reasons", "views", "gaps", "agreement"),
            *("registers", "register_issues", "themes", "theme_cells", "theme_agreement"),
            *("coding_disagreements", "quotes", "meeting_register", "meeting_issues"),
        ),
    ),
    Step(
        activities,
        (RAW, DESCRIPTION, *_ANSWERS),
        ("indicators",),
        (
            *("activities_published", "activity_registers", "activity_issues"),
            *("activity_duplicates", "coverage", "events", "knowledge", "attrition"),
            *("gallery", "press", "breakdowns", "proposals", "terminals", "memberships"),
        ),
    ),
    Step(
        disclose,
        (
            *(
                DESCRIPTION,
                *_ANSWERS,
                "intake",
                "interviews",
                "units",
                "comparisons",
                "reliability",
            ),
            *("reliability_items", "robustness", "bands", "measures", "checks", "status"),
            *("reasons", "views", "gaps", "agreement", "registers", "register_issues", "themes"),
            *("theme_cells", "theme_agreement", "coding_disagreements", "quotes"),
            *("meeting_register", "meeting_issues", *_MEMBERS),
        ),
        ("published/",),
    ),
)
FRAME_STAGES = tuple(step.run for step in STEPS)


def steps_as_markdown() -> str:
    """Return the table of the steps for the docs."""
    lines = ["| step | reads | makes |", "|---|---|---|"]
    for step in STEPS:
        made = ", ".join(f"`{name}`" for name in step.makes)
        if step.if_activities:
            made += "; with activities " + ", ".join(f"`{name}`" for name in step.if_activities)
        if step.if_repeats:
            made += "; with repeated groups " + ", ".join(f"`{name}`" for name in step.if_repeats)
        read = ", ".join(name if name == RAW else f"`{name}`" for name in step.reads)
        lines.append(f"| `{step.name}` | {read} | {made} |")
    return "\n".join(lines)
