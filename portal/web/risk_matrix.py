"""The risk matrix: five grades of likelihood by five of impact, each field with the risks that stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.ledgers.security import RISK_STATES
from portal.forms.quality.risk_assessment import RiskAssessment
from portal.forms.quality.risk_assessment_stages import OPTIONS
from portal.forms.quality.risk_levels import BANDS, band
from portal.queries import risks

GRADES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Spot:
    """A risk in the matrix: its number, what it is, where the page tells more of it."""

    no: str
    text: str
    likelihood: int
    impact: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the matrix."""

    level: int
    band: str
    spots: list[Spot]

    @property
    def word(self) -> Any:
        """What its level is called."""
        return BANDS[self.band]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The fields, row by row from the gravest impact down."""

    rows: list[tuple[int, list[Place]]]

    @property
    def likelihoods(self) -> range:
        """The heads of the columns."""
        return GRADES

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Each band with its word and the levels that are in it, for screens too small to write it in each field."""
        levels = sorted({one * other for one in GRADES for other in GRADES})
        found = {key: [level for level in levels if band(level) == key] for key in BANDS}
        return [(key, f"{some[0]}–{some[-1]} {BANDS[key]}") for key, some in found.items()]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done about a risk, by whom, until when, and how that stands."""

    option: Any
    measure: str
    owner: str
    due: str
    residual: int | None
    until: str
    state: str
    word: Any
    late: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A risk as the page lists it under the matrix."""

    spot: Spot
    record: str
    asset: str
    level: int
    band: str
    word: Any
    treatments: list[Treatment]

    @property
    def ended(self) -> bool:
        """Whether what is left of it is accepted no longer."""
        return any(one.state == risks.ENDED for one in self.treatments)

    @property
    def open(self) -> bool:
        """Whether somebody has something to do about it."""
        return any(one.state == risks.OPEN for one in self.treatments)

    @property
    def late(self) -> bool:
        """Whether that should have been done by now."""
        return any(one.late for one in self.treatments)


def matrix(spots: Iterable[Spot]) -> Matrix:
    """The matrix with these risks in it."""
    found = list(spots)
    return Matrix(
        [
            (
                impact,
                [
                    Place(
                        impact * likelihood,
                        band(impact * likelihood),
                        [one for one in found if (one.likelihood, one.impact) == (likelihood, impact)],
                    )
                    for likelihood in GRADES
                ],
            )
            for impact in reversed(GRADES)
        ]
    )


def of_record(code: str, answers: Mapping[str, Any]) -> Matrix | None:
    """The matrix of an assessment as its stored answers tell; None for other forms."""
    rows = answers.get("risks") or [] if code == RiskAssessment.code else []
    spots = [
        Spot(str(row["no"]), f"{row['asset']['text']}：{row['source']}", row["likelihood"], row["impact"])
        for row in rows
    ]
    return matrix(spots) if spots else None


def listed(lines: Iterable[risks.Line]) -> list[Listed]:
    """The risks that stand, each once with its treatments, numbered as the matrix names them."""
    by_no: dict[str, list[risks.Line]] = {}
    for line in lines:
        by_no.setdefault(line.no, []).append(line)
    return [_listed(place, some) for place, some in enumerate(by_no.values(), 1)]


def _listed(place: int, lines: list[risks.Line]) -> Listed:
    facts = lines[0].facts
    spot = Spot(
        f"R{place}",
        f"{facts['asset']}：{facts['risk']}",
        facts["likelihood"],
        facts["impact"],
        f"#R{place}",
    )
    key = band(facts["level"])
    return Listed(
        spot=spot,
        record=lines[0].record,
        asset=facts["asset"],
        level=facts["level"],
        band=key,
        word=BANDS[key],
        treatments=[_treatment(line) for line in lines],
    )


def _treatment(line: risks.Line) -> Treatment:
    facts = line.facts
    return Treatment(
        option=OPTIONS.get(facts.get("option", ""), ""),
        measure=facts.get("measure", ""),
        owner=facts.get("owner", ""),
        due=facts.get("due", ""),
        residual=facts.get("residual_level"),
        until=facts.get("accepted_until", ""),
        state=line.state,
        word=RISK_STATES[line.state],
        late=line.late,
    )
