"""The widgets: a list for each part of a choice, and the result below them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from ipywidgets import HTML, Dropdown, Layout, Output, VBox

from umid_research.errors import UmidError
from umid_research.output.explore.choices import PARTS, complete_choice, in_language
from umid_research.output.explore.shown import Result, make_result
from umid_research.output.explore.views import VIEWS, Choice
from umid_research.report.activity_report import has_activities, open_activities
from umid_research.report.study_report import Report, processed_folder

_LABELS = {"description_width": "9em"}
_HIDDEN, _VISIBLE = "none", None


def panel(report: Report, *, processed: Path | None = None) -> "Panel":
    """Return the panel of the report's study, including its activities if it has any.

    `processed` is the folder of the frames, as in `open_report`.
    """
    folder = processed_folder(processed)
    if has_activities(folder):
        return Panel(open_activities(language=report.language, processed=folder))
    return Panel(report)


class Panel:
    """Drop-down lists and the result of the choice; `controls` maps a part to its list.

    The lists are native elements of the browser, so that keyboards and screen readers can use them.
    Lists that the view does not use are hidden.
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
        """React to a change by the user; changes made by `_settle` itself are ignored."""
        if not self._is_settling:
            values = {part: control.value for part, control in self.controls.items()}
            chosen = {part: value for part, value in values.items() if value is not None}
            self._settle(replace(self.choice, **chosen))

    def _settle(self, wanted: Choice) -> None:
        self.choice, offered = complete_choice(self._report, wanted)
        report = in_language(self._report, self.choice)
        with self._settling():
            for part, control in self.controls.items():
                control.description = report.text(f"explore.part.{part}")
                control.options = offered[part]
                if offered[part]:
                    control.value = getattr(self.choice, part)
                control.layout.display = _VISIBLE if offered[part] else _HIDDEN
        result = _result(report, self.choice)
        self.above.value, self.output.outputs = result.above, result.outputs
        self.below.value = _unavailable_views(report, [key for _, key in offered["view"]])

    @contextmanager
    def _settling(self) -> Iterator[None]:
        self._is_settling = True
        try:
            yield
        finally:
            self._is_settling = False

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """Return the widgets, and the options as text for viewers without a kernel."""
        _, offered = complete_choice(self._report, self.choice)
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


def _unavailable_views(report: Report, there: list[str]) -> str:
    """Return a note that lists the views without data in this study."""
    missing = [report.text(f"explore.view.{key}") for key in VIEWS if key not in there]
    if not missing:
        return ""
    return f"<p>{escape(report.text('explore.not_here', views='; '.join(missing)))}</p>"


def _result(report: Report, choice: Choice) -> Result:
    """Return the result of a choice; an error is shown as text, and the lists stay usable."""
    try:
        return make_result(report, choice)
    except UmidError as error:
        return Result((), f'<p role="alert">{escape(str(error))}</p>')
