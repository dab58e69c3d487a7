"""Find platform, server and form in the address that a browser shows for the form.

https://eu.kobotoolbox.org/#/forms/aBcD…/summary     KoboToolbox, form aBcD…
https://eu.kobotoolbox.org/api/v2/assets/aBcD…/      the same, its API
https://central.example.org/#/projects/3/forms/hh    ODK Central, form hh of project 3
https://central.example.org/v1/projects/3/forms/hh   the same, its API
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from umid_research.errors import ParameterError

KOBOTOOLBOX, ODK_CENTRAL = "kobotoolbox", "odk-central"
_CENTRAL = re.compile(r"/projects/(\d+)/forms/([^/?#]+)")
_KOBO = re.compile(r"/(?:forms|assets)/(\w{8,})")
_HERE = ("localhost", "127.0.0.1", "::1")
_POSSIBLE = (
    "https://eu.kobotoolbox.org/#/forms/<id of the form>",
    "https://<ODK Central>/#/projects/<number>/forms/<id of the form>",
)


@dataclass(frozen=True)
class Address:
    """A form on a server; `base` is the server's address, `project` is "" on KoboToolbox."""

    platform: str
    base: str
    project: str
    form: str

    def __str__(self) -> str:
        """Return the form's address, the same for every way to write it."""
        if self.platform == KOBOTOOLBOX:
            return f"{self.base}/#/forms/{self.form}"
        return f"{self.base}/#/projects/{self.project}/forms/{quote(self.form, safe='')}"


def parse_address(text: str) -> Address:
    """Return the form that the address `text` names.

    Raises ParameterError, without repeating a password or a query, if it names no form, holds a
    password, or would send the token unencrypted to another machine.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that do not match, a port that is no number
        parts, host, port = urlsplit(""), "", None
    if parts.username is not None or parts.password is not None:
        raise ParameterError(
            "the address holds a password, which would stand in the list of processes; take it "
            "out, and put the token into the environment or its file",
            where="SERVER",
        )
    netloc = f"[{host}]" if ":" in host else host
    base = f"{parts.scheme}://{netloc}" + (f":{port}" if port else "")
    place = parts.path + (f"/{parts.fragment}" if parts.fragment else "")
    form = _form(base, place)
    if not host or form is None:
        raise ParameterError(
            "is not the address of a form; open the form in the browser and copy its address",
            where="SERVER",
            found=f"{base}{place}" if host else parts.path or "no address",
            possible=_POSSIBLE,
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise ParameterError(
            "the token would be sent unencrypted; use the server's https address",
            where="SERVER",
            found=base,
        )
    return form


def _form(base: str, place: str) -> Address | None:
    if central := _CENTRAL.search(place):
        return Address(ODK_CENTRAL, base, central[1], unquote(central[2]).removesuffix(".svc"))
    kobo = _KOBO.search(place)
    return Address(KOBOTOOLBOX, base, "", kobo[1]) if kobo else None
