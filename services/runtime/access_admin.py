"""The table of rights is written to the brokers and compared with what they hold. What is not in the table goes only on order."""

import asyncio
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from schemas.access import Grant, Right, Thing, grants
from services.runtime.broker_admin import BrokerAdmin
from services.runtime.broker_connection import BrokerConnection
from services.runtime.errors import UserMistake

ANYWHERE = "*"
"""Rights do not depend on the machine a client connects from: services move, and the password tells who it is."""
VISIBLE_TIMEOUT_S = 30.0
_VISIBLE_POLL_S = 0.05
_NAMED, _BEGINS_WITH = ResourcePatternType.LITERAL, ResourcePatternType.PREFIXED
_KINDS = {
    Thing.TOPIC: (ResourceType.TOPIC, _NAMED),
    Thing.GROUP: (ResourceType.GROUP, _NAMED),
    Thing.GROUPS: (ResourceType.GROUP, _BEGINS_WITH),
    Thing.TRANSACTIONAL_ID: (ResourceType.TRANSACTIONAL_ID, _NAMED),
}
_OPERATIONS = {
    Right.READ: AclOperation.READ,
    Right.WRITE: AclOperation.WRITE,
    Right.CREATE: AclOperation.CREATE,
    Right.SEE_SETTINGS: AclOperation.DESCRIBE_CONFIGS,
}


@dataclass(frozen=True, slots=True)
class AccessReport:
    """What `apply` did and saw. `surplus` are rights that the table does not give, in words."""

    given: tuple[Grant, ...]
    present: tuple[Grant, ...]
    surplus: tuple[str, ...]
    taken: tuple[str, ...]


async def apply(
    broker: BrokerConnection, table: Iterable[Grant] = (), *, dry_run: bool = False, take_surplus: bool = False
) -> AccessReport:
    """Give the rights of the table that are missing; returns once the broker shows them.

    With `take_surplus` the rights that are not in the table are taken away, whoever gave them. With `dry_run` nothing is changed, and
    `given` and `taken` name what would be. `UserMistake` when the broker does not answer or refuses, or asks nobody who he is.
    """
    if broker.is_nobodys:  # a broker without rights answers that it holds none, and all of them would be missing
        raise UserMistake(
            f"连接 Kafka（{broker.servers}）无须登录，没有可供核对或下发的权限；`shebao up --secure` 启动带权限的网格。",
            f"The brokers at {broker.servers} are reached without a login, so there are no rights to compare or to give: "
            "`shebao up --secure` starts a mesh that has them.",
        )
    admin, wanted = await BrokerAdmin.reaching(broker), set(table or grants())
    await admin.refuse_who_may_not(AclOperation.DESCRIBE if dry_run else AclOperation.ALTER)
    found = await _found(admin)
    held = {binding: grant for binding in found if (grant := _grant(binding)) in wanted}
    missing = sorted(wanted - set(held.values()))
    surplus = [binding for binding in found if binding not in held]
    if missing and not dry_run:
        await admin.answers(admin.client.create_acls([_binding(grant) for grant in missing]).values())
        await _until_seen(admin, missing)
    taken = surplus if take_surplus else []
    if taken and not dry_run:
        await admin.answers(admin.client.delete_acls([_filter(binding) for binding in taken]).values())
    return AccessReport(
        tuple(missing),
        tuple(sorted(held.values())),
        tuple(sorted(in_words(binding) for binding in surplus if binding not in taken)),
        tuple(sorted(in_words(binding) for binding in taken)),
    )


async def _found(admin: BrokerAdmin) -> list[AclBinding]:
    return list(await admin.answer(admin.client.describe_acls(_ANY)))


async def _until_seen(admin: BrokerAdmin, given: Collection[Grant]) -> None:
    """Wait until the broker knows what the controller took: a client that comes at once must not be refused."""
    deadline = time.monotonic() + VISIBLE_TIMEOUT_S
    while waiting := set(given) - {_grant(binding) for binding in await _found(admin)}:
        if time.monotonic() > deadline:
            raise UserMistake(
                f"已过 {VISIBLE_TIMEOUT_S:.0f} 秒，Kafka 仍未显示这项权限：{min(waiting)}。",
                f"{VISIBLE_TIMEOUT_S:.0f} s later the broker does not show it yet: {min(waiting)}.",
            )
        await asyncio.sleep(_VISIBLE_POLL_S)


def _binding(grant: Grant) -> AclBinding:
    kind, pattern = _KINDS[grant.thing]
    return AclBinding(
        kind,
        grant.name,
        pattern,
        f"User:{grant.principal}",
        ANYWHERE,
        _OPERATIONS[grant.right],
        AclPermissionType.ALLOW,
    )


def _grant(binding: AclBinding) -> Grant | None:
    """Give the right as the table would say it; None for what no table says: a refusal, a host, another operation."""
    named = (binding.restype, binding.resource_pattern_type)
    things = [thing for thing, kind in _KINDS.items() if kind == named]
    rights = [right for right, operation in _OPERATIONS.items() if operation == binding.operation]
    if not things or not rights:
        return None
    grant = Grant(binding.principal.removeprefix("User:"), things[0], binding.name, rights[0])
    return grant if _binding(grant) == binding else None


def in_words(binding: AclBinding) -> str:
    """Say any right of the broker's, also one that no table gives."""
    verb = "may" if binding.permission_type == AclPermissionType.ALLOW else "may not"
    pattern = "" if binding.resource_pattern_type == ResourcePatternType.LITERAL else " (and all that begin so)"
    host = "" if binding.host == ANYWHERE else f" from {binding.host}"
    kind = binding.restype.name.lower().replace("_", "-")
    who = binding.principal.removeprefix("User:")
    return f"{who} {verb} {binding.operation.name.lower()} {kind} {binding.name}{pattern}{host}"


def _filter(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


_ANY = AclBindingFilter(
    ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
)
"""Every right the brokers hold."""
