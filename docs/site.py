"""Make the site of the API documentation: `make docs`, then open build/docs/index.html.

pdoc renders the docstrings; the pages of the guide are Markdown, given to pdoc as the docstrings of
modules that have nothing else. Nothing is fetched, neither now nor when the site is read.
"""

import importlib.metadata
import inspect
import pkgutil
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pdoc

import umid_research
from umid_research.disclosure.tables import PUBLISHED
from umid_research.frames import Schema
from umid_research.pipeline.steps import steps_as_markdown
from umid_research.report.study_report import report_languages, words_of
from umid_research.study import Study, read_study

ROOT = Path(__file__).resolve().parents[1]
# Beside the public names: what their functions return, raise and expect.
MODULES = ("umid_research.bench.study", "umid_research.bench.results", "umid_research.errors")
MORE = ("umid_research.frames", "umid_research.report.charts", "umid_research.report.topics")
INFINITE = float("inf")


def make(target: Path) -> list[Path]:
    """Write the site to a folder, which is emptied first; return its pages."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in umid_research.__all__:  # imported when asked for, which pdoc does not do
        setattr(umid_research, name, getattr(umid_research, name))
    pages = [_page(name, text) for name, text in guide().items()]
    homes = {getattr(umid_research, name).__module__ for name in umid_research.__all__}
    homes |= {schema_home.rpartition(".")[0] for _, schema_home in schemas()}
    api = [umid_research, *map(importlib.import_module, sorted({*homes, *MODULES, *MORE}))]
    start = _page("guide", _start([*pages, *api]))
    modules = {one.__name__: pdoc.doc.Module(one) for one in [start, *pages, *api]}
    pdoc.docstrings.numpy = _with_descriptions(pdoc.docstrings.numpy)
    pdoc.render.configure(
        docformat="numpy", show_source=False, footer_text=f"umid_research {_version()}"
    )
    written = {
        f"{name.replace('.', '/')}.html": pdoc.render.html_module(module, modules)
        for name, module in modules.items()
    }
    written["index.html"] = _REDIRECT
    written["search.js"] = pdoc.render.search_index(modules)
    for name, text in written.items():
        if name.startswith("guide"):  # their heading is that of the text
            text = re.sub(r'<h1 class="modulename">.*?</h1>', "", text, flags=re.DOTALL)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        # Defaults of parameters and constants may be folders of this computer.
        (target / name).write_text(text.replace(f"{ROOT}/", ""), encoding="utf-8")
    return sorted(target.rglob("*.html"))


def guide() -> dict[str, str]:
    """Return the pages of the guide: name -> Markdown."""
    recipes = _section(ROOT / "CONTRIBUTING.md", "Recipes")
    pages = {
        "guide.data_flow": f"# Data flow\n\n{steps_as_markdown()}\n\n{_REBUILD}",
        "guide.frames": _frames(),
        "guide.published_tables": _published(),
        "guide.glossary": _glossary(read_study(ROOT / "data" / "raw")),
        "guide.recipes": f"# Recipes\n\n{recipes}",
    }
    for path in sorted((ROOT / "docs").glob("*.md")):
        name = f"guide.{path.stem.replace('-', '_')}"
        pages[name] = _with_links(path.read_text(encoding="utf-8"))
    return pages


def schemas() -> Iterator[tuple[Schema, str]]:
    """Yield every declared frame with the module and name of its schema, sorted by name."""
    found: dict[str, tuple[Schema, str]] = {}
    for one in pkgutil.walk_packages(umid_research.__path__, "umid_research."):
        if one.name.endswith("__main__"):
            continue
        module = importlib.import_module(one.name)
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, Schema) and re.search(rf"(?m)^{name}\b.* = ", source):
                found[value.name] = value, f"{one.name}.{name}"
    yield from (found[name] for name in sorted(found))


def _frames() -> str:
    parts = [_FRAMES]
    for schema, home in schemas():
        module = home.rpartition(".")[0]  # pdoc makes a link of it
        parts.append(f"## {schema.name}\n\nMade in `{module}`.\n\n{_columns(schema)}")
    return "\n\n".join(parts)


def _published() -> str:
    parts = [f"{_columns(one.schema)}" for one in PUBLISHED.values()]
    named = [f"## {name}\n\n{part}" for name, part in zip(PUBLISHED, parts, strict=True)]
    return "\n\n".join([_PUBLISHED, *named])


def _columns(schema: Schema) -> str:
    key = ", ".join(f"`{name}`" for name in schema.key) or "none"
    lines = [f"Key: {key}.", "", "| column | type | values |", "|---|---|---|"]
    for name, column in schema.columns.items():
        shown = f"{name} (pattern)" if column.regex else name
        lines.append(f"| `{shown}` | {column.metadata['dtype']} | {_values(column)} |")
    return "\n".join(lines)


def _values(column: Any) -> str:
    meta = column.metadata
    found = []
    if "among" in meta:
        found.append(", ".join(f"`{one}`" for one in meta["among"] if one != ""))
    if "from" in meta:
        low, high = (round(meta[end], 6) + 0.0 for end in ("from", "to"))
        limits = [f"from {low:g}"] if low > -INFINITE else []
        limits += [f"to {high:g}"] if high < INFINITE else []
        found += [" ".join(limits)] if limits else []
    if not isinstance(meta["dtype"], str):
        found.append(", ".join(f"`{one}`" for one in meta["dtype"].categories))
    if column.nullable or column.default == "":
        found.append("may be blank")
    return "; ".join(found)


def _glossary(study: Study) -> str:
    named: dict[str, Mapping[str, Any]] = {
        "Topics of the survey": study.dimensions,
        "Groups": study.groups,
        "Districts": study.districts,
    }
    parts = [_GLOSSARY]
    for heading, entries in named.items():
        head = "| | " + " | ".join(study.languages) + " |\n|---|" + "---|" * len(study.languages)
        rows = [
            f"| `{key}` | " + " | ".join(str(entry.name[one]) for one in study.languages) + " |"
            for key, entry in entries.items()
        ]
        parts.append(f"## {heading}\n\n{head}\n" + "\n".join(rows))
    for language in report_languages(study):
        messages = words_of(study, language)
        terms = [(one.name[language], one.meaning[language]) for one in study.glossary.values()]
        terms += [
            (messages(f"words_box.{key}.name"), messages(f"words_box.{key}.meaning"))
            for key in ("index", "interval", "irm")
        ]
        lines = "\n".join(f"- **{name}**: {meaning}" for name, meaning in terms)
        parts.append(f"## {messages('words_box.heading')} ({language})\n\n{lines}")
    return "\n\n".join(parts)


def _start(modules: list[ModuleType]) -> str:
    """Return the first page: where to look for what, then every page."""
    links = [f"- [{_label(one)}]({one.__name__.replace('.', '/')}.html)" for one in modules]
    return "\n".join([_START, *links])


def _label(module: ModuleType) -> str:
    name = module.__name__.removeprefix("umid_research.").removeprefix("guide.")
    is_page = module.__doc__ is not None and module.__doc__.startswith("# ")
    return module.__doc__.partition("\n")[0].lstrip("# ") if is_page else f"`{name}`"


def _with_descriptions(numpy: Callable[[str], str]) -> Callable[[str], str]:
    """Return a reader of docstrings that takes a sentence after `name :` for no type."""

    def read(text: str) -> str:
        return numpy(re.sub(r"(?m)^(\w+) : ((?:\S+ ){4,}.*)$", r"\1\n    \2", text))

    return read


def _page(name: str, text: str) -> ModuleType:
    module = ModuleType(name, text)
    sys.modules[name] = module
    return module


def _section(path: Path, heading: str) -> str:
    """Return the text below a heading of the second level, up to the next."""
    text = path.read_text(encoding="utf-8")
    return text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0].strip()


def _with_links(text: str) -> str:
    """Let links between the pages of docs/ lead to the pages of the site."""

    def link(found: re.Match[str]) -> str:
        return f"]({found[1].replace('-', '_')}.html{found[2] or ''})"

    return re.sub(r"\]\(([\w-]+)\.md(#[\w-]+)?\)", link, text)


def _version() -> str:
    return importlib.metadata.version("umid_research")


_START = """# umid_research

From the exports of a survey to reports that people can read and rebuild.

- To ask a study your own questions: [Questions of your own](guide/own_questions.html), then
  [`open_study`](umid_research.html#open_study) and what it returns,
  [`Bench`](umid_research/bench/study.html#Bench)
- The functions behind each step: [the public API](umid_research.html)
- What each step reads and makes: [Data flow](guide/data_flow.html)
- The columns of every file: [Frames](guide/frames.html) and
  [Published tables](guide/published_tables.html)
- How scores, tests and intervals are computed: [Methods](guide/methods.html)
- To change something: [Recipes](guide/recipes.html)
- Words, in each language of the study: [Glossary](guide/glossary.html)

## All pages
"""
_REDIRECT = '<meta charset="utf-8"><meta http-equiv="refresh" content="0; url=guide.html">'
_REBUILD = "`make report` then runs the notebooks on `published/` and writes the reports."
_FRAMES = """# Frames

Each frame is a CSV file in the folder `data/processed`, or `build/<id>/processed` of another study.
The columns of `responses` and `states` follow from the questionnaire:
[`clean_responses`](../umid_research.html#clean_responses) has them, with an example."""
_PUBLISHED = """# Published tables

What a reader may see: the tables in `published/`, each also a CSV file and a sheet of the reports.
Where `shown` is false the numbers are blank, and `reason` has the code of the reason."""
_GLOSSARY = """# Glossary

The names of the bundled study in the languages of its forms, and the words that the reports
explain, in their languages. The registers of the activities are in
[Registers](registers.html)."""


if __name__ == "__main__":
    made = make(ROOT / "build" / "docs")
    print(f"docs     {len(made)} pages in build/docs; open build/docs/index.html")
