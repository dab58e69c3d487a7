"""study.toml -> the description that is kept beside the derived frames, without names of people.

The entry `names` is found by reading the file as TOML, so that it may be indented, quoted, or
spread over lines with comments. A description that lists names is written anew from its values: a
comment can hold a name as well, so no comment of it is kept.
"""

import datetime
import json
import tomllib
from typing import Any

_NAMES = "names"


def without_names(description: str) -> str:
    """Return the text of a study.toml without its list of people's names.

    A description that lists nobody is returned as it is. Otherwise it holds the same values, one
    top-level entry a line, without comments.
    """
    entries = tomllib.loads(description)
    if _NAMES not in entries:
        return description
    return "".join(
        f"{_quoted(key)} = {_written(value)}\n" for key, value in entries.items() if key != _NAMES
    )


def _written(value: Any) -> str:
    """A value as TOML writes it on one line."""
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
    """A basic string of TOML: that of JSON, which also escapes the sign DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
