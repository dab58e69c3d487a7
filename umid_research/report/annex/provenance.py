"""The provenance of a report: input files, software, commands."""

from collections.abc import Iterator

from umid_research.indicators.registers import FOLDER as ACTIVITIES
from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report
from umid_research.runs.stamp import software

_COMMANDS = ("make report", "make test")
_DIGITS = 16  # of a hash; enough to identify a file


def origins(report: Report) -> Iterator[Prose]:
    """Return the inputs with their hashes, the software with its versions, and the commands."""
    yield Prose("\n\n".join([*_inputs(report), *_software(report), *_commands(report)]))


def _inputs(report: Report) -> Iterator[str]:
    """List the inputs without the registers of activities, which the study does not use.

    Those of a confidential study have no hash here: see `runs.input_names`.
    """
    own = {
        name: digest
        for name, digest in report.inputs.items()
        if not name.startswith(f"{ACTIVITIES}/")
    }
    if not own:
        yield report.text("annex.provenance.no_inputs")
        return
    if not any(own.values()):
        yield report.text("annex.provenance.names")
        yield "\n".join(f"- {plain(name)}" for name in own)
        return
    yield report.text("annex.provenance.inputs", shown=_DIGITS)
    lines = (f"- {plain(name)} `{digest[:_DIGITS]}`" for name, digest in own.items())
    yield "\n".join(lines)


def _software(report: Report) -> Iterator[str]:
    packages = (f"{name} {version}" for name, version in software().items())
    yield report.text("annex.provenance.software", packages=plain(", ".join(packages)))


def _commands(report: Report) -> Iterator[str]:
    yield report.text("annex.provenance.commands")
    lines = (
        f"- `{line}`: {report.text(f'annex.provenance.{line.split()[1]}')}" for line in _COMMANDS
    )
    yield "\n".join(lines)
