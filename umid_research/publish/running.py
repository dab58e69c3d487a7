"""Notebooks executed, each by a kernel of its own, and what that leaves in them taken out.

Kernels talk over IPC, each in a private folder: over TCP parallel starts sometimes take each
other's port.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from umid_research.errors import ReportError
from umid_research.processes import UNFINISHED, end_with_parent
from umid_research.report import PROCESSED_VARIABLE
from umid_research.typesetting import EPOCH

# jsonschema imports this if it can, and builds a grammar for a second in every process; nothing
# here needs what it checks.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

KERNEL_TIMEOUT = 600
_WIDGETS = "application/vnd.jupyter.widget-view+json"


def execute(path: Path, parameters: dict[str, Any]) -> Any:
    """The executed notebook, without the marks that papermill and the kernel leave in it.

    Raises ReportError naming the cell that failed; the half-run notebook is kept nowhere.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    with tempfile.TemporaryDirectory(prefix="umid-kernel-") as private:
        config = Config()
        if os.name == "posix":
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(Path(private) / "kernel")
            config.NotebookClient.kernel_manager_class = _kernel_manager()
        config.NotebookClient.shutdown_kernel = "immediate"
        try:
            executed = papermill.execute_notebook(
                path,
                Path(private) / path.name,
                parameters=parameters,
                cwd=private,
                progress_bar=False,
                record_timing=False,
                kernel_name="python3",
                execution_timeout=KERNEL_TIMEOUT,
                config=config,
            )
        except PapermillExecutionError as error:
            raise ReportError(
                f"the notebook failed in cell {error.exec_count}: {error.ename}: {error.evalue}",
                where=path.name,
            ) from None
        except DeadKernelError:
            raise ReportError(
                "the notebook's kernel was ended from outside, perhaps for want of memory",
                where=path.name,
            ) from None
    return without_traces(executed)


def _kernel_manager() -> type:
    """Return a kernel manager whose kernels end with the process that started them."""
    from jupyter_client import AsyncKernelManager

    class KernelManager(AsyncKernelManager):
        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
            bound = partial(end_with_parent, os.getpid())
            await super().start_kernel(preexec_fn=bound, **options)

    return KernelManager


def without_traces(notebook: Any) -> Any:
    """The notebook without timings, paths and random ids, so that equal runs give equal bytes.

    Of widgets their words stay: the rest lives only as long as the kernel that made them.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGETS, None)
    return notebook


def store_outputs(notebooks: Path, processed: Path) -> Iterator[str]:
    """Runs every notebook with its own parameters and keeps the outputs in it, yielding its name.

    This is how the committed notebooks come by their outputs; run it on the bundled study.
    """
    import nbformat

    os.environ.update(
        {PROCESSED_VARIABLE: str(processed.resolve()), "SOURCE_DATE_EPOCH": str(EPOCH)}
    )
    for path in sorted(notebooks.glob("*.ipynb")):
        executed = execute(path.resolve(), {})
        beside = path.with_name(f"{UNFINISHED}{path.name}")
        nbformat.write(executed, beside)
        beside.replace(path)
        yield path.stem
