"""The results of a search as the page shows them: what was typed is marked, each kind says what tells its things apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.domain.projects import KINDS as PROJECT_KINDS
from portal.domain.roles import DEPARTMENT
from portal.forms.quality.document_words import KINDS as DOCUMENT_KINDS
from portal.forms.search_groups import GROUPS, KINDS, Group
from portal.forms.titles import form_title
from portal.lib.bigrams import Phrase
from portal.lib.clock import day, minute
from portal.lib.excerpts import Part, excerpt, marked
from portal.lib.i18n import language
from portal.models import SearchEntry
from portal.queries import find, library
from portal.queries.find import Hits


@dataclass(frozen=True, slots=True)
class Row:
    """One result; `excerpt` is the stretch of its text in which it was found, if not by its name."""

    href: str
    code: Sequence[Part]
    title: Sequence[Part]
    excerpt: Sequence[Part]
    facts: Sequence[str]
    state: str
    look: str
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A group with as many of its results as are shown."""

    group: Group
    rows: Sequence[Row]
    count: int
    more: bool

    @property
    def total(self) -> str:
        """How many there are, as far as they are counted."""
        return f"{self.count}+" if self.more else str(self.count)


def groups(
    hits: Mapping[str, Hits], phrases: Sequence[Phrase], first: int, many: int, only: str
) -> list[Found]:
    """The groups that have hits, `many` of each from `first` on; of those not chosen by `only` just the number."""
    found = []
    for group in GROUPS.values():
        of_kinds = [hits[kind.key] for kind in group.kinds if kind.key in hits]
        ids = [id for one in of_kinds for id in one.ids]
        if not ids and group.key != only:
            continue
        wanted = ids[first : first + many] if only in ("", group.key) else []
        rows = _rows(find.entries(wanted), phrases) if wanted else []
        found.append(Found(group, rows, len(ids), any(one.more for one in of_kinds)))
    return found


def _rows(entries: Sequence[SearchEntry], phrases: Sequence[Phrase]) -> list[Row]:
    numbers = {entry.code for entry in entries if entry.kind == "document"}
    english = library.english_names(numbers) if numbers and language() == "en" else {}
    return [row(one, phrases, english.get(one.code, "")) for one in entries]


def row(entry: SearchEntry, phrases: Sequence[Phrase], name: str = "") -> Row:
    """One result; `name` is what it is called in the reader's language, if not as the index calls it."""
    kind = KINDS[entry.kind]
    title, code = marked(name or entry.title, phrases), marked(entry.code, phrases)
    facts = [fact for fact in _facts(entry) if fact and fact != entry.title]
    return Row(
        entry.path,
        code,
        title,
        _excerpt(entry, phrases, facts),
        facts,
        str(kind.states.get(entry.state, "")),
        kind.looks.get(entry.state, ""),
        entry.note.rpartition(" · ")[2] if entry.kind == "person" and "@" in entry.note else "",
    )


def _excerpt(entry: SearchEntry, phrases: Sequence[Phrase], facts: Iterable[str]) -> list[Part]:
    """Where it was found in the text; not what stands beside its name already."""
    if entry.kind == "person":
        return []
    parts = excerpt(entry.body, phrases)
    beside = " ".join(facts)
    return [] if all(part.text in beside for part in parts if part.hit) else parts


def _facts(entry: SearchEntry) -> list[str]:
    department = str(DEPARTMENT[entry.department].title) if entry.department in DEPARTMENT else ""
    match entry.kind:
        case "record":
            return [form_title(entry.sort, language()), entry.note, minute(entry.at)]
        case "document":
            sort = str(DOCUMENT_KINDS.get(entry.sort, ""))
            return [sort, entry.note, department, str(day(entry.at)) if entry.at else ""]
        case "project":
            return [str(PROJECT_KINDS[entry.sort].title), entry.note]
        case "person":
            return [department, entry.note.partition(" · ")[0] if "@" in entry.note else entry.note]
    return [entry.note, department]


def states(group: str) -> Mapping[str, Any]:
    """The states that results may be narrowed to: those of the chosen group, else of records."""
    return GROUPS[group or "records"].states
