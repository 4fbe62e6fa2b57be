"""`shebao demo`: the sample feed through the three roads, on a sandbox of its own or in memory; ends by itself."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.audit.words import local_time
from services.console.demo.broker import BrokerDemoMesh, demo_settings
from services.console.demo.report import print_report, progress_line
from services.console.demo.script import DEMO_PARTITIONS, DemoMesh, Demonstration, Happening, plan_of
from services.console.memory_mesh import InMemoryMesh
from services.console.screen import console
from services.console.starting import StartingLines
from services.runtime.errors import UserMistake
from services.runtime.sealing import Vault, development_vault
from services.sandbox.errors import SandboxError
from services.sandbox.file_lock import exclusive
from services.sandbox.settings import load_settings

SAMPLE_FEED = Path(__file__).resolve().parents[3] / "examples" / "feed"
REJECTED_DIR = "demo-rejected"
EXIT_DIFFERENT = 1


def demo(
    is_memory: Annotated[bool, typer.Option("--memory", help="Without a broker, in this process, in seconds.")] = False,
    feed: Annotated[Path, typer.Option(help="A feed as `shebao simulate` writes it.")] = SAMPLE_FEED,
) -> None:
    """Play a feed with a simulated clock, then print what came of it; exit 1 should the replay differ."""
    screen, began = console(), time.monotonic()
    agrees = asyncio.run(_in_memory(feed, screen) if is_memory else _on_broker(feed, screen))
    screen.print(f"演示结束，用时 {time.monotonic() - began:.0f} 秒。", highlight=False)
    if not agrees:
        raise typer.Exit(EXIT_DIFFERENT)


async def _in_memory(feed: Path, screen: Console) -> bool:
    return await _play(InMemoryMesh(plan_of(feed).begins_at, DEMO_PARTITIONS), feed, screen, development_vault)


async def _on_broker(feed: Path, screen: Console) -> bool:
    settings, begins_at = demo_settings(load_settings()), plan_of(feed).begins_at
    async with AsyncExitStack() as held:
        try:
            await held.enter_async_context(exclusive(settings.data_dir.with_suffix(".lock"), 0.0))
        except SandboxError:
            raise UserMistake(
                "此处已有演示在运行，请等它结束，或加 --memory。",
                "Another demonstration runs here: wait for it to end, or use --memory.",
            ) from None
        mesh = await held.enter_async_context(BrokerDemoMesh(settings, begins_at, StartingLines(screen)))
        return await _play(mesh, feed, screen, mesh.vault)


async def _play(mesh: DemoMesh, feed: Path, screen: Console, vault: Callable[[], Vault]) -> bool:
    def tell(happening: Happening) -> None:
        published = sum(report.published.total() for report in happening.reports)
        rejected = sum(report.rejected for report in happening.reports)
        screen.print(progress_line(happening.title, local_time(happening.at), published, rejected), highlight=False)

    rejected_dir = load_settings().data_dir.parent / REJECTED_DIR
    rejected_dir.mkdir(parents=True, exist_ok=True)
    played = Demonstration(mesh, feed, rejected_dir, tell, vault)
    await played.play()
    return await print_report(played, mesh, screen)
