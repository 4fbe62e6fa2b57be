"""A small mesh in memory for the console's tests: a unit in arrears, a card, a refused record; and the command line on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache

from typer.testing import CliRunner, Result

from schemas.contributions import ContributionAssessed, ContributionPaid, UnitRegistered
from schemas.topics import decisions_topic
from schemas.vocabulary import Agency, District, Insurance
from services.audit.chain import LinkReader
from services.audit.reading import MeshReader
from services.audit.seal_keys import SealKey, development_seal_key
from services.audit.sealer import Sealer
from services.audit.seals import seal_record
from services.clock.calendars import published_calendars
from services.console.main import app
from services.console.memory_mesh import PORTS, InMemoryMesh
from services.runtime.memory import MemoryMesh
from services.runtime.publishing import published
from services.runtime.sealing import development_vault
from services.runtime.signing import development_keys, development_published, development_signer
from tests.harness.mesh_again import again

BEGIN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Weihai."""
UNIT = "11371000004359918E"
NAME = "文登样例有限公司"
JUNK = b"no record of ours"
TAX = "urn:weihai:tax"


@cache
def _begun() -> MemoryMesh:
    """A mesh whose calendars and keys of upstream systems are known."""
    twin = InMemoryMesh(BEGIN).twin
    twin.tick(BEGIN)
    for calendar in published_calendars():
        twin.publish(calendar, source="/services/clock")
    for key in development_published(development_keys()):
        twin.publish(key, source="/console")
    twin.signer = development_signer()
    twin.run()
    return twin


class StandingMesh(InMemoryMesh):
    """The console's ports over a twin that stands somewhere already, with the providers of now."""

    def __init__(self, twin: MemoryMesh) -> None:
        self.twin = twin
        self.twin.ports = dict(PORTS)


class Town:
    """The mesh, and facts about one unit. It begins where `twin` stands, or where nothing has happened yet."""

    def __init__(self, twin: MemoryMesh | None = None) -> None:
        self.mesh = StandingMesh(again(twin or _begun()))
        self.twin = self.mesh.twin

    def register(self) -> None:
        """The unit is registered, with a telephone."""
        phone = development_vault().seal("0631-0000001", UNIT, "contact_phone", date(2026, 11, 2))
        self.twin.publish(
            UnitRegistered(
                district=District.WENDENG,
                agency=Agency.WENDENG,
                occurred_on=date(2020, 1, 6),
                business_reference="DJ-1",
                unit_code=UNIT,
                unit_name=NAME,
                contact_phone=phone,
            )
        )

    def owe(self, month: str = "2026-09", amount_fen: int = 1_000_000, due_on: date = date(2026, 10, 15)) -> None:
        """A month is assessed, due on the 15th of October 2026."""
        self.twin.publish(
            ContributionAssessed(
                district=District.WENDENG,
                agency=Agency.WENDENG,
                occurred_on=date(2026, 10, 8),
                business_reference=f"HD-{month}",
                unit_code=UNIT,
                month=month,
                insurance=Insurance.PENSION,
                assessed_fen=amount_fen,
                due_on=due_on,
            )
        )

    def pay(self, month: str = "2026-09", amount_fen: int = 1_000_000) -> None:
        """A month is paid today."""
        self.twin.publish(self.payment(month, amount_fen))

    def payment(self, month: str, amount_fen: int) -> ContributionPaid:
        """A payment of today, not said yet."""
        return ContributionPaid(
            district=District.WENDENG,
            agency=Agency.WENDENG,
            occurred_on=date(2026, 11, 2),
            business_reference=f"JF-{month}",
            unit_code=UNIT,
            month=month,
            insurance=Insurance.PENSION,
            paid_fen=amount_fen,
            paid_on=date(2026, 11, 2),
        )

    def spoil(self) -> None:
        """A record arrives that nobody can read, with the headers of one that was signed."""
        good = published(self.twin.codec, self.payment("2026-09", 1), "id-spoilt", TAX, self.twin.clock, 12)
        headers = self.twin.signer.signed(self.twin.codec, good, self.twin.clock).headers
        self.twin.append_raw("contribution-paid", 0, UNIT.encode(), JUNK, headers)

    def seal(self, key: SealKey | None = None) -> None:
        """Seal whatever every service has decided; with the published key when none is given."""
        sealer = Sealer(LinkReader(self.mesh.codec), key or development_seal_key(), 1, timedelta())
        for name in self.twin.services:
            for record in self.twin.records(decisions_topic(name)):
                sealer.take(record, self.twin.clock)
        for one in sealer.due(self.twin.clock, at_once=True):
            self.twin.append(seal_record(self.mesh.codec, one))

    def pass_days(self, days: int) -> None:
        """Time goes by, due instant after due instant."""
        self.twin.run_timers_until(self.twin.clock + timedelta(days=days))

    def shebao(self, *words: str) -> Result:
        """Run the command line on this mesh, then let the mesh come to rest."""

        @asynccontextmanager
        async def connect() -> AsyncIterator[MeshReader]:
            yield self.mesh

        result = CliRunner().invoke(app, list(words), obj=connect)
        self.twin.run()
        return result


def sentence_of(result: Result) -> str:
    """The one sentence in which a mistake must end."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    return lines[0]
