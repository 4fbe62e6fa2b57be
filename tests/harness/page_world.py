"""A small mesh in memory with something of everything that the page shows, and the records it left."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from schemas.contributions import ContributionAssessed, ContributionPaid, UnitRegistered
from schemas.effects import EffectRequest
from schemas.vocabulary import AGENCY_OF_DISTRICT, District, Insurance
from services.audit.all_services import BY_NAME
from services.console.commands.demo import SAMPLE_FEED
from services.console.first_facts import tell_outlets
from services.console.first_officers import tell_officers
from services.console.memory_mesh import PORTS, deliver
from services.runtime.codec import Codec
from services.runtime.effects import UNKNOWN, Attempt
from services.runtime.records import InputRecord
from services.runtime.sealing import development_vault
from tests.harness.page_store import records_of
from tests.services.console.towns import Town

WENDENG, HUANCUI, RUSHAN = District.WENDENG, District.HUANCUI, District.RUSHAN
DEBTOR, PAYER, RAGGED, PARKED, HELD = (
    "91371002YY8T7RBQ7W",
    "91371002YYBKNAJB33",
    "91371082YYTBRXDW66",
    "91371002YYKRWMMFXP",
    "91371002YY9D0HKK7R",
)
NAMES = {
    DEBTOR: (WENDENG, "文登样例有限公司"),
    PAYER: (HUANCUI, "环翠样例食品有限公司"),
    RAGGED: (RUSHAN, '50%_off\' OR 1=1 --；"乳山"样例'),
    PARKED: (HUANCUI, "环翠停办样例有限公司"),
}
CITIZEN, MOBILE = "370602198001011235", "13812345678"
OLD_CITIZEN, LANDLINE = "370602800101123", "0631-5230017"
"""What somebody wrote where it does not belong."""
BECAUSE = ("--because", "更正后重投", "--by", "李爱华")


@dataclass(frozen=True)
class World:
    """What the mesh left: its records, and what reads them."""

    records: tuple[InputRecord, ...]
    codec: Codec
    town: Town
    now: datetime


@lru_cache(maxsize=1)
def world() -> World:
    """Make it, once a process."""
    town = Town()
    _leave_one_unclear(town)
    asyncio.run(tell_officers(town.mesh, town.twin.clock))
    asyncio.run(tell_outlets(town.mesh, town.twin.clock, blanks=4))
    town.twin.run()
    for code, (district, name) in NAMES.items():
        town.twin.publish(_registered(code, district, name))
        town.twin.run()
        _owe(town, code, district, "2026-09", 1_000_000 + len(name))
    _owe(town, DEBTOR, WENDENG, "2018-03", 700_000, due_on=date(2018, 4, 15))
    _owe(town, HELD, WENDENG, "2026-08", 300_000)
    town.twin.run()
    _lose_cards_and_apply(town)
    town.pass_days(3)
    _pay(town, PAYER, HUANCUI, "2026-09", 1_000_000 + len(NAMES[PAYER][1]))
    town.twin.run()
    _refuse(town)
    town.pass_days(2)
    _park(town)
    town.twin.run()
    town.shebao("dead", "redrive", "--code", "revision-conflict", "--yes", *BECAUSE)
    town.twin.tick(town.twin.clock + timedelta(minutes=1))
    return World(tuple(records_of(town.twin.log)), town.twin.codec, town, town.twin.clock.astimezone(UTC))


def _registered(code: str, district: District, name: str) -> UnitRegistered:
    return UnitRegistered(
        district=district,
        agency=AGENCY_OF_DISTRICT[district],
        occurred_on=date(2020, 1, 6),
        business_reference=f"DJ-{code[-4:]}",
        unit_code=code,
        unit_name=name,
        contact_phone=development_vault().seal("0631-0000001", code, "contact_phone", date(2026, 11, 2)),
    )


def _owe(
    town: Town, code: str, district: District, month: str, amount_fen: int, due_on: date = date(2026, 10, 15)
) -> None:
    fact = ContributionAssessed(
        district=district,
        agency=AGENCY_OF_DISTRICT[district],
        occurred_on=due_on - timedelta(days=7),
        business_reference=f"HD-{code[-4:]}-{month}",
        unit_code=code,
        month=month,
        insurance=Insurance.PENSION,
        assessed_fen=amount_fen,
        due_on=due_on,
    )
    town.twin.publish(fact)


def _payment(
    town: Town, code: str, district: District, month: str, amount_fen: int, reference: str
) -> ContributionPaid:
    return ContributionPaid(
        district=district,
        agency=AGENCY_OF_DISTRICT[district],
        occurred_on=town.twin.clock.date(),
        business_reference=reference,
        unit_code=code,
        month=month,
        insurance=Insurance.PENSION,
        paid_fen=amount_fen,
        paid_on=town.twin.clock.date(),
    )


def _pay(town: Town, code: str, district: District, month: str, amount_fen: int) -> None:
    town.twin.publish(_payment(town, code, district, month, amount_fen, f"JF-{code[-4:]}-{month}"))


def _lose_cards_and_apply(town: Town) -> None:
    town.twin.tick(datetime(2026, 11, 3, 2, 0, tzinfo=UTC))
    with TemporaryDirectory() as folder:
        for name in ("history/experts.csv", "week-1/lost-cards.csv", "week-1/applications.csv"):
            file = shutil.copy(SAMPLE_FEED / name, Path(folder) / name.replace("/", "-"))
            assert 2 > town.shebao("publish", str(file), "--said-at", "2026-11-03T09:30").exit_code


def _leave_one_unclear(town: Town) -> None:
    """One telephone call ends in nobody knows what."""

    def forgetful(request: EffectRequest, is_lookup: bool) -> Attempt:
        if request.case_key == DEBTOR:
            return Attempt(UNKNOWN, "timeout")
        return deliver(request, is_lookup)

    town.twin.ports = {**PORTS, "deliveries": forgetful}


def _refuse(town: Town) -> None:
    """A record that nobody can read, one whose sender wrote a citizen number into it, one with a number for a reference."""
    town.spoil()
    spoilt = f'{{"name": "王样例", "id": "{CITIZEN}", "was": "{OLD_CITIZEN}", "home": "{LANDLINE}"}}'
    town.twin.append_raw("contribution-paid", 1, CITIZEN.encode(), spoilt.encode())
    wrong = _payment(town, DEBTOR, WENDENG, "2026-09", 5, f"T-{MOBILE}")
    town.twin.publish(wrong)
    town.twin.run()
    town.twin.publish(wrong.model_copy(update={"paid_fen": 6}), event_id="id-of-another")
    town.twin.run()


@contextmanager
def broken_rules() -> Iterator[None]:
    """While it lasts, the arrears service has a bug."""
    rules = BY_NAME["arrears"].decide

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    object.__setattr__(BY_NAME["arrears"], "decide", broken)  # the service is frozen; a bug is put in on purpose
    try:
        yield
    finally:
        object.__setattr__(BY_NAME["arrears"], "decide", rules)


def _park(town: Town) -> None:
    """A bug of the rules meets one record."""
    with broken_rules():
        _owe(town, PARKED, HUANCUI, "2026-07", 123_400)
        town.twin.run()
