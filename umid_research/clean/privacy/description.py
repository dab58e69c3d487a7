"""Remove the names of people from study.toml before it is copied to the derived frames.

The file is parsed as TOML to find the entry `names`, which may be indented, quoted or spread over
several lines. A description that lists names is rewritten from its values, without any comment,
because a comment can hold a name as well.
"""

import datetime
import json
import tomllib
from typing import Any

_NAMES = "names"


def without_names(description: str) -> str:
    """Return the text of a study.toml without its list of people's names.

    A description without names is returned unchanged. Otherwise the result has the same other
    values, one top-level entry per line, without comments.
    """
    entries = tomllib.loads(description)
    if _NAMES not in entries:
        return description
    return "".join(
        f"{_quoted(key)} = {_written(value)}\n" for key, value in entries.items() if key != _NAMES
    )


def _written(value: Any) -> str:
    """Return a value in TOML syntax on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{_quoted(key)} = {_written(one)}" for key, one in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return repr(value)


def _quoted(text: str) -> str:
    """Return a TOML basic string: a JSON string in which DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
