"""What a unit's case remembers of debts that passed to another unit, or came from one (承继: 民法典 67)."""

from datetime import date

import msgspec


class InheritedDebt(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """What a unit that is gone owes, and this one answers for: by its word of the number `telling`; amounts in fen as of a day."""

    predecessor: str
    telling: int
    principal_fen: int
    late_fee_fen: int
    as_of: date

    @property
    def is_open(self) -> bool:
        """Tell whether anything of it is owed."""
        return bool(self.principal_fen or self.late_fee_fen)


class Succession(msgspec.Struct, frozen=True, omit_defaults=True):
    """Both ends of a succession.

    `heirs`: who was told of this unit's debt, `principal_fen` and `has_late_fee` what they were told, `telling` how often so far.
    `inherited`: debts of others that this unit answers for, by who owed them. They are shown here and stay the other's lines, so that nothing is counted twice.
    """

    heirs: tuple[str, ...] = ()
    principal_fen: int = 0
    has_late_fee: bool = False
    telling: int = 0
    inherited: tuple[InheritedDebt, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether a debt is open that came from another unit: it is this one's own now (民法典 67)."""
        return any(one.is_open for one in self.inherited)
