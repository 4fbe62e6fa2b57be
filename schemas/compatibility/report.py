"""All contracts checked against every version that is kept, with whom each break hits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.avro import AvroSchema
from schemas.avro.closed_values import ClosedValues
from schemas.avro.versions import Versions
from schemas.compatibility.comparison import compare, compare_values
from schemas.compatibility.findings import Finding, Weight
from schemas.topics import Topic

WEIGHTS_ZH: Mapping[Weight, str] = {Weight.BREAKS: "不兼容", Weight.CAUTION: "须留意", Weight.SAFE: "兼容"}
"""What people call each weight."""


@dataclass(frozen=True, slots=True)
class ContractFinding:
    """A finding of one contract against one kept version, and the consumers of its topics; finding None = withdrawn."""

    contract: str
    version: int
    finding: Finding | None
    consumers: tuple[str, ...]

    @property
    def weight(self) -> Weight:
        """How serious it is; withdrawing a contract whose records are kept always breaks."""
        return Weight.BREAKS if self.finding is None else self.finding.weight

    def english(self) -> str:
        """One line for people."""
        if self.finding is None:
            return f"{self.contract} v{self.version} is kept, but no topic carries it any more: its records could not be read."
        hits = f"; hits {', '.join(self.consumers)}" if self.consumers and self.finding.breaks else ""
        return f"{self.contract}, against v{self.version}: {self.finding.english}{hits}."

    def chinese(self) -> str:
        """The same in Chinese."""
        if self.finding is None:
            return f"{self.contract} 第 {self.version} 版仍保留，但已没有主题使用它：其记录将无法读取。"
        hits = f"；影响：{'、'.join(self.consumers)}" if self.consumers and self.finding.breaks else ""
        return f"{self.contract}（对照第 {self.version} 版）：{self.finding.chinese}{hits}。"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, in the order of the inventory."""

    contracts: int
    compared: int
    """How many kept versions the contracts were compared with; 0 = this report says nothing."""
    new: tuple[str, ...]
    """Contracts of which no version is kept, so that nothing can break."""
    findings: tuple[ContractFinding, ...]

    @property
    def breaking(self) -> tuple[ContractFinding, ...]:
        """The findings that forbid the change."""
        return tuple(finding for finding in self.findings if finding.weight is Weight.BREAKS)

    @property
    def is_compatible(self) -> bool:
        """Tell whether everything may be registered."""
        return not self.breaking

    def lines(self) -> Iterator[str]:
        """Give the report for people, breaks first, each in Chinese and then in English."""
        for weight in Weight:
            for finding in self.findings:
                if finding.weight is weight:
                    yield f"【{WEIGHTS_ZH[weight]}】{finding.chinese()}"
                    yield f"    [{weight}] {finding.english()}"
        if self.new:
            yield f"【{WEIGHTS_ZH[Weight.SAFE]}】{'、'.join(self.new)} 尚未保留任何版本。"
            yield f"    [{Weight.SAFE}] no version is kept yet of {', '.join(self.new)}."
        breaking = len(self.breaking)
        verdict_zh = "全部兼容" if self.is_compatible else f"有 {breaking} 处改动不得作出"
        verdict = "compatible" if self.is_compatible else f"{breaking} change(s) that may not be made"
        yield (
            f"已将 {self.contracts} 个数据契约与保留的 {self.compared} 个版本比对：{verdict_zh}。"
            f" {self.contracts} contracts compared with {self.compared} kept versions: {verdict}."
        )


def check_all(
    kept: Mapping[str, Versions],
    current: Mapping[str, AvroSchema],
    topics_of: Mapping[str, tuple[Topic, ...]],
    values: tuple[Mapping[str, ClosedValues], Mapping[str, ClosedValues]] = ({}, {}),
) -> Report:
    """Compare each current schema with every kept version of its contract (FULL_TRANSITIVE).

    `kept`: versions that records or upstream systems may hold, by contract: those in git, or those a registry answers.
    `topics_of` tells whom a break hits. `values`: closed sets of texts by contract, those kept and those of the models.
    """
    findings: list[ContractFinding] = []
    for name, schema in current.items():
        hit = tuple(dict.fromkeys(consumer for topic in topics_of.get(name, ()) for consumer in topic.consumers))
        for number, version in sorted(kept.get(name, {}).items()):
            findings += [ContractFinding(name, number, finding, hit) for finding in compare(version, schema)]
        of_values = compare_values(values[0].get(name, {}), values[1].get(name, {}))
        findings += [ContractFinding(name, max(kept.get(name, {1: {}})), finding, hit) for finding in of_values]
    for name, versions in kept.items():
        if name not in current:
            findings += [ContractFinding(name, number, None, ()) for number in sorted(versions)]
    compared = sum(len(kept.get(name, {})) for name in current)
    return Report(len(current), compared, tuple(name for name in current if not kept.get(name)), tuple(findings))
