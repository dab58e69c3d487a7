"""Make respondent ids that do not identify anybody.

An id is the keyed hash (SipHash, 64 bits) of a submission's uuid. Without the key nobody can
link an export to an id. The key is in a file outside raw and processed that git ignores, or in an
environment variable. A simulated study has a fixed key, so that its frames are the same everywhere.
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
_SHORTEST_LINE = 32  # characters, in the file; a new secret has 43
_REMEDY = (
    "restore the key from a copy, since another key gives other respondent ids; only if there is "
    "none, and no id was ever used, remove the file or variable and run again"
)
# Columns that may change between downloads of one submission, so they are not part of its id.
_NO_CONTENT = ("row", "uuid", "submitted_at", "review_state")


def respondent_key(study: Study, path: Path = KEY_FILE) -> str:
    """Return the study's key: 16 characters derived from its secret.

    The secret of a real study is read from the environment variable, else from `path`, where a
    new one is written if the file does not exist. A simulated study has a fixed key.

    Raises
    ------
    StudyError
        If the secret is empty or too short, or the file is truncated, unreadable or not text.
    """
    if study.provenance == "simulated":
        return _SIMULATED_KEY
    if key := known_key(path):
        return key
    _write_secret(path)
    return _derived_key(_read_secret(path))


def known_key(path: Path = KEY_FILE) -> str | None:
    """Return the key of real studies if there is one here, else None; write no new one.

    Raises
    ------
    StudyError
        As `respondent_key`.
    """
    if KEY_VARIABLE in os.environ:
        return _derived_key(_checked(os.environ[KEY_VARIABLE], KEY_VARIABLE, _SHORTEST_SECRET))
    return _derived_key(_read_secret(path)) if os.path.lexists(path) else None


def _write_secret(path: Path) -> None:
    """Write a new secret to `path`, completely or not at all; never replace an existing file."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as private:
            draft = Path(private) / "draft"
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another run was first: its secret is used
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
    if not text.endswith("\n"):  # a new secret is written with a line break
        raise StudyError(
            f"the key has no line break at its end, so it may be cut off; {_REMEDY}; if it is "
            "complete, add the line break",
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


def _derived_key(secret: str) -> str:
    digest = hashlib.blake2b(secret.encode(), digest_size=12).digest()
    return base64.urlsafe_b64encode(digest).decode()


def keyed_ids(texts: pd.Series, key: str) -> pd.Series:
    """Return 16 hexadecimal digits per text: equal for equal texts, meaningless without the key."""
    values = texts.to_numpy(dtype=object)
    hashes = pd.util.hash_array(values, hash_key=key, categorize=False)
    digits = hashes.astype(">u8").tobytes().hex().encode()
    ids = np.frombuffer(digits, dtype=f"S{_KEY_LENGTH}").astype(f"U{_KEY_LENGTH}")
    return pd.Series(ids, index=texts.index, dtype="str")


def respondent_ids(raw: pd.DataFrame, key: str) -> pd.Series:
    """Return the keyed id of each submission in `raw`.

    A submission without a uuid is identified by its file, its content, and how many earlier rows
    of the file have the same content. So a row that moves within the file keeps its id.
    """
    identities = raw["uuid"].copy()
    without_uuid = raw["uuid"] == ""
    if without_uuid.any():
        content = raw[without_uuid].drop(columns=list(_NO_CONTENT), errors="ignore")
        digest = pd.util.hash_pandas_object(content, index=False, hash_key=key).astype(str)
        occurrence = digest.groupby(digest).cumcount().astype(str)
        identities[without_uuid] = digest + "#" + occurrence
    return keyed_ids(identities, key)
