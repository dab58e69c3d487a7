"""Ids that do not tell who answered.

An id is the keyed hash (SipHash, 64 bits) of a submission's uuid. Without the key nobody can go
from an export to an id or back. The key lies in an ignored file outside raw and processed; an
environment variable overrides it; a simulated study's key is fixed, so that its frames are the
same everywhere.
"""

import base64
import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.errors import StudyError
from umid_research.study import Study

KEY_VARIABLE = "UMID_RESPONDENT_KEY"
KEY_FILE = Path(".respondent-key")
_KEY_LENGTH = 16
_SIMULATED_KEY = "simulated-study!"
_SHORTEST_SECRET = 16  # characters, in the environment variable
_SHORTEST_LINE = 32  # characters, in the file; those that we write have 43
_REMEDY = (
    "restore the key from a copy, since another key gives other respondent ids; only if there is "
    "none, and no id was ever used, remove the file or variable and run again"
)
# What may change while the submission stays the same: a review, how a sheet writes its times.
_NO_CONTENT = ("row", "uuid", "submitted_at", "review_state")


def respondent_key(study: Study, path: Path = KEY_FILE) -> str:
    """Return the study's key: 16 characters derived from its secret.

    The secret of a real study is read from the environment variable, else from `path`, where a
    new one is written if the file does not exist. A simulated study has a fixed key.

    Raises
    ------
    StudyError
        If the secret is empty or too short, or the file is cut off, unreadable or not text.
    """
    if study.provenance == "simulated":
        return _SIMULATED_KEY
    if KEY_VARIABLE in os.environ:
        return _shortened(_checked(os.environ[KEY_VARIABLE], KEY_VARIABLE, _SHORTEST_SECRET))
    if not os.path.lexists(path):
        _write_secret(path)
    return _shortened(_read_secret(path))


def _write_secret(path: Path) -> None:
    """Write a new secret to `path`: whole or not at all, and never over a file that is there."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as private:
            draft = Path(private) / "draft"
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another run was first: its secret counts
                os.link(draft, path)
    except OSError as error:
        raise StudyError(
            f"the key cannot be written ({error.strerror}); free some space or make the folder "
            f"writable, or put a secret into the variable {KEY_VARIABLE}",
            where=str(path),
        ) from None


def _read_secret(path: Path) -> str:
    """Return the secret in `path`, without its line break."""
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not plain ASCII text"
        raise StudyError(f"the key cannot be read ({reason}); {_REMEDY}", where=str(path)) from None
    secret = _checked(text.strip(), str(path), _SHORTEST_LINE)
    if not text.endswith("\n"):  # every key that we write ends its line
        raise StudyError(
            f"the key does not end its line: it may be cut off; {_REMEDY}; if it is "
            "whole, end the line",
            where=str(path),
        )
    return secret


def _checked(secret: str, where: str, shortest: int) -> str:
    if len(secret.strip()) < shortest:
        raise StudyError(
            f"the key is too short; it needs {shortest} characters or more. {_REMEDY}",
            where=where,
            found=f"{len(secret.strip())} characters",
        )
    return secret


def _shortened(secret: str) -> str:
    digest = hashlib.blake2b(secret.encode(), digest_size=12).digest()
    return base64.urlsafe_b64encode(digest).decode()


def keyed_ids(texts: pd.Series, key: str) -> pd.Series:
    """16 hexadecimal digits per text: equal for equal texts, meaningless without the key."""
    values = texts.to_numpy(dtype=object)
    hashes = pd.util.hash_array(values, hash_key=key, categorize=False)
    digits = hashes.astype(">u8").tobytes().hex().encode()
    ids = np.frombuffer(digits, dtype=f"S{_KEY_LENGTH}").astype(f"U{_KEY_LENGTH}")
    return pd.Series(ids, index=texts.index, dtype="str")


def respondent_ids(raw: pd.DataFrame, key: str) -> pd.Series:
    """The keyed id of each submission in `raw`.

    Without a uuid a submission is known by its file, its content and how often that content came
    before in the file, so that a row moved in the file keeps its id.
    """
    named = raw["uuid"].copy()
    nameless = raw["uuid"] == ""
    if nameless.any():
        content = raw[nameless].drop(columns=list(_NO_CONTENT), errors="ignore")
        digest = pd.util.hash_pandas_object(content, index=False, hash_key=key).astype(str)
        occurrence = digest.groupby(digest).cumcount().astype(str)
        named[nameless] = digest + "#" + occurrence
    return keyed_ids(named, key)
