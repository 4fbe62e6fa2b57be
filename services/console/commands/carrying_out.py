"""Showing operators' orders, and writing them once they are confirmed. One person gives them here, for when the page cannot (decision 0101)."""

import getpass
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from services.audit.reading import MeshReader
from services.audit.words import visible
from services.console.all_services import ALL_SERVICES, BY_NAME
from services.console.screen import connection, console, run
from services.runtime.errors import UserMistake
from services.runtime.orders import Issuer, Order, issue
from services.runtime.service import Service

Apply = Annotated[bool, typer.Option("--apply", "--yes", help="Do it; without it, only say what would be done.")]
Because = Annotated[str, typer.Option("--because", help="Why; recorded with the order. 原因，随指令留存。")]
By = Annotated[str, typer.Option("--by", help="Who gives the order; your login name when left out.")]
ServiceName = Annotated[str, typer.Option("--service", help="Only this service.")]

MakeOrders = Callable[[MeshReader], Awaitable[list[Order]]]


def chosen_services(name: str = "") -> Sequence[Service]:
    """The named service, or all; `UserMistake` for a name that is none."""
    if name and name not in BY_NAME:
        raise UserMistake(
            f"没有服务 {name}，可选：{'、'.join(sorted(BY_NAME))}。",
            f"There is no service {name}; there are {', '.join(sorted(BY_NAME))}.",
        )
    return (BY_NAME[name],) if name else ALL_SERVICES


def carry_out(context: typer.Context, orders: MakeOrders, because: str, by: str, *, apply: bool) -> None:
    """Show the orders; write them where `apply` says so. A reason is asked for before anything is read."""
    issuer = Issuer(by or login_name(), because) if apply else None

    async def act(reader: MeshReader) -> int:
        found = await orders(reader)
        now = datetime.now(UTC)
        for order in found:
            event_id = "" if issuer is None else await issue(reader, order, issuer, now)
            console().print(visible(_line(order, event_id)), markup=False, highlight=False, soft_wrap=True)
        return len(found)

    count = run(connection(context), act)
    if not count:
        console().print("没有需要处理的。")
    elif issuer is None:
        console().print(f"以上 {count} 项仅为预演，未作任何改动；确认后加 --apply --because 原因 再执行。")
    else:
        console().print(
            f"已发出 {count} 项指令，由 {issuer.name} 一人签发，未经第二人批准；日常处理请在页面上由两人办理。"
        )


def login_name() -> str:
    """Name who gives orders at this terminal; `UserMistake` where the account has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in containers
        raise UserMistake(
            "无法得知操作人，请用 --by 写明由谁下达。", "This account has no name: say who gives the order with --by."
        ) from None


def _line(order: Order, event_id: str) -> str:
    line = f"{order.action} {order.service.name} 分区 {order.partition} {order.subject}"
    if order.original is not None:
        line += f"（{order.original.topic} 分区 {order.original.partition} 位移 {order.original.offset}）"
    return f"{line} → {event_id}" if event_id else line
