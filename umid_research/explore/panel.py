"""The widgets: a list for each part of a choice, and below them what it shows, drawn at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from ipywidgets import HTML, Dropdown, Layout, Output, VBox

from umid_research.activity_report import has_activities, open_activities
from umid_research.errors import UmidError
from umid_research.explore.choices import PARTS, in_language, settled
from umid_research.explore.shown import Shown, shown
from umid_research.explore.views import VIEWS, Choice
from umid_research.report import Report, processed_folder

_LABELS = {"description_width": "9em"}
_HIDDEN, _SEEN = "none", None


def panel(report: Report, *, processed: Path | None = None) -> "Panel":
    """The panel of the report's study, with its activities where it has them.

    The frames lie where the report's do: see `open_report`.
    """
    folder = processed_folder(processed)
    if has_activities(folder):
        return Panel(open_activities(language=report.language, processed=folder))
    return Panel(report)


class Panel:
    """Lists to choose from and what they show; `controls` are the lists by their parts' names.

    Lists are a browser's own, so that they can be used without a mouse and are read aloud. One
    that the view does not ask for is not seen.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._is_settling = False
        self.choice = Choice()
        self.controls = {part: _list() for part in PARTS}
        self.above, self.output, self.below = HTML(), Output(), HTML()
        self.box = VBox([*self.controls.values(), self.above, self.output, self.below])
        for control in self.controls.values():
            control.observe(self._choose, names="value")
        self._settle(self.choice)

    def _choose(self, _change: Any) -> None:
        """What a person's hand on a list brings about; lists that settle call nobody."""
        if not self._is_settling:
            values = {part: control.value for part, control in self.controls.items()}
            chosen = {part: value for part, value in values.items() if value is not None}
            self._settle(replace(self.choice, **chosen))

    def _settle(self, wanted: Choice) -> None:
        self.choice, offered = settled(self._report, wanted)
        report = in_language(self._report, self.choice)
        with self._settling():
            for part, control in self.controls.items():
                control.description = report.text(f"explore.part.{part}")
                control.options = offered[part]
                if offered[part]:
                    control.value = getattr(self.choice, part)
                control.layout.display = _SEEN if offered[part] else _HIDDEN
        told = _told(report, self.choice)
        self.above.value, self.output.outputs = told.above, told.outputs
        self.below.value = _not_here(report, [key for _, key in offered["view"]])

    @contextmanager
    def _settling(self) -> Iterator[None]:
        self._is_settling = True
        try:
            yield
        finally:
            self._is_settling = False

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widgets; and in words what could be chosen, for where no program runs."""
        _, offered = settled(self._report, self.choice)
        text = in_language(self._report, self.choice).text
        names = {part: text(f"explore.part.{part}") for part in PARTS}
        first, others = ("language", "view"), PARTS[2:]
        lists = [
            f"- **{names[part]}**: {'; '.join(label for label, _ in offered[part])}"
            for part in first
        ]
        at_rest = text("explore.at_rest", others="; ".join(names[part] for part in others))
        words = "\n".join([at_rest, "", *lists])
        widgets = self.box._repr_mimebundle_(**options)
        return {**widgets, "text/markdown": words, "text/plain": words}


def _list() -> Dropdown:
    return Dropdown(style=_LABELS, layout=Layout(width="auto", max_width="52em"))


def _not_here(report: Report, there: list[str]) -> str:
    """What other studies have and this one has not, lest somebody look for it."""
    lacking = [report.text(f"explore.view.{key}") for key in VIEWS if key not in there]
    if not lacking:
        return ""
    return f"<p>{escape(report.text('explore.not_here', views='; '.join(lacking)))}</p>"


def _told(report: Report, choice: Choice) -> Shown:
    """What the choice shows; an error is told in its own words and leaves the lists usable."""
    try:
        return shown(report, choice)
    except UmidError as error:
        return Shown((), f'<p role="alert">{escape(str(error))}</p>')
