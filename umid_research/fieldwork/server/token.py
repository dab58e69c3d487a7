"""Read the token for the server, from the environment or a file, and never show it.

It is no argument of a command, because the system shows the arguments of all processes. The class
`Token` has no text of its own, so that neither a log nor a traceback can show it.
"""

import base64
import os
import re
from pathlib import Path

import requests
from requests.auth import AuthBase

from umid_research.errors import ParameterError
from umid_research.fieldwork.server.address import KOBOTOOLBOX

VARIABLE, FILE = "UMID_SERVER_TOKEN", Path(".server-token")
_SCHEMES = re.compile(r"(?:Token|Bearer)\s+", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]+")
_POSSIBLE = (f"the variable {VARIABLE}", f"the file {FILE}, which git ignores")


class Token(AuthBase):
    """The right to read a form; requests calls it to sign each request.

    As an AuthBase it also keeps requests from sending a password of the user's .netrc instead.
    """

    def __init__(self, header: str) -> None:
        self.__header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        request.headers["Authorization"] = self.__header
        return request

    def __repr__(self) -> str:
        return "Token(not shown)"


def read_token(platform: str, file: Path = FILE) -> Token:
    """Return the token in the environment variable, else in the file.

    For ODK Central it may also be `e-mail:password` of a web user, since Central's own tokens end
    after a day. Raises ParameterError, which never shows it, if there is none or it is no token.
    """
    where = VARIABLE if VARIABLE in os.environ else str(file)
    text = _SCHEMES.sub("", _read(where, file).strip(), count=1)
    if not text:
        raise ParameterError("there is no token for the server", where=where, possible=_POSSIBLE)
    if platform != KOBOTOOLBOX and re.fullmatch(r"[^:\s]+@[^:\s]+:.+", text):
        return Token(f"Basic {base64.b64encode(text.encode()).decode()}")
    if not _TOKEN.fullmatch(text):
        raise ParameterError(
            "is not a token: it has spaces, line breaks or letters that no token has; copy it "
            "again from the server",
            where=where,
        )
    return Token(f"{'Token' if platform == KOBOTOOLBOX else 'Bearer'} {text}")


def _read(where: str, file: Path) -> str:
    if where == VARIABLE:
        return os.environ[VARIABLE]
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        raise ParameterError("the token cannot be read", where=where, possible=_POSSIBLE) from None
