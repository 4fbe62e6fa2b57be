"""The command `shebao`. A user's mistake ends in one sentence and a non-zero exit, never in a traceback.

A command's module is imported when the command runs, so that `shebao --help` and a mistyped word answer at once.
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as click_command
from typer.main import get_group as click_group

from services.runtime.errors import WillNotStart

EXIT_MISTAKE, EXIT_WILL_NOT_START, EXIT_INTERRUPTED = 2, 3, 130

_ROOM = "services.console.commands"


@dataclass(frozen=True, slots=True)
class _Word:
    """A command: the module and the name in it (a function, or a `typer.Typer` with words of its own), and its help."""

    module: str
    name: str
    help: str


COMMANDS = {
    "demo": _Word("demo", "demo", "Play the sample feed through the three roads. 演示：样例数据走完三条业务线。"),
    "up": _Word("sandbox", "up", "Start Kafka, the registry and every worker here. 在本机启动全部服务。"),
    "down": _Word("sandbox", "down", "Stop what `up` started. 停止。"),
    "reset": _Word("sandbox", "reset", "Stop, and remove all data. 停止并清除数据。"),
    "status": _Word("sandbox", "status", "Show workers, tasks, lag, refused and parked. 查看运行情况。"),
    "top": _Word("top", "top", "Watch services, tasks, lag and alerts live. 实时查看各服务、积压和告警。"),
    "publish": _Word("feed", "publish", "Check a file's rows and publish the good ones. 核对并报送文件。"),
    "simulate": _Word("feed", "simulate", "Write a realistic feed of fictional data. 生成模拟数据。"),
    "inventory": _Word("inventory", "app", "Units in arrears: totals, structure, list. 欠费底数、结构、清单。"),
    "explain": _Word("look", "explain", "Tell a case from the beginning, with paragraphs. 说明一个案件的来龙去脉。"),
    "documents": _Word("documents", "app", "Get a numbered document out, its hash proved. 取出文书并核对。"),
    "replay": _Word("look", "replay", "Decide everything again and compare. 重演并逐字节比对。"),
    "audit": _Word("audit", "app", "Verify decision records, take their seals away. 核验决定记录，导出签封。"),
    "producers": _Word("producers", "app", "Keys with which upstream systems sign. 上报单位的签名密钥。"),
    "dead": _Word("dead", "app", "Records that were refused. 被拒收的记录。"),
    "parked": _Word("waiting", "app", "Cases that wait after a failure. 暂停等候的案件。"),
    "resume": _Word("waiting", "resume", "Let a halted task go on. 恢复停办的任务。"),
    "reconcile": _Word("waiting", "reconcile", "Ask a provider about unclear effects. 核对结果不明的事项。"),
    "keys": _Word("keys", "app", "Keys of sealed fields: rotate, erase. 密钥：轮换、删除。"),
    "schemas": _Word("contracts", "schemas", "Check contracts, register them. 核对、登记数据契约。"),
    "acls": _Word("acls", "app", "Who may do what at the broker. 权限表：列出、核对、下发。"),
    "topics": _Word("contracts", "topics", "Create topics and check them. 建立、核对主题。"),
}
"""Every word of the command line, in the order of its help."""


class Shebao(TyperGroup):
    """Loads commands when they are asked for, and turns the mesh's own errors into one sentence."""

    # typer's own context and command types are private to it, so they are not named here.

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 — click's shape
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 — click's shape
        """Give what help needs of a command, without importing it."""
        word = COMMANDS.get(cmd_name)
        return None if word is None else TyperCommand(cmd_name, help=word.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Give the command itself: now it is needed."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, None if stub is None else _loaded(str(stub.name)), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("已中断。 Interrupted.", err=True)
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except Exception as error:  # told in one sentence where it is no bug of ours; a bug goes on
            told = import_module("services.console.mistakes").sentence(error)
            if told is None:
                raise
            typer.echo(told, err=True)
            raise typer.Exit(EXIT_WILL_NOT_START if isinstance(error, WillNotStart) else EXIT_MISTAKE) from None


def _loaded(name: str) -> Any:
    import_module("services.console.silence").keep_silent()
    word = COMMANDS[name]
    found = getattr(import_module(f"{_ROOM}.{word.module}"), word.name)
    if isinstance(found, typer.Typer):
        return click_group(found)  # `click_command` would take a group of one word for that word alone
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command(name)(found)
    return click_command(command)


app = typer.Typer(
    cls=Shebao,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The social-insurance mesh of Weihai: publish, watch, explain, mend. 社保网格：报送、查看、说明、处理。",
)


@app.callback()
def _shebao() -> None:
    """Make the application a group although its commands are not registered with it."""


def main() -> None:
    """Run the command line."""
    sys.exit(app())
