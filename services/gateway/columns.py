"""Which columns a file may have for each upstream topic, and how a cell becomes a field of the contract.

Most columns are named as the fields. Where a field is opaque or sealed the file carries the clear value under a
name of its own (`citizen_number` → `person_key`), which never leaves the gateway in clear.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from schemas import topics
from schemas.fact import Fact, Sealed
from schemas.insolvency_acts import WrittenOffLine
from schemas.outlets import OpeningSession

REFERENCE = "reference"
TOPIC = "topic"

CLEAR_NAMES = {
    "business_reference": REFERENCE,
    "person_key": "citizen_number",
    "relative_keys": "relative_citizen_numbers",
    "related_person_keys": "related_citizen_numbers",
    "card_key": "card_number",
}
"""Fields that a file gives under another name."""

CHINESE_NAMES = {
    "主题": TOPIC,
    "业务编号": REFERENCE,
    "版本": "revision",
    "冲销编号": "reverses",
    "统一社会信用代码": "unit_code",
    "单位名称": "unit_name",
    "区划": "district",
    "经办机构": "agency",
    "发生日期": "occurred_on",
    "生效日期": "effective_on",
    "费款所属期": "month",
    "险种": "insurance",
    "应缴金额": "assessed_yuan",
    "缴费期限": "due_on",
    "实缴金额": "paid_yuan",
    "缴费日期": "paid_on",
    "联系电话": "contact_phone",
    "电子邮件": "contact_email",
    "公民身份号码": "citizen_number",
    "身份证号": "citizen_number",
    "社会保障卡号": "card_number",
    "姓名": "name",
}
"""Column headings as Chinese exports have them; amounts there are in yuan."""


class Way(StrEnum):
    """How a cell is read."""

    PLAIN = "plain"
    FEN = "fen"
    INSTANT = "instant"
    YES_NO = "yes-no"
    LIST = "list"
    SESSIONS = "sessions"
    WRITTEN_OFF_LINES = "written-off-lines"
    SEALED = "sealed"
    PERSON = "person"
    PERSONS = "persons"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a topic's rows, and the contract's field it fills."""

    name: str
    field: str
    way: Way
    required: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one topic. `person_field`: the field of the sealed name, which a file may head simply `name`."""

    topic: topics.Topic
    contract: type[Fact]
    columns: Mapping[str, Column]
    has_reference: bool

    def column_of(self, field: str) -> str:
        """The column in which people find a field of the contract."""
        return CLEAR_NAMES.get(field, field)


@cache
def layouts() -> Mapping[str, Layout]:
    """The layout of every topic that upstream systems write, by topic."""
    found = {}
    for topic in topics.FACTS:
        if topic.is_upstream and topic.fact is not None and issubclass(topic.fact, Fact):
            found[topic.name] = _layout(topic, topic.fact)
    return found


@cache
def known_columns() -> frozenset[str]:
    """Every column that some topic knows."""
    names = {name for layout in layouts().values() for name in layout.columns}
    return frozenset(names | {TOPIC, REFERENCE})


def plain_name(heading: str) -> str:
    """Give a heading's column name: trimmed, Chinese headings translated, a name in parentheses dropped."""
    trimmed = heading.strip().strip("﻿")
    return CHINESE_NAMES.get(trimmed, trimmed)


def _layout(topic: topics.Topic, contract: type[Fact]) -> Layout:
    columns: dict[str, Column] = {}
    for field, info in contract.model_fields.items():
        name = CLEAR_NAMES.get(field, field)
        way = _way(field, info.annotation)
        # The agency follows from the district where a row does not name it.
        required = info.is_required() and field != "agency"
        columns[name] = Column(name, field, way, required)
        if way is Way.FEN:
            yuan = field.removesuffix("_fen") + "_yuan"
            columns[yuan] = Column(yuan, field, way, required=False)
    has_reference = REFERENCE in columns
    if not has_reference:
        # A reference fact is its own reference: its key, as corrected by its revision.
        columns[REFERENCE] = Column(REFERENCE, "", Way.PLAIN, required=True)
    _shorten(columns, contract)
    return Layout(topic, contract, columns, has_reference)


def _shorten(columns: dict[str, Column], contract: type[Fact]) -> None:
    """Let files head the sealed name, telephone and mail simply `name`, `phone`, `email`."""
    for short, field in (("name", "holder_name"), ("phone", "contact_phone"), ("email", "contact_email")):
        if short not in columns and field in contract.model_fields:
            columns[short] = Column(short, field, columns[field].way, required=False)


_BY_FIELD = {
    "person_key": Way.PERSON,
    "relative_keys": Way.PERSONS,
    "related_person_keys": Way.PERSONS,
    "card_key": Way.CARD,
}


_BY_KIND: dict[Any, Way] = {Sealed: Way.SEALED, datetime: Way.INSTANT, bool: Way.YES_NO}


_OF_MANY: dict[Any, Way] = {OpeningSession: Way.SESSIONS, WrittenOffLine: Way.WRITTEN_OFF_LINES}


def _way(field: str, annotation: Any) -> Way:
    if field in _BY_FIELD:
        return _BY_FIELD[field]
    if field.endswith("_fen"):
        return Way.FEN
    kind = _bare(annotation)
    if get_origin(kind) is tuple:
        return _OF_MANY.get(_bare(get_args(kind)[0]), Way.LIST)
    return _BY_KIND.get(kind, Way.PLAIN)


def _bare(annotation: Any) -> Any:
    """Strip `Annotated` and `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation
