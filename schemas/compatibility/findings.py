"""What can be found between two versions of a contract, each with its words in English and Chinese."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """Whom a change breaks."""

    NEW_READERS = "new-readers"
    """Readers of the new release cannot read records written before it."""
    OLD_READERS = "old-readers"
    """Readers of earlier releases cannot read records written by the new one."""


class Change(StrEnum):
    """What changed."""

    FIELD_ADDED = "field-added"
    FIELD_REMOVED = "field-removed"
    FIELD_RENAMED = "field-renamed"
    MADE_OPTIONAL = "made-optional"
    MADE_REQUIRED = "made-required"
    TYPE_CHANGED = "type-changed"
    LOGICAL_TYPE_CHANGED = "logical-type-changed"
    DEFAULT_ADDED = "default-added"
    DEFAULT_REMOVED = "default-removed"
    DEFAULT_CHANGED = "default-changed"
    DEFAULT_UNFIT = "default-unfit"
    BRANCH_ADDED = "branch-added"
    BRANCH_REMOVED = "branch-removed"
    BRANCHES_REORDERED = "branches-reordered"
    SYMBOL_ADDED = "symbol-added"
    SYMBOL_REMOVED = "symbol-removed"
    VALUE_ADDED = "value-added"
    VALUE_REMOVED = "value-removed"
    SIZE_CHANGED = "size-changed"
    NAME_CHANGED = "name-changed"


class Weight(StrEnum):
    """How serious a finding is."""

    BREAKS = "breaks"
    CAUTION = "caution"
    """Nothing fails to read, but what is read may mean something else."""
    SAFE = "safe"


NEW, OLD = (Side.NEW_READERS,), (Side.OLD_READERS,)
BOTH = (Side.NEW_READERS, Side.OLD_READERS)

_EFFECT_EN = {
    (): "it may be made",
    NEW: "readers of the new release cannot read records written before",
    OLD: "readers of earlier releases cannot read new records",
    BOTH: "neither do new readers read old records, nor old readers new ones",
}
_EFFECT_ZH = {
    (): "可以修改",
    NEW: "新版读者无法读取此前写入的记录",
    OLD: "旧版读者无法读取新写入的记录",
    BOTH: "新版读者读不了旧记录，旧版读者也读不了新记录",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: where (path of fields, `[]` for items, `{}` for map values; empty = the whole), what, whom it breaks."""

    place: str
    change: Change
    breaks: tuple[Side, ...]
    english: str
    chinese: str
    is_caution: bool = False

    @property
    def weight(self) -> Weight:
        """How serious it is."""
        if self.breaks:
            return Weight.BREAKS
        return Weight.CAUTION if self.is_caution else Weight.SAFE


def found(
    place: str, change: Change, breaks: tuple[Side, ...], english: str, chinese: str, *, caution: str = "", zh: str = ""
) -> Finding:
    """Make a finding; `caution` (`zh`: in Chinese) says what is read otherwise although nothing fails."""
    name = place or "the contract"
    name_zh = place or "数据契约整体"
    effect = caution if caution and not breaks else _EFFECT_EN[breaks]
    effect_zh = zh if zh and not breaks else _EFFECT_ZH[breaks]
    return Finding(
        place,
        change,
        breaks,
        f"{name} {english}: {effect}",
        f"{name_zh} {chinese}：{effect_zh}",
        bool(caution) and not breaks,
    )


def added(place: str, field: dict[str, Any]) -> Finding:
    """A field that was not there before."""
    if "default" in field:
        return found(place, Change.FIELD_ADDED, (), "was added with a default", "新增，带默认值")
    return found(place, Change.FIELD_ADDED, NEW, "was added without a default", "新增，但没有默认值")


def removed(place: str, field: dict[str, Any]) -> Finding:
    """A field that is there no more."""
    if "default" in field:
        return found(place, Change.FIELD_REMOVED, (), "was removed; it had a default", "被删除，原有默认值")
    return found(place, Change.FIELD_REMOVED, OLD, "was removed and had no default", "被删除，且原来没有默认值")


def renamed(place: str, successor: str, old: dict[str, Any], new: dict[str, Any]) -> Finding:
    """A field that seems to live on under another name; readers match fields by name."""
    is_alias = old["name"] in new.get("aliases", ())
    breaks = (() if is_alias or "default" in new else NEW) + (() if "default" in old else OLD)
    return found(
        place,
        Change.FIELD_RENAMED,
        breaks,
        f"seems to be renamed {successor}, and fields are matched by name",
        f"疑似改名为 {successor}，而字段按名称对应",
        caution="nothing fails, but each side reads its default in place of the other's value",
        zh="读取不报错，但双方都只读到默认值而非对方写入的值",
    )


def made_optional(place: str) -> Finding:
    """A value that may be missing now."""
    return found(place, Change.MADE_OPTIONAL, OLD, "became optional", "改为可空")


def made_required(place: str) -> Finding:
    """A value that may no longer be missing."""
    return found(place, Change.MADE_REQUIRED, NEW, "became required", "改为必填")


def type_changed(place: str, breaks: tuple[Side, ...], old: str, new: str) -> Finding:
    """Another type."""
    return found(place, Change.TYPE_CHANGED, breaks, f"changed from {old} to {new}", f"类型由 {old} 改为 {new}")


def logical_type_changed(place: str, old: str, new: str) -> Finding:
    """The same bytes with another meaning; a registry lets it pass."""
    return found(
        place,
        Change.LOGICAL_TYPE_CHANGED,
        BOTH,
        f"changed its meaning from {old} to {new} (Avro reads on and gives wrong values)",
        f"含义由 {old} 改为 {new}（Avro 不报错但值是错的）",
    )


def default_added(place: str) -> Finding:
    """A default where there was none."""
    return found(place, Change.DEFAULT_ADDED, (), "got a default", "新增默认值")


def default_removed(place: str) -> Finding:
    """No default where there was one."""
    return found(
        place,
        Change.DEFAULT_REMOVED,
        (),
        "lost its default",
        "去掉了默认值",
        caution="records of a version without this field, if one is kept, cannot be read",
        zh="若存在不含该字段的旧版本，其记录将无法读取",
    )


def default_changed(place: str, old: Any, new: Any) -> Finding:
    """Another default."""
    before, after = (json.dumps(value, ensure_ascii=False) for value in (old, new))
    return found(
        place,
        Change.DEFAULT_CHANGED,
        (),
        f"changed its default from {before} to {after}",
        f"默认值由 {before} 改为 {after}",
        caution="records written without it are read with the new value, so a replay may decide otherwise",
        zh="缺少该字段的记录将按新值读取，重放结果可能不同",
    )


def default_unfit(place: str) -> Finding:
    """A default that is not of the union's first branch: no valid Avro."""
    return found(
        place,
        Change.DEFAULT_UNFIT,
        BOTH,
        "has a default that does not fit the first type of its union, which is no valid Avro",
        "默认值与联合类型的首个分支不符，不是合法的 Avro",
    )


def branch_added(place: str, branch: str, breaks: tuple[Side, ...]) -> Finding:
    """One more type in a union."""
    return found(place, Change.BRANCH_ADDED, breaks, f"may now also be {branch}", f"新增可选类型 {branch}")


def branch_removed(place: str, branch: str, breaks: tuple[Side, ...]) -> Finding:
    """One type less in a union."""
    return found(place, Change.BRANCH_REMOVED, breaks, f"may no longer be {branch}", f"不再允许类型 {branch}")


def branches_reordered(place: str) -> Finding:
    """The same types in another order; the writer's order travels with the schema."""
    return found(place, Change.BRANCHES_REORDERED, (), "lists its types in another order", "联合类型顺序改变")


def symbol_added(place: str, symbol: str, breaks: tuple[Side, ...]) -> Finding:
    """One more symbol in an enum."""
    return found(place, Change.SYMBOL_ADDED, breaks, f"got the symbol {symbol}", f"枚举新增 {symbol}")


def symbol_removed(place: str, symbol: str, breaks: tuple[Side, ...]) -> Finding:
    """One symbol less in an enum."""
    return found(place, Change.SYMBOL_REMOVED, breaks, f"lost the symbol {symbol}", f"枚举去掉 {symbol}")


def value_added(place: str, value: str) -> Finding:
    """One more value of a closed set that is a string on the wire."""
    return found(
        place,
        Change.VALUE_ADDED,
        (),
        f"may be {value} from now on",
        f"新增取值 {value}",
        caution="workers of earlier releases refuse such records until they are upgraded, so upgrade readers first",
        zh="旧版读者升级前会拒收这样的记录，须先升级读者",
    )


def value_removed(place: str, value: str) -> Finding:
    """One value less of a closed set that is a string on the wire: Avro reads on, the model refuses."""
    return found(place, Change.VALUE_REMOVED, NEW, f"may not be {value} any more", f"不再允许取值 {value}")


def size_changed(place: str, old: int, new: int) -> Finding:
    """Another number of bytes."""
    return found(
        place, Change.SIZE_CHANGED, BOTH, f"changed from {old} to {new} bytes", f"长度由 {old} 改为 {new} 字节"
    )


def name_changed(place: str, old: str, new: str) -> Finding:
    """Another full name of a record, enum or fixed type; readers here match it in full."""
    return found(
        place, Change.NAME_CHANGED, BOTH, f"changed its type's name from {old} to {new}", f"类型名由 {old} 改为 {new}"
    )
