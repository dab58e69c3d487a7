"""Test what checks an archive: the page in Chromium, and the command; green, and red by name."""

import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from archived import archive
from browser import Browser, open_browser
from whole_way import BUNDLED, ROOT

from umid_research.__main__ import main
from umid_research.output.archive.facts import Facts
from umid_research.output.archive.verify_page import PAGE, write_verify_page
from umid_research.study import read_study

AXE = (ROOT / "tests" / "data" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """axe.run(document, {rules: {'target-size': {enabled: true}}}).then(result =>
    result.violations.map(found => `${found.id}: ${found.nodes.map(node => node.html)}`))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RESULT = "document.getElementById('result').innerText"
DONE = f"""new Promise(done => {{ const look = () => document.querySelector('#result .verdict')
    ? done({RESULT}) : setTimeout(look, 20); look(); }})"""
GOOD = {"en": "All 3 files are as the manifest says.", "az": "Bütün fayllar (3) manifestdə"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all tests."""
    with open_browser() as browser:
        yield browser


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with the page, two files, one of them below, and their manifest."""
    made = tmp_path / "archive"
    (made / "reports").mkdir(parents=True)
    (made / "reports" / "cədvəl 1.csv").write_text("ə,1\n", encoding="utf-8")
    (made / "data.bin").write_bytes(bytes(range(256)) * 300)
    write_verify_page(made, Facts(read_study(BUNDLED)))
    files = {
        name: hashlib.sha256((made / name).read_bytes()).hexdigest()
        for name in ("reports/cədvəl 1.csv", "data.bin", PAGE)
    }
    (made / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    return made


def _open(browser: Browser, folder: Path, language: str = "en") -> None:
    browser.open(folder / PAGE)
    browser.run(f"document.querySelector('nav button[lang={language}]').click()")


def _choose(browser: Browser, folder: Path) -> str:
    """Return what the page says of a folder that is chosen."""
    field = browser.call("Runtime.evaluate", expression="document.getElementById('folder')")
    browser.run("document.getElementById('result').replaceChildren()")
    browser.call("DOM.setFileInputFiles", files=[str(folder)], objectId=field["result"]["objectId"])
    return browser.run(DONE)


def _drop(browser: Browser, *paths: Path) -> str:
    """Return what the page says of paths that are dropped on it."""
    browser.run("document.getElementById('result').replaceChildren()")
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.call("Input.dispatchDragEvent", type=kind, x=200, y=300, data=data)
    return browser.run(DONE)


@pytest.mark.parametrize("language", ["en", "az"])
def test_an_untouched_folder_is_green(browser, folder, language) -> None:
    """Chosen, dropped as a folder, or as what is in it."""
    _open(browser, folder, language)

    manifest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()

    said = _choose(browser, folder)
    assert GOOD[language] in said
    assert said.endswith(manifest)
    assert GOOD[language] in _drop(browser, folder)
    assert GOOD[language] in _drop(browser, *folder.iterdir())


def test_one_changed_byte_is_red_and_the_file_is_named(browser, folder) -> None:
    """And nothing else is."""
    content = bytearray((folder / "data.bin").read_bytes())
    content[70_000] ^= 1
    (folder / "data.bin").write_bytes(content)
    _open(browser, folder)

    said = _drop(browser, folder)

    assert "Files that are not as the manifest says: 1" in said
    assert "Changed since they were made: 1\ndata.bin" in said
    assert "cədvəl" not in said


def test_missing_and_unknown_files_are_named(browser, folder) -> None:
    """A file that an editor or a desktop leaves is none of them."""
    (folder / "reports" / "cədvəl 1.csv").unlink()
    (folder / "new.txt").touch()
    for name in (".DS_Store", "~$x.docx", "Thumbs.db", "data.bin~"):
        (folder / name).touch()
    _open(browser, folder, "az")

    said = _drop(browser, folder)

    assert "Çatışmır: 1\nreports/cədvəl 1.csv" in said
    assert "heç bir icra onları yaratmayıb: 1\nnew.txt" in said
    assert "Manifestdə göstərildiyi kimi olmayan fayllar: 2" in said


def test_a_folder_of_more_than_a_hundred_files_is_read_whole(browser, folder) -> None:
    """The browser gives them in portions."""
    names = [f"reports/{number}.txt" for number in range(250)]
    for name in names:
        (folder / name).touch()
    _open(browser, folder)

    said = _drop(browser, folder)

    assert all(f"{name}\n" in f"{said}\n" for name in names)


def test_browsers_without_handles_are_asked_until_they_have_no_more(browser, folder) -> None:
    """As Firefox and Safari give the entries of a folder; Chromium gives none to a file's page."""
    _open(browser, folder)
    found = browser.run("""(() => {
        const portions = [["a/1", "a/2"], ["a/3"], []].map(names => names.map(name => ({
            isFile: true, fullPath: `/${name}`, file: yes => yes(new File(["x"], name))})))
        const reader = {readEntries: yes => yes(portions.shift())}
        const files = new Map()
        return walkEntry({isFile: false, createReader: () => reader}, files)
            .then(() => [...files.keys()])
    })()""")

    assert ["a/1", "a/2", "a/3"] == found


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "There is no manifest.json among these files."),
        ("{", "manifest.json is not a list of files and hashes"),
        ("{}", "manifest.json is not a list of files and hashes"),
    ],
)
def test_a_folder_without_a_list_is_no_green_folder(browser, folder, manifest, said) -> None:
    """The page says what to do."""
    if manifest is None:
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text(manifest)
    _open(browser, folder)

    assert said in _choose(browser, folder)


def test_the_own_sha256_is_that_of_hashlib(browser, folder) -> None:
    """For browsers that give the page no WebCrypto; every length around the ends of blocks."""
    _open(browser, folder)
    source = random.Random(1)
    for length in [*range(130), 1000, 4096, 100_003]:
        content = source.randbytes(length)
        found = browser.run(f"sha256(new Uint8Array({list(content)}))")
        assert hashlib.sha256(content).hexdigest() == found, length


def test_without_webcrypto_the_page_finds_the_same(browser, folder) -> None:
    """Chromium has it for files; a page from a server without TLS does not."""
    _open(browser, folder)
    assert browser.run("isSecureContext && Boolean(crypto.subtle)")
    browser.run("void Object.defineProperty(globalThis, 'crypto', {value: {}})")

    assert GOOD["en"] in _drop(browser, folder)
    (folder / "data.bin").write_bytes(b"")
    assert "data.bin" in _drop(browser, folder)


def test_the_page_asks_for_nothing_and_can_send_nothing(browser, folder) -> None:
    """Its policy forbids every connection and every other script."""
    _open(browser, folder)
    assert GOOD["en"] in _drop(browser, folder)

    assert [(folder / PAGE).as_uri()] == browser.requests
    assert [] == browser.complaints
    blocked = "fetch('https://example.org').then(() => 'sent', () => 'blocked')"
    assert "blocked" == browser.run(blocked)
    browser.run(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{textContent: 'globalThis.ran = true'}))"
    )
    assert browser.run("globalThis.ran === undefined")


def test_names_of_files_are_text_and_no_markup(browser, folder) -> None:
    """Whoever makes a manifest makes the names in it."""
    files = {"<img src=x onerror=alert(1)>": "0"}
    (folder / "manifest.json").write_text(json.dumps({"files": files}))
    _open(browser, folder)

    assert "<img src=x onerror=alert(1)>" in _choose(browser, folder)
    assert 0 == browser.run("document.images.length")


@pytest.mark.parametrize("language", ["en", "az"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_use_the_page(browser, folder, language, scheme, width) -> None:
    """No violation of WCAG 2.2 AA, nothing wider than the screen, with results shown."""
    (folder / ("a" * 120)).touch()
    browser.look(width=width, scheme=scheme)
    _open(browser, folder, language)
    _choose(browser, folder)
    browser.run(AXE)

    assert [] == browser.run(RUN_AXE)
    assert browser.run(OVERFLOW) <= 0
    assert language == browser.run("document.documentElement.lang")


def test_a_simulated_study_says_so_on_the_page(browser, folder) -> None:
    """Under the heading."""
    _open(browser, folder)

    assert "SIMULATED DATA" in browser.run("document.querySelector('[data-text=study]').innerText")


def test_a_whole_archive_is_green_and_red_after_one_byte(browser, built, tmp_path, capsys) -> None:
    """By the page and by the command, each naming the file; the reports keep their own list."""
    made = archive(built, tmp_path / "archive")
    number = len(json.loads((made / "manifest.json").read_text(encoding="utf-8"))["files"])
    _open(browser, made)

    assert f"All {number} files are as the manifest says." in _drop(browser, made)
    assert 0 == main(["verify", str(made), "--raw", str(built / "raw")])
    said = capsys.readouterr().out
    assert f"{number} files of the archive are as the manifest says" in said
    assert "inputs in" in said

    changed = made / "tables" / "scores_by_group.csv"
    content = bytearray(changed.read_bytes())
    content[-5] ^= 1
    changed.write_bytes(content)
    assert "Changed since they were made: 1\ntables/scores_by_group.csv" in _drop(browser, made)
    assert 1 == main(["verify", str(made)])
    said = capsys.readouterr().err
    assert "files that are not as the manifest says: 1" in said
    assert "tables/scores_by_group.csv: is not the file that was made" in said


def test_the_command_names_missing_and_unknown_files_of_an_archive(folder, capsys) -> None:
    """And says so where there is no list."""
    (folder / "ro-crate-metadata.json").touch()
    (folder / "data.bin").unlink()

    assert 1 == main(["verify", str(folder)])
    said = capsys.readouterr().err
    assert "data.bin: is missing" in said
    assert "ro-crate-metadata.json: is not in the manifest" in said

    (folder / "manifest.json").unlink()
    assert 1 == main(["verify", str(folder)])
    assert "no list of the archive's files" in capsys.readouterr().err
    shutil.rmtree(folder)
