"""What a unit's case remembers of the desk's acts on the roads beside the ordinary one, and of what was written off."""

from datetime import date

import msgspec

from schemas.insolvency_acts import InsolvencyAct, WriteOffGround
from schemas.vocabulary import Agency, District
from services.arrears.rules_status_state import FeePause


class WriteOff(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a decision of a day wrote off of one line (核销): `amount_fen` of principal, `late_fee_fen` of late fee."""

    on: date
    amount_fen: int
    late_fee_fen: int
    reference: str


class Relief(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a line is spared: days without late fee, and what was written off of it. Few lines have any."""

    fee_pauses: tuple[FeePause, ...] = ()
    write_offs: tuple[WriteOff, ...] = ()

    @property
    def written_off_fen(self) -> int:
        """Principal that the decisions name, whatever of it was paid after all."""
        return sum(one.amount_fen for one in self.write_offs)

    def as_of(self, on: date) -> "Relief":
        """What it was at the end of a day: decisions of later had not been taken."""
        return Relief(self.fee_pauses, tuple(one for one in self.write_offs if one.on <= on))


class Cut(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What an act writes off of the line `key`."""

    key: str
    principal_fen: int
    late_fee_fen: int


class ActRecord(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """An act at the highest revision known: all that it said. Amounts that it did not say are None."""

    reference: str
    revision: int
    act: InsolvencyAct
    occurred_on: date
    district: District
    agency: Agency
    decided_by: str
    approved_by: str | None = None
    listed_fen: int | None = None
    declared_fen: int | None = None
    late_fee_fen: int | None = None
    plan_fen: int | None = None
    is_last_distribution: bool = False
    ground: WriteOffGround | None = None
    paragraph: str | None = None
    decision_number: str | None = None
    cuts: tuple[Cut, ...] = ()
    effective_on: date | None = None
    reverses: str | None = None


class ClaimPaper(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A 债权申报书 that the desk ordered, with the amounts that the claim is going to say.

    `ordinal`: 1 for the first of the unit. `reference`, `revision`, `digest`: of the order. `number`: its 文号, empty until the register has
    given it. `sha256`: hash of what was made out; `failed`: why nothing could be.
    """

    ordinal: int
    reference: str
    digest: str
    issuer: str
    dated_on: date
    listed_fen: int
    declared_fen: int
    late_fee_fen: int
    case_number: str = ""
    number: str = ""
    document_id: str = ""
    sha256: str = ""
    failed: str = ""

    @property
    def is_awaited(self) -> bool:
        """Tell whether it was neither made out, nor said to have failed."""
        return not self.sha256 and not self.failed


class Insolvency(msgspec.Struct, frozen=True, omit_defaults=True):
    """All acts of a unit's case, by reference; `write_offs` by line follow from them. `papers`: claims as they were ordered."""

    acts: tuple[ActRecord, ...] = ()
    write_offs: dict[str, tuple[WriteOff, ...]] = {}
    papers: tuple[ClaimPaper, ...] = ()
