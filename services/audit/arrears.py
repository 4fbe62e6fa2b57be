"""The inventory of units in arrears, drawn from what the arrears service remembers."""

from datetime import UTC, date, datetime

from schemas.decision import LEGAL_ZONE
from schemas.mesh import ParameterPublished
from services.arrears import law
from services.arrears.inventory import Inventory, day_of_inventory, inventory
from services.arrears.rules_state import UnitCase
from services.arrears.worker import SERVICE
from services.audit.reading import MeshReader, shards


async def arrears_inventory(reader: MeshReader, as_of: date | None = None) -> Inventory:
    """Draw up the inventory as of a legal date; None: the mesh's own date, by its latest tick.

    `UserMistake` for a date after that.
    """
    found = await shards(reader, SERVICE)
    cases: dict[str, UnitCase] = {}
    for shard in found.values():
        states = {key: case.state for key, case in shard.cases.items() if case.state is not None}
        cases |= {key: state for key, state in states.items() if state.register is None}
    ticks = [shard.meta.last_tick for shard in found.values() if shard.meta.last_tick is not None]
    today = (max(ticks) if ticks else datetime.now(UTC)).astimezone(LEGAL_ZONE).date()
    references = next(iter(found.values())).references.get(ParameterPublished.topic, {})
    cap = references.get(law.LATE_FEE_CAP_PARAMETER)
    capped = isinstance(cap, ParameterPublished) and cap.effective_on <= today and cap.value == law.LATE_FEE_CAP_ON
    return inventory(cases, day_of_inventory(as_of, today), late_fee_is_capped=capped)
