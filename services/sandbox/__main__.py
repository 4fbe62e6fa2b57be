"""A plain door to the sandbox alone: `python -m services.sandbox up|down|reset|status`."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer

from services.sandbox import stack
from services.sandbox.errors import SandboxError
from services.sandbox.progress import Phase, Progress
from services.sandbox.settings import SandboxSettings

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


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except SandboxError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def up() -> None:
    """Start what does not run yet and wait until it answers."""
    settings = SandboxSettings()
    _run(stack.start(settings, _Printer()))
    typer.echo(f"Kafka {settings.bootstrap_servers}, registry {settings.registry_url}")


@app.command()
def down() -> None:
    """Stop what the sandbox started."""
    _run(stack.stop(SandboxSettings(), _Printer()))


@app.command()
def reset() -> None:
    """Stop and remove all data."""
    _run(stack.reset(SandboxSettings(), _Printer()))


@app.command()
def status() -> None:
    """Say what runs."""
    parts = stack.status(SandboxSettings())
    if not parts:
        typer.echo("Nothing was started.")
    for part in parts:
        state = f"runs (process {part.pid})" if part.running else "has ended"
        typer.echo(f"{part.name}: {state}, log {part.log_file}")


if __name__ == "__main__":
    app()
