"""`shebao schemas`, `shebao topics`: contracts and topics of the mesh."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from schemas.access import ADMIN
from schemas.avro import AvroSchema, avro_schema
from schemas.compatibility import Report, check_all
from schemas.contracts import CONTRACTS, TOPICS_OF
from schemas.generate import check_kept
from services.console.broker_mesh import registry_unanswered
from services.console.connection import mesh_settings
from services.console.screen import console
from services.runtime.errors import RegistryUnavailable, UserMistake
from services.runtime.registry import RegistryClient
from services.runtime.schema_push import LEVEL, push, versions_in
from services.runtime.topic_admin import TopicReport, apply

T = TypeVar("T")

EXIT_INCOMPATIBLE = EXIT_DIFFERENT = 1

schemas = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Check contracts, register them. 核对、登记数据契约。"
)
topics = typer.Typer(no_args_is_help=True, add_completion=False, help="Create topics and check them. 建立、核对主题。")


@schemas.command("check")
def check(
    registry: Annotated[bool, typer.Option(help="Compare with every version the registry holds, too.")] = False,
) -> None:
    """Say in words what a changed contract breaks and whom it hits; exit 1 where a change may not be made."""
    reports = {"schemas/avro": check_kept()}
    if registry:
        url = mesh_settings().registry_url
        reports[url] = check_all(_asked(url, versions_in), _current(), TOPICS_OF)
    for against, report in reports.items():
        _show(report, against)
    if not all(report.is_compatible for report in reports.values()):
        raise typer.Exit(EXIT_INCOMPATIBLE)


@schemas.command("push")
def push_schemas() -> None:
    """Register every contract, each subject FULL_TRANSITIVE; registering the same again changes nothing."""
    report = _asked(mesh_settings().registry_url, push)
    line = (
        f"模式注册中心已有本程序的 {len(report.ids)} 个模式（{LEVEL}），其中新登记 {report.registered} 个版本。"
        f" {len(report.ids)} subjects hold our schemas, {LEVEL}; {report.registered} versions were new."
    )
    console().print(line, highlight=False, soft_wrap=True)


@topics.command("apply")
def apply_topics(
    replication: Annotated[int, typer.Option(min=1, max=9, help="Copies of each new topic.")] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be created.")] = False,
) -> None:
    """Create the topics that are missing and compare the others; exit 1 where one is not as the inventory says."""
    report = asyncio.run(apply(mesh_settings().logged_in_as(ADMIN).connection, replication, dry_run=dry_run))
    screen = console()
    for line in lines_of_topics(report, dry_run=dry_run):
        screen.print(line, highlight=False, soft_wrap=True)
    if report.differences:
        raise typer.Exit(EXIT_DIFFERENT)


def lines_of_topics(report: TopicReport, *, dry_run: bool) -> list[str]:
    """Tell which topics were created, or would be, what is not as the inventory says, and how many there are."""
    word_zh, word = ("将建立", "would be created") if dry_run else ("已建立", "created")
    created, present, differences = len(report.created), len(report.present), len(report.differences)
    return [
        *(f"{word_zh}：{name}" for name in report.created),
        *(f"主题 {one.topic} 的 {one.setting} 与清单不符。 {one}." for one in report.differences),
        *([f"不属于本网格：{'、'.join(report.strangers)}"] if report.strangers else []),
        (
            f"{word_zh} {created} 个主题，原有 {present} 个，设置与清单不符 {differences} 处。"
            f" {created} {word}, {present} present, {differences} differences."
        ),
    ]


def _current() -> dict[str, AvroSchema]:
    return {name: avro_schema(model) for name, model in CONTRACTS.items()}


def _asked(url: str, question: Callable[[RegistryClient], Awaitable[T]]) -> T:
    """Ask the registry; one sentence where it does not answer."""

    async def ask() -> T:
        async with RegistryClient(url) as client:
            return await question(client)

    try:
        return asyncio.run(ask())
    except RegistryUnavailable as error:
        raise registry_unanswered(url) from error


def _show(report: Report, against: str) -> None:
    if not report.compared:
        raise UserMistake(
            f"{against} 中没有任何契约的版本，未作比对。",
            f"Nothing was compared: {against} keeps no version of any contract.",
        )
    screen = console()
    screen.print(f"与 {against} 比对。 Against {against}:", highlight=False)
    for line in report.lines():
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
