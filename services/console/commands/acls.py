"""`shebao acls`: who may do what at the broker, as the inventory of topics gives it; brought to the broker, and compared with it."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer

from schemas import access
from schemas.access import Grant, Right, Thing, grants
from services.console.connection import mesh_settings
from services.console.screen import console
from services.console.titled import titled
from services.runtime import access_admin
from services.runtime.access_admin import AccessReport
from services.runtime.errors import UserMistake

EXIT_DIFFERENT = 1
_WORDS = {
    (Thing.TOPIC, Right.READ): "读主题",
    (Thing.TOPIC, Right.WRITE): "写主题",
    (Thing.TOPIC, Right.CREATE): "建主题",
    (Thing.TOPIC, Right.SEE_SETTINGS): "看主题设置",
    (Thing.GROUP, Right.READ): "消费组",
    (Thing.GROUPS, Right.READ): "消费组（名称以此开头）",
    (Thing.TRANSACTIONAL_ID, Right.WRITE): "事务号",
}

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Who may do what at the broker. 权限表：列出、核对、下发。"
)


@app.command("list")
def list_grants(
    account: Annotated[str, typer.Option(help="Only this account's rights.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One list of {principal, thing, name, right}.")] = False,
) -> None:
    """Show the table of rights; nothing is asked of the broker."""
    table = [grant for grant in grants() if account in ("", grant.principal)]
    if not table:
        raise UserMistake(
            f"权限表中没有账号 {account}，可选：{'、'.join(access.principals())}。",
            f"No account {account} is in the table; it has {', '.join(access.principals())}.",
        )
    if as_json:
        rows = [
            {"principal": grant.principal, "thing": grant.thing, "name": grant.name, "right": grant.right}
            for grant in table
        ]
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    console().print(titled(f"权限表：{len(table)} 项，此外一律不许", ("|账号", "|权限", "名称"), _rows(table)))


@app.command("check")
def check() -> None:
    """Compare what the broker holds with the table; exit 1 where a right is missing or too much. Changes nothing."""
    report = asyncio.run(access_admin.apply(mesh_settings().logged_in_as(access.ADMIN).connection, dry_run=True))
    _print(lines_of_check(report))
    if report.given or report.surplus:
        raise typer.Exit(EXIT_DIFFERENT)


@app.command("apply")
def apply(
    take_surplus: Annotated[
        bool, typer.Option("--take-surplus", help="Take away what the table does not give.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Give the rights that are missing; exit 1 where the broker then still holds more than the table."""
    connection = mesh_settings().logged_in_as(access.ADMIN).connection
    report = asyncio.run(access_admin.apply(connection, dry_run=dry_run, take_surplus=take_surplus))
    _print(lines_of_apply(report, dry_run=dry_run))
    if report.surplus:
        raise typer.Exit(EXIT_DIFFERENT)


def lines_of_check(report: AccessReport) -> list[str]:
    """Tell what a comparison found: each right that is missing, or too much, and how many there are."""
    given, present, surplus = len(report.given), len(report.present), len(report.surplus)
    return [
        *(f"缺少：{_zh(grant)}。 Missing: {grant}." for grant in report.given),
        *(f"多出一项权限。 Too much: {words}." for words in report.surplus),
        (
            f"与权限表相符 {present} 项，缺少 {given} 项，多出 {surplus} 项。"
            f" {present} as the table says, {given} missing, {surplus} too much."
        ),
    ]


def lines_of_apply(report: AccessReport, *, dry_run: bool) -> list[str]:
    """Tell which rights were given and taken, or would be, which are too much, and how many there are."""
    will_zh, would_be = ("将", "would be ") if dry_run else ("已", "")
    given, taken, surplus = len(report.given), len(report.taken), len(report.surplus)
    return [
        *(f"{will_zh}授予：{_zh(grant)}。 {would_be}given: {grant}." for grant in report.given),
        *(f"{will_zh}收回一项权限。 {would_be}taken: {words}." for words in report.taken),
        *(f"多出一项权限，收回请用 --take-surplus。 Too much: {words}." for words in report.surplus),
        (
            f"{will_zh}授予 {given} 项，原有 {len(report.present)} 项，{will_zh}收回 {taken} 项，多出 {surplus} 项。"
            f" {given} {would_be}given, {len(report.present)} present, {taken} {would_be}taken, {surplus} too much."
        ),
    ]


def _print(lines: Sequence[str]) -> None:
    screen = console()
    for line in lines:
        screen.print(line, highlight=False, soft_wrap=True)


def _zh(grant: Grant) -> str:
    return f"{grant.principal} {_WORDS[grant.thing, grant.right]} {grant.name}"


def _rows(table: Sequence[Grant]) -> list[tuple[str, str, str]]:
    names: dict[tuple[str, Thing, Right], list[str]] = defaultdict(list)
    for grant in table:
        names[grant.principal, grant.thing, grant.right].append(grant.name)
    return [(who, _WORDS[thing, right], "、".join(found)) for (who, thing, right), found in names.items()]
