"""What an archive says of itself: title, authors, licence, dates and version of the code.

Everything is the study's own description, or known of the code; what is not there is listed as
lacking and never made up.
"""

import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata

from umid_research.messages import Messages
from umid_research.output.archive.variables import CATALOGUE
from umid_research.report.study_report import report_languages, words_of
from umid_research.runs.stamp import PACKAGE, code_folder
from umid_research.study import Study


@dataclass(frozen=True)
class Facts:
    """The facts of an archive of one study; texts are in the first language of its reports."""

    study: Study

    @property
    def language(self) -> str:
        """Return the language of all texts that have no other."""
        return self.languages[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of the study's reports."""
        return report_languages(self.study)

    @property
    def is_open(self) -> bool:
        """Return whether the answers may be published: they are simulated, or declared public."""
        return self.study.provenance in ("simulated", "public")

    def title(self, language: str = "") -> str:
        """Return the study's title, which says whether the study is simulated."""
        one = language or self.language
        mark = words_of(self.study, one)("mark") if self.study.provenance == "simulated" else ""
        return f"{self.study.title[one]} ({mark})" if mark else self.study.title[one]

    def words(self, language: str = "") -> Messages:
        """Return the texts of the archive."""
        return Messages(language or self.language, catalogue=CATALOGUE)

    def description(self, language: str = "") -> str:
        """Return what is in the archive, where the answers come from, and what is lacking."""
        words = self.words(language)
        data = "open" if self.is_open else "confidential"
        parts = [words("description"), words(f"data.{data}"), *self.lacking(language)]
        return " ".join(parts)

    def lacking(self, language: str = "") -> list[str]:
        """Return a sentence for each fact that is not known."""
        words, publication = self.words(language), self.study.publication
        known = {
            "licence": publication.licence,
            "date": publication.date,
            "version": publication.version,
            "commit": self.commit,
        }
        end = self.study.field_work.end
        return [words(f"lacking.{name}", end=end) for name, fact in known.items() if not fact]

    @property
    def published(self) -> str:
        """Return the day of publication; RO-Crate demands one, so else the last day of the work."""
        return (self.study.publication.date or self.study.field_work.end).isoformat()

    @property
    def licence(self) -> str:
        """Return the words of the licence, "" if the study has none."""
        licence = self.study.publication.licence
        return licence[self.language] if licence else ""

    @property
    def author(self) -> str:
        """Return who conducted the study."""
        return self.study.field_work.conducted_by[self.language]

    @property
    def sponsor(self) -> str:
        """Return who paid for the study."""
        return self.study.field_work.sponsor[self.language]

    @property
    def software(self) -> str:
        """Return the version of this package."""
        return metadata.version(PACKAGE)

    @cached_property
    def commit(self) -> str:
        """Return the commit of the code with `-changed` if files differ from it, "" if unknown."""
        here = str(code_folder())
        # An installed package may lie in the folder of a project that does not hold it.
        if not _git(here, "ls-files", "__init__.py"):
            return ""
        changed = "-changed" if _git(here, "status", "--porcelain", "--", ".") else ""
        head = _git(here, "rev-parse", "HEAD")
        return f"{head}{changed}" if head else ""


def _git(folder: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
