"""Stages before any answers exist: a new study folder, forms, templates, a simulated study."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from umid_research.runs.stamp import study_id


def begin(options: Namespace) -> Iterator[str]:
    """Create a study folder around a form, with blanks for what the form does not say."""
    from umid_research.study.begin import advice, begin_study

    for path in begin_study(
        options.raw,
        options.form,
        district=options.district,
        group=options.group,
        language=options.language,
    ):
        yield f"begin    {path}"
    yield from advice(options.raw.expanduser())


def questionnaire(options: Namespace) -> Iterator[str]:
    """Write the forms for KoboToolbox, ODK, paper and Google Forms, and the codebook."""
    from umid_research.forms import write_forms

    target = options.to or Path("build") / study_id(options.raw) / "forms"
    for name in write_forms(options.raw, target):
        yield f"form     {target / name}"


def templates(options: Namespace) -> Iterator[str]:
    """Write a workbook for each register of the activities, for field staff to fill in."""
    from umid_research.forms.templates import write_templates

    target = options.to or Path("build") / study_id(options.raw) / "templates"
    for name in write_templates(options.raw, target):
        yield f"template {target / name}"


def simulate(options: Namespace) -> Iterator[str]:
    """Write the bundled simulated study again."""
    from umid_research.simulate import simulate as write_study

    write_study(options.raw, options.to or options.raw)
    yield f"simulate {options.to or options.raw}"
