"""`shebao up`, `down`, `reset`, `status`: the whole mesh on this machine."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from services.console.broker_mesh import BrokerMesh
from services.console.connection import mesh_settings
from services.console.first_facts import tell_outlets, tell_producer_keys
from services.console.first_officers import tell_officers
from services.console.screen import console
from services.console.starting import StartingLines
from services.console.status_output import Rates, as_table
from services.outlets.directory import ASSUMED_BLANKS
from services.runtime.errors import UserMistake
from services.sandbox import stack
from services.sandbox.mesh import Mesh
from services.sandbox.settings import BROKERS, SandboxSettings, load_settings

LOOK_EVERY_S = 1.0
EXIT_NOT_RUNNING = 1
STOPPED = "已停止；数据保留，可用 `shebao up` 再次启动。"
STOPPED_ELSEWHERE = "全部服务已由他处停止，此处随之结束。"


def up(
    is_detached: Annotated[bool, typer.Option("--detach", help="Leave it running; `shebao down` stops it.")] = False,
    brokers: Annotated[int | None, typer.Option(help="1 or 3 brokers; the environment's choice when left out.")] = None,
    is_secure: Annotated[
        bool, typer.Option("--secure", help="TLS, a login a service, and the table of rights; before the first start.")
    ] = False,
) -> None:
    """Start Kafka, the registry, topics, schemas and every worker; show them; stop all of it on Ctrl-C, and end when it was stopped elsewhere."""
    if brokers not in {None, *BROKERS}:
        raise UserMistake(
            f"--brokers 只能是 1 或 3，不能是 {brokers}。", f"--brokers is {brokers}, but must be 1 or 3."
        )
    chosen: dict[str, object] = {} if brokers is None else {"brokers": brokers}
    settings = load_settings(**chosen, **({"secure": True} if is_secure else {}))
    try:
        asyncio.run(_up(settings, is_detached=is_detached))
    except KeyboardInterrupt:
        asyncio.run(Mesh(settings).stop(StartingLines(console())))
        console().print(STOPPED)


def down() -> None:
    """Stop what `up` started: workers finish their batches first, brokers go last. Data stays."""
    settings = load_settings()
    if not stack.status(settings):
        # A mesh that runs from another folder must not be taken for stopped.
        nothing = f"{settings.data_dir.resolve()} 中没有已启动的服务，无须停止。"
        console().print(nothing, highlight=False, soft_wrap=True)
        return
    asyncio.run(Mesh(settings).stop(StartingLines(console())))
    console().print(STOPPED)


def reset(
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop, and remove all data of the sandbox on this machine; downloaded software stays."""
    settings = load_settings()
    if not is_sure:
        typer.confirm(f"清除 {settings.data_dir} 中的全部数据？ Remove everything in it?", abort=True)
    asyncio.run(_reset(settings))
    console().print("已停止，数据已清除。")


def status() -> None:
    """Show servers and workers: tasks, rate, lag, refused, parked, halted. Exit 1 when a worker does not run."""
    all_run = asyncio.run(_status(load_settings()))
    if not all_run:
        raise typer.Exit(EXIT_NOT_RUNNING)


async def _up(settings: SandboxSettings, *, is_detached: bool) -> None:
    screen = console()
    mesh = Mesh(settings)
    if any(part.running for part in stack.status(settings)):
        screen.print("本目录已有服务在运行，只启动尚未运行的；按 Ctrl-C 或用 `shebao down` 会停止全部。")
    await mesh.start(StartingLines(screen))
    async with BrokerMesh(mesh_settings(settings)) as reader:
        if await tell_producer_keys(reader, datetime.now(UTC)):
            screen.print("已公布开发用的签名公钥；此后上游记录须经签名。", highlight=False)
        if await tell_outlets(reader, datetime.now(UTC), ASSUMED_BLANKS):
            screen.print("已公布13处网点及假定的白卡库存。", highlight=False)
        if await tell_officers(reader, datetime.now(UTC)):
            screen.print("已公布假定的征缴责任人。", highlight=False)
    how = "（TLS，凭账号登录，按权限表授权）" if settings.secure else ""
    screen.print(f"Kafka {settings.bootstrap_servers}{how}，模式注册中心 {settings.registry_url}", highlight=False)
    screen.print(f"运维页面 {settings.page_url}（登录可选 YW-001、YW-002、WD-101、SJ-001 等假定人员）", highlight=False)
    if is_detached:
        return
    screen.print("按 Ctrl-C 停止全部。")
    await show_until_stopped(mesh, screen)
    screen.print(STOPPED_ELSEWHERE)


async def show_until_stopped(mesh: Mesh, screen: Console) -> None:
    """Show the workers, and start again what a fault ended; returns once all of it was stopped from elsewhere (`shebao down`)."""
    rates = Rates()
    with Live(console=screen, auto_refresh=False) as live:
        while stack.status(mesh.settings):
            mesh.start_again_what_ended()
            live.update(as_table(await mesh.status(), rates), refresh=True)
            await asyncio.sleep(LOOK_EVERY_S)


async def _reset(settings: SandboxSettings) -> None:
    watcher = StartingLines(console())
    await Mesh(settings).stop(watcher)
    await stack.reset(settings, watcher)


async def _status(settings: SandboxSettings) -> bool:
    screen, mesh, rates = console(), Mesh(settings), Rates()
    for part in stack.status(settings):
        state = f"运行中（进程 {part.pid}）" if part.running else "已结束"
        screen.print(f"{part.name}：{state}，日志 {part.log_file}", highlight=False, soft_wrap=True)
    workers = await mesh.status()
    if any(worker.page is not None for worker in workers):
        rates.of(workers)
        await asyncio.sleep(LOOK_EVERY_S)
        workers = await mesh.status()
    screen.print(as_table(workers, rates))
    return all(worker.running and worker.page is not None for worker in workers)
