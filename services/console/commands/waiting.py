"""`shebao parked`, `resume`, `reconcile`: what waits for people, and letting it go on."""

from typing import Annotated

import typer

from services.audit.reading import MeshReader
from services.audit.words import local_time, visible
from services.console.all_services import ALL_SERVICES
from services.console.commands.carrying_out import Apply, Because, By, ServiceName, carry_out, chosen_services
from services.console.screen import connection, console, run
from services.console.titled import titled
from services.console.waiting_cases import ParkedCase, halted_tasks, parked_cases, unclear_effects
from services.runtime.errors import UserMistake
from services.runtime.orders import Order, reconcile_order, release_order, resume_order

WITH_EFFECTS = ", ".join(sorted(service.name for service in ALL_SERVICES if service.effect is not None))

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Cases that wait after a failure. 暂停等候的案件。")


@app.command("list")
def show_list(context: typer.Context, service: ServiceName = "") -> None:
    """List the cases that wait because handling one of their records failed."""

    async def read(reader: MeshReader) -> list[ParkedCase]:
        return await parked_cases(reader, chosen_services(service))

    cases = run(connection(context), read)
    if not cases:
        console().print("没有暂停的案件。")
        return
    rows = [(case.service.name, case.case_key, str(case.records), "、".join(case.topics)) for case in cases]
    console().print(titled(f"暂停的案件：{len(cases)} 件", ("|服务", "|案件", ">等候的记录", "主题"), rows))


@app.command("release")
def release(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="The service, as `parked list` shows it.")],
    cases: Annotated[list[str] | None, typer.Argument(help="Case keys; all of the service when left out.")] = None,
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Decide a parked case's records again, in order. A dry run unless --apply."""

    async def orders(reader: MeshReader) -> list[Order]:
        found = {case.case_key: case for case in await parked_cases(reader, chosen_services(service))}
        for wanted in cases or ():
            if wanted not in found:
                raise UserMistake(
                    f"{service} 没有暂停等候的案件 {wanted}，见 `shebao parked list`。",
                    f"No case {wanted} is parked at {service}; `shebao parked list` shows those that are.",
                )
        return [release_order(found[key].service.over(reader.partitions), key) for key in (cases or sorted(found))]

    carry_out(context, orders, because, by, apply=apply)


def resume(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="The service with halted tasks.")],
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Let tasks go on that halted after too many refusals of one producer. A dry run unless --apply."""

    async def orders(reader: MeshReader) -> list[Order]:
        tasks = await halted_tasks(reader, chosen_services(service))
        for task in tasks:
            source, since = task.halt.source or "来源不明", local_time(task.halt.since)
            line = f"{service} 分区 {task.partition} 自 {since} 停办：{task.halt.topic}，{source}"
            console().print(visible(line), markup=False, highlight=False)
        return [resume_order(task.service, task.partition) for task in tasks]

    carry_out(context, orders, because, by, apply=apply)


def reconcile(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help=f"A service with effects outside the mesh: {WITH_EFFECTS}.")],
    case: Annotated[str, typer.Argument(help="The case key.")],
    because: Because = "",
    by: By = "",
    apply: Apply = False,
) -> None:
    """Ask a provider what became of a case's unclear effects. A dry run unless --apply."""
    chosen = chosen_services(service)[0]
    if chosen.effect is None:
        raise UserMistake(
            f"{service} 没有对外办理的事项，有的是：{WITH_EFFECTS}。",
            f"{service} has no effects outside the mesh; these have: {WITH_EFFECTS}.",
        )

    async def orders(reader: MeshReader) -> list[Order]:
        order = reconcile_order(chosen.over(reader.partitions), case)
        unclear = await unclear_effects(reader, chosen, order.partition, case)
        if not unclear:
            raise UserMistake(
                f"{service} 的案件 {case} 没有结果不明的事项，无须核对。",
                f"Nothing is unclear in the case {case} of {service}, so there is nothing to ask about.",
            )
        console().print(f"结果不明的事项：{unclear} 项", highlight=False)
        return [order]

    carry_out(context, orders, because, by, apply=apply)
