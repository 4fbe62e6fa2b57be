"""Which compressed batches this process can read: all that the broker takes, or it does not start."""

from aiokafka.codec import has_gzip, has_lz4, has_snappy, has_zstd

from services.runtime.errors import BrokerRefused

CODECS = {"gzip": has_gzip, "snappy": has_snappy, "lz4": has_lz4, "zstd": has_zstd}
"""Every codec of the record format, and how aiokafka tells that it has it."""


def refuse_missing_codecs() -> None:
    """Raise `BrokerRefused`, naming the codecs, when a batch that the broker takes could not be read here.

    Without this a worker would start and meet the first such batch later, with everything behind it.
    """
    missing = [name for name, is_here in CODECS.items() if not is_here()]
    if missing:
        raise BrokerRefused(
            f"本进程无法读取以 {'、'.join(missing)} 压缩的记录，请安装 cramjam 包。",
            f"This process cannot read records compressed with {', '.join(missing)}: install the package cramjam.",
        )
