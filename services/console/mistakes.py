"""What goes wrong at the command line, in one sentence: the mesh's own errors, and those of files, ports and settings.

Each is said twice on one line, in Chinese and then in English. Errors that are none of these are bugs, and keep their traceback.
"""

import errno
from collections.abc import Iterator

from aiokafka.errors import KafkaError
from pydantic import ValidationError

from services.runtime.errors import MeshError, ToldToPeople

_OS_ZH = {
    errno.ENOENT: "没有此文件或文件夹",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有操作权限",
    errno.EEXIST: "已有同名文件",
    errno.ENOTDIR: "不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘不可写入",
    errno.EADDRINUSE: "端口已被占用",
}
"""What the system refuses, in words (Chinese)."""


def sentence(error: BaseException) -> str | None:
    """Say what went wrong; None for an error that is nobody's mistake but ours."""
    told = [_told(leaf) for leaf in _leaves(error)]
    return told[0] if told and all(told) else None


def _leaves(error: BaseException) -> Iterator[BaseException]:
    """What is in a group was raised by things done side by side; one of it stands for all."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _leaves(part)
    else:
        yield error


def _told(error: BaseException) -> str | None:
    if isinstance(error, ToldToPeople):
        return error.told
    if isinstance(error, MeshError):  # a task that must restart: a worker does so by itself, nobody is to do anything
        return str(error)
    if isinstance(error, OSError) and error.errno != errno.EPIPE:  # a reader that went away is click's to handle
        where = f"{error.filename}: " if error.filename else ""
        what = error.strerror or str(error) or type(error).__name__
        return f"{_OS_ZH.get(error.errno or 0, '操作系统不允许')}。 {where}{what}."
    if isinstance(error, KafkaError):
        return (
            "询问 Kafka 时出错，请先看 `shebao status`，再试一次。"
            f" The broker failed while it was asked ({error}): see `shebao status`, then try again."
        )
    if isinstance(error, ValidationError) and error.title.endswith("Settings"):
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = f"{error.title} {'.'.join(map(str, first['loc']))}"
        return f"{name} 的值不正确。 {name}: {first['msg']}."
    return None
