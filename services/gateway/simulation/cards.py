"""Lost cards as the hotline and the counters hear of them, near the outlets; some are found again."""

from datetime import date, datetime, time, timedelta
from random import Random

from schemas.cards import ReportKind
from schemas.decision import LEGAL_ZONE
from schemas.vocabulary import District
from services.gateway.simulation.identities import card_number, citizen_number, person_name, telephone

Row = dict[str, str]

_CENTRES = {
    District.HUANCUI: (37_508_000, 122_120_000),
    District.WENDENG: (37_195_000, 122_058_000),
    District.GAOQU: (37_524_000, 122_065_000),
    District.JINGQU: (37_461_000, 122_158_000),
    District.LINGANG: (37_280_000, 122_065_000),
    District.RONGCHENG: (37_166_000, 122_486_000),
    District.RUSHAN: (36_917_000, 121_540_000),
}
"""Where people are when they notice the loss: the middle of the district, in millionths of a degree (assumed)."""
_AROUND_MICRODEG = 45_000


class Hotline:
    """Writes reports of loss; a temporary one is often followed by a written one at the counter."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._persons: set[str] = set()
        self._number = 0

    def report(self, on: date) -> Row:
        """One report on a day: written and waiting for a card, or temporary by telephone."""
        self._number += 1
        random = self._random
        district = random.choice(list(District))
        is_written = self._number % 4 != 0
        latitude, longitude = _CENTRES[district]
        row = {
            "reference": f"GS-{on:%Y}-{self._number:04d}",
            "district": district.value,
            "occurred_on": on.isoformat(),
            "citizen_number": citizen_number(random, district, self._persons),
            "card_number": card_number(random),
            "holder_name": person_name(random),
            "contact_phone": telephone(random),
            "report_kind": (ReportKind.WRITTEN if is_written else ReportKind.TEMPORARY).value,
            "reported_at": _at(random, on),
            "wants_instant_card": "true" if is_written else random.choice(("true", "false")),
            "latitude_microdeg": "",
            "longitude_microdeg": "",
        }
        if random.random() < _WITH_POSITION:
            row["latitude_microdeg"] = str(latitude + random.randrange(-_AROUND_MICRODEG, _AROUND_MICRODEG))
            row["longitude_microdeg"] = str(longitude + random.randrange(-_AROUND_MICRODEG, _AROUND_MICRODEG))
        return row

    def twice(self, report: Row) -> Row:
        """The same loss said again by somebody else: it must not make a second card."""
        return report | {"reference": f"{report['reference']}-2"}


_WITH_POSITION = 0.85


def in_writing(report: Row, on: date) -> Row:
    """The holder of a card reported by telephone comes to the counter."""
    return report | {
        "reference": f"{report['reference']}-S",
        "occurred_on": on.isoformat(),
        "report_kind": ReportKind.WRITTEN.value,
        "reported_at": datetime.combine(on, time(8, 50), LEGAL_ZONE).isoformat(),
        "wants_instant_card": "true",
    }


def found(report: Row, on: date) -> Row:
    """The holder of a card reported by telephone found it."""
    return {
        "reference": f"JG-{report['reference']}",
        "district": report["district"],
        "occurred_on": on.isoformat(),
        "citizen_number": report["citizen_number"],
        "card_number": report["card_number"],
        "found_at": datetime.combine(on, time(8, 40), LEGAL_ZONE).isoformat(),
    }


def is_temporary(report: Row) -> bool:
    """Tell whether a report was made by telephone."""
    return report["report_kind"] == ReportKind.TEMPORARY.value


def _at(random: Random, on: date) -> str:
    moment = time(7, 30)
    at = datetime.combine(on, moment, LEGAL_ZONE) - timedelta(minutes=random.randrange(0, 14 * 60))
    return at.isoformat()
