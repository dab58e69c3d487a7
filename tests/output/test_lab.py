"""Test the notebooks in JupyterLab: no action of a user changes a tracked file."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat
import pytest
from browser import open_browser
from small_study import STUDY, derive, write_small

from umid_research.__main__ import main
from umid_research.errors import ParameterError, ReportError
from umid_research.output.publish import execute
from umid_research.output.publish.lab import copy_notebooks, keep_own
from umid_research.output.publish.lab_start import AS_ROOT, server_options
from umid_research.report.study_report import PROCESSED_VARIABLE, open_report
from umid_research.study import read_study

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
BUNDLED_ID = "guba-khachmaz-shabran-2022"
# A field study; its secret key is only in the environment of the test.
CONFIDENTIAL = STUDY.replace('"simulated"', '"field"').replace('id = "small"', 'id = "secret"')


@pytest.fixture(scope="module")
def confidential(tmp_path_factory) -> Path:
    """Return a folder with a confidential study and its derived frames, which tests copy."""
    home = tmp_path_factory.mktemp("confidential")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UMID_RESPONDENT_KEY", "a secret of this test")
        derive(write_small(home / "a study", study=CONFIDENTIAL), home / "processed")
    return home


@pytest.fixture
def processed(confidential, tmp_path, monkeypatch) -> Path:
    """Return the folder of derived frames of a confidential study."""
    monkeypatch.setenv("UMID_RESPONDENT_KEY", "a secret of this test")
    shutil.copytree(confidential, tmp_path, dirs_exist_ok=True)
    return tmp_path / "processed"


@pytest.fixture
def copy(processed, tmp_path):
    """Return a function that copies the notebooks as `make lab` does."""

    def copy() -> list[Path]:
        study = read_study(processed / "study")
        places = {"target": tmp_path / "lab", "scratch": tmp_path / "scratch"}
        folders = {"docs": ROOT / "docs", "frames": processed, "reports": tmp_path / "none"}
        return list(
            copy_notebooks(
                study, notebooks=NOTEBOOKS, processed=processed, folders=folders, **places
            )
        )

    return copy


def _read(path: Path):
    return nbformat.read(path, as_version=4)


def test_copies_have_no_output_and_parameters_of_the_study(copy, tmp_path) -> None:
    """The stored outputs belong to the bundled study, which has other districts."""
    assert [] == copy()

    copies = sorted(path.name for path in (tmp_path / "lab").glob("*.ipynb"))
    of_the_study = {path.name for path in NOTEBOOKS.glob("*.ipynb")} - {"06-activities.ipynb"}
    assert sorted(of_the_study) == copies
    for path in (tmp_path / "lab").glob("*.ipynb"):
        kept = [cell for cell in _read(path).cells if cell.get("outputs")]
        assert bool(kept) == (path.stem == "walkthrough"), path.name
    parameters = _read(tmp_path / "lab" / "03-district.ipynb").cells[1].source.splitlines()
    assert parameters[0].startswith('language: str = "en"  # the language of the report')
    assert parameters[1].startswith('district: str = "north"  # a district of the study')


def test_the_walkthrough_of_another_study_stays_as_it_is(copy, tmp_path) -> None:
    """It is about the bundled study: it can be read, and its parameters are those of that study."""
    copy()

    shown, stored = (
        [cell for cell in _read(folder / "walkthrough.ipynb").cells if cell.cell_type == "code"]
        for folder in (tmp_path / "lab", NOTEBOOKS)
    )
    assert stored == shown


def test_the_walkthrough_of_its_own_study_is_to_be_run(copy, processed, tmp_path) -> None:
    """The bundled study is open: no output is stored, so that each cell is run by the reader."""
    path = processed / "study" / "study.toml"
    description = path.read_text(encoding="utf-8").replace("secret", BUNDLED_ID, 1)
    path.write_text(description, encoding="utf-8")
    copy()

    cells = _read(tmp_path / "lab" / "walkthrough.ipynb").cells
    assert not any(cell.get("outputs") for cell in cells)


def test_a_copy_that_was_only_run_is_replaced(copy, tmp_path) -> None:
    """Its outputs may be outdated."""
    copy()
    path = tmp_path / "lab" / "07-study.ipynb"
    fresh = path.read_bytes()
    notebook = _read(path)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="old")]
    nbformat.write(notebook, path)

    assert [] == copy()
    assert fresh == path.read_bytes()


@pytest.mark.parametrize("change", ["a cell", "not a notebook", "a notebook of one's own"])
def test_a_copy_that_was_changed_is_kept_in_the_scratch_folder(copy, tmp_path, change) -> None:
    """The work of a user is never overwritten, not even the second time."""
    copy()
    path = tmp_path / "lab" / "07-study.ipynb"
    kept = []
    for number in (1, 2):
        if change == "a cell":
            notebook = _read(path)
            notebook.cells[2].source += f"\n# my note {number}"
            nbformat.write(notebook, path)
        elif change == "not a notebook":
            path.write_text(f"my note {number}")
        else:
            cells = [nbformat.v4.new_markdown_cell(f"my note {number}")]
            nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        kept += copy()

    assert 2 == len(set(kept))
    for number, moved in enumerate(kept, start=1):
        assert tmp_path / "scratch" == moved.parent
        assert f"my note {number}" in moved.read_text(encoding="utf-8")
    assert "my note" not in path.read_text(encoding="utf-8")


def test_the_scratch_folder_begins_with_a_notebook_that_runs(
    copy, processed, tmp_path, monkeypatch
) -> None:
    """It opens the study; it is not made again once there is another notebook."""
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
    copy()
    start = tmp_path / "lab" / "scratch" / "start.ipynb"

    executed = execute(start, {})
    assert "A small study" in executed.cells[1].outputs[0]["data"]["text/plain"]
    assert all(cell.outputs for cell in executed.cells if cell.cell_type == "code")

    start.rename(start.with_name("mine.ipynb"))
    copy()
    assert ["mine.ipynb"] == [path.name for path in (tmp_path / "scratch").iterdir()]


def test_the_start_page_says_which_notebook_answers_what(copy, tmp_path) -> None:
    """Each link leads somewhere; what is missing, such as reports, is not named."""
    copy()
    page = (tmp_path / "lab" / "start.md").read_text(encoding="utf-8")

    assert page.startswith("# A small study\n\nThis study is **confidential**")
    assert "| [How does an answer become a sentence?](walkthrough.ipynb) |" in page
    for path in (tmp_path / "lab").glob("*.ipynb"):
        assert f"({path.name})" in page
    assert "`frames`" in page
    assert "`reports`" not in page
    assert not (tmp_path / "lab" / "reports").exists()


@pytest.mark.parametrize("page", ["start.md", "walkthrough.ipynb", "scratch/start.ipynb"])
def test_links_in_jupyterlab_lead_somewhere(copy, tmp_path, page) -> None:
    """Also those of the copies, which stand in another folder than the tracked notebooks."""
    copy()
    path = tmp_path / "lab" / page
    cells = _read(path).cells if path.suffix == ".ipynb" else []
    text = "\n".join(cell.source for cell in cells) or path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)", text)

    assert links
    for link in links:
        # JupyterLab knows the scratch folder by the place of its link.
        assert Path(os.path.normpath(path.parent / link)).exists(), link


def test_the_tracked_notebooks_link_to_the_documentation() -> None:
    """On the web they stand beside it."""
    text = (NOTEBOOKS / "walkthrough.ipynb").read_text(encoding="utf-8")
    links = re.findall(r"\]\((\.\./[^)#]+)", text)

    assert links
    for link in links:
        assert (NOTEBOOKS / link).exists(), link


@pytest.mark.parametrize("moment", ["JupyterLab ends", "it starts again"])
def test_what_a_user_made_among_the_copies_is_kept(copy, processed, tmp_path, moment) -> None:
    """`make clean` removes the copies, so notebooks, figures and folders move to `scratch`."""
    copy()
    lab, scratch = tmp_path / "lab", tmp_path / "scratch"
    (scratch / "scores.png").write_text("earlier")
    nbformat.write(nbformat.v4.new_notebook(), lab / "Untitled.ipynb")
    (lab / "scores.png").write_text("mine")
    (lab / "talk").mkdir()
    (lab / "talk" / "notes.txt").write_text("mine")

    if moment == "JupyterLab ends":
        study = read_study(processed / "study")
        kept = list(keep_own(study, notebooks=NOTEBOOKS, target=lab, scratch=scratch))
    else:
        kept = copy()

    assert 3 == len(kept)
    assert (scratch / "Untitled.ipynb").exists()
    assert "mine" == (scratch / "talk" / "notes.txt").read_text()
    assert "earlier" == (scratch / "scores.png").read_text()
    (again,) = scratch.glob("scores-*.png")
    assert "mine" == again.read_text()
    assert (lab / "07-study.ipynb").exists()


def test_root_is_told_what_to_do(tmp_path, monkeypatch) -> None:
    """In a container root may agree; any other user is not asked."""
    monkeypatch.delenv(AS_ROOT, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(ParameterError, match=f"in a container of its own, set {AS_ROOT}=yes"):
        server_options(tmp_path, tmp_path / "settings")

    monkeypatch.setenv(AS_ROOT, "yes")
    assert "--ServerApp.allow_root=True" in server_options(tmp_path, tmp_path / "settings")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not any("allow_root" in one for one in server_options(tmp_path, tmp_path / "settings"))


def test_reviewers_tools_are_not_in_the_lab(tmp_path, monkeypatch) -> None:
    """The extension that the settings turn off is one that JupyterLab has."""
    monkeypatch.setenv(AS_ROOT, "yes")
    server_options(tmp_path, tmp_path / "settings")
    command = [sys.executable, "-m", "jupyter", "labextension", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    settings = json.loads((tmp_path / "settings" / "page_config.json").read_text())

    assert {"disabledExtensions": {"nbdime-jupyterlab": True}} == settings
    assert "nbdime-jupyterlab" in done.stdout + done.stderr


def test_a_folder_at_the_path_of_the_link_is_kept_and_named(copy, tmp_path) -> None:
    """It may contain files of a user."""
    (tmp_path / "lab" / "scratch").mkdir(parents=True)
    (tmp_path / "lab" / "scratch" / "mine.txt").write_text("mine")

    with pytest.raises(ReportError, match="move your files to"):
        copy()

    assert "mine" == (tmp_path / "lab" / "scratch" / "mine.txt").read_text()


@pytest.mark.parametrize("name", ["my first look", "proposals", "99-x"])
def test_a_report_opens_under_any_name(processed, name) -> None:
    """A user's notebook has its own name as title, or that of the report of the same name."""
    report = open_report(name, language="en", processed=processed)

    assert report.record["title"] == {"proposals": "Proposals to the authorities"}.get(name, name)


@pytest.mark.parametrize("folder", [".", ".ipynb_checkpoints"])
def test_a_confidential_study_does_not_open_in_the_tracked_notebooks(
    processed, monkeypatch, tmp_path, folder
) -> None:
    """Saving would write results into a tracked file; in other folders it opens."""
    monkeypatch.chdir(tmp_path)
    assert open_report("07-study", language="en", processed=processed)

    (NOTEBOOKS / folder).mkdir(exist_ok=True)
    monkeypatch.chdir(NOTEBOOKS / folder)
    with pytest.raises(ReportError, match="make lab") as raised:
        open_report("07-study", language="en", processed=processed)

    assert "secret" == raised.value.found


def test_a_simulated_study_opens_in_the_tracked_notebooks(write_study, tmp_path, monkeypatch):
    """The check of stored outputs does this."""
    derive(write_study(), tmp_path / "processed")
    monkeypatch.chdir(NOTEBOOKS)

    assert open_report("07-study", language="en", processed=tmp_path / "processed")


def test_outputs_of_a_confidential_study_are_not_stored(processed, tmp_path, capsys) -> None:
    """`make notebooks RAW=…` would write into tracked files."""
    folders = ("--raw", str(tmp_path / "a study"), "--processed", str(processed))
    copies = shutil.copytree(NOTEBOOKS, tmp_path / "tracked")

    assert 1 == main(["notebooks", *folders, "--notebooks", str(copies)])
    assert "simulated study only" in capsys.readouterr().err
    for path in copies.glob("*.ipynb"):
        assert path.read_bytes() == (NOTEBOOKS / path.name).read_bytes()


# --- in a real browser --------------------------------------------------------------------------


def _tracked_state() -> str:
    """Return the state of the working tree in git, with all changes."""
    command = ["git", "status", "--porcelain"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    difference = subprocess.run(["git", "diff"], cwd=ROOT, capture_output=True, check=True)
    return done.stdout + difference.stdout.decode()


@contextmanager
def _jupyterlab(raw: Path, processed: Path, configuration: Path):
    """Start JupyterLab with the command `lab`; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration.mkdir()
    (configuration / "jupyter_server_config.py").write_text(
        f"c.ServerApp.port = {port}\nc.ServerApp.ip = '127.0.0.1'\n"
        "c.ServerApp.open_browser = False\n"
        "c.IdentityProvider.token = ''\n"
        "c.LabApp.expose_app_in_browser = True\n"
    )
    folders = ("--raw", str(raw), "--processed", str(processed), "--notebooks", str(NOTEBOOKS))
    server = subprocess.Popen(
        [sys.executable, "-m", "umid_research", "lab", *folders],
        cwd=configuration.parent,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(configuration), AS_ROOT: "yes"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/api", timeout=5).close()  # noqa: S310
    except OSError:
        return False
    return True


def _wait_until(holds: Callable[[], object]) -> None:
    last = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < last, "JupyterLab is not ready"
        time.sleep(0.5)


_READY = """(() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    return panel?.context?.path == %s && panel.sessionContext.isReady
        && kernel?.connectionStatus == 'connected' && kernel.status == 'idle';
})()"""
_STARTED = """[...document.querySelectorAll('.jp-MarkdownViewer h1, .jp-RenderedMarkdown h1')]
    .some(e => e.innerText.startsWith('A small study'))"""
_POP_UPS = "document.querySelectorAll('.Toastify__toast, .jp-Dialog').length"
_RUN = "jupyterapp.commands.execute('notebook:run-all-cells') && 1"
_DONE = """document.querySelectorAll('.jp-OutputArea-output').length > 0
    && ![...document.querySelectorAll('.jp-InputPrompt')].some(e => e.innerText == '[*]:')"""
_SAVE = "jupyterapp.commands.execute('docmanager:save') && 1"


@pytest.mark.parametrize("path", ["build/secret/notebooks/07-study.ipynb", "scratch/start.ipynb"])
def test_git_ignores_the_folders_in_which_users_work(path) -> None:
    """A file there does not change the working tree."""
    _tracked_state()
    command = ["git", "check-ignore", "--quiet", "--no-index", path]

    assert 0 == subprocess.run(command, cwd=ROOT, check=False).returncode


def _holds_results(path: Path) -> bool:
    return '"study": "secret"' in path.read_text(encoding="utf-8")


def test_no_tracked_file_changes_when_all_cells_are_run_and_saved(
    write_study, processed, tmp_path
) -> None:
    """The results are in the copy; the working tree is unchanged."""
    before = _tracked_state()
    folder = Path("build") / "secret" / "notebooks"
    with (
        open_browser() as browser,
        _jupyterlab(tmp_path / "a study", processed, tmp_path / "config") as address,
    ):
        _wait_until(lambda: _answers(address))
        browser.call("Page.navigate", url=address)
        _wait_until(partial(browser.run, _STARTED))
        for path in ("07-study.ipynb", "scratch/start.ipynb"):
            browser.call("Page.navigate", url=f"{address}/lab/tree/{path}?reset")
            _wait_until(partial(browser.run, _READY % json.dumps(path)))
            browser.run(_RUN)
            _wait_until(partial(browser.run, _DONE))
            browser.run(_SAVE)
            _wait_until(partial(_holds_results, tmp_path / folder / path))
            assert 0 == browser.run(_POP_UPS), path

    assert before == _tracked_state()
