"""A plain door to the sandbox alone: `python -m services.sandbox up|down|reset|status`."""

import asyncio
from collections.abc import Awaitable, Callable

import typer

from services.sandbox import stack
from services.sandbox.errors import SandboxError
from services.sandbox.progress import Phase, Progress
from services.sandbox.settings import SandboxSettings, load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Kafka and the schema registry on this machine.")


class _Printer:
    """Prints a line when a part enters a phase, and each further tenth of a long one."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Phase, int]] = {}

    def __call__(self, progress: Progress) -> None:
        tenth = int((progress.fraction or 0.0) * 10)
        if self._last.get(progress.name) == (progress.phase, tenth):
            return
        self._last[progress.name] = (progress.phase, tenth)
        share = "" if progress.fraction is None else f" {progress.fraction:.0%}"
        typer.echo(f"{progress.name}: {progress.phase}{share}")


def _run(work: Callable[[SandboxSettings], Awaitable[None]]) -> None:
    async def run() -> None:
        await work(load_settings())

    try:
        asyncio.run(run())
    except SandboxError as error:
        typer.echo(error.told, err=True)
        raise typer.Exit(1) from None


@app.command()
def up() -> None:
    """Start what does not run yet and wait until it answers."""

    async def start(settings: SandboxSettings) -> None:
        await stack.start(settings, _Printer())
        typer.echo(f"Kafka {settings.bootstrap_servers}, registry {settings.registry_url}")

    _run(start)


@app.command()
def down() -> None:
    """Stop what the sandbox started."""
    _run(lambda settings: stack.stop(settings, _Printer()))


@app.command()
def reset() -> None:
    """Stop and remove all data."""
    _run(lambda settings: stack.reset(settings, _Printer()))


@app.command()
def status() -> None:
    """Say what runs."""

    async def show(settings: SandboxSettings) -> None:
        parts = stack.status(settings)
        if not parts:
            typer.echo("Nothing was started.")
        for part in parts:
            state = f"runs (process {part.pid})" if part.running else "has ended"
            typer.echo(f"{part.name}: {state}, log {part.log_file}")

    _run(show)


if __name__ == "__main__":
    app()
