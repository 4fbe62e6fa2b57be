"""Sealed fields as people may see them: masked, or why not."""

from collections.abc import Callable, Sequence

from services.audit.sealed_values import SealedValue
from services.console.vault import console_opener
from services.runtime.errors import CannotOpen, Erased, MeshError, NotGranted
from services.runtime.sealing import Opener

ERASED, SEALED, UNREADABLE, NO_VAULT = "（已删除）", "（已加密）", "（无法解密）", "（密钥库不可用）"


def shown_lines(
    values: Sequence[SealedValue], make_opener: Callable[[], Opener | None] = console_opener
) -> list[tuple[str, str, str]]:
    """Give (business reference, title, what may be seen) of each. A vault that is not there is said, and stops nothing."""
    if not values:
        return []
    try:
        opener = make_opener()
    except MeshError:
        return [(value.reference, value.title, NO_VAULT) for value in values]
    try:
        return [(value.reference, value.title, _shown(value, opener)) for value in values]
    finally:
        if opener is not None:
            opener.close()


def _shown(value: SealedValue, opener: Opener | None) -> str:
    if opener is None:
        return SEALED
    try:
        return opener.masked(value.sealed, value.subject, value.field, value.version)
    except Erased:
        return ERASED
    except NotGranted:
        return SEALED
    except CannotOpen:
        return UNREADABLE
    except MeshError:
        return NO_VAULT
