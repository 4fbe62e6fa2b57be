"""Leaving the group for a process that died, so that nobody waits for its session to end (docs/decisions/0107).

Membership only says who runs which task, and safety rests on fencing alone: a member that was removed though it lives
joins anew, and loses a second.
"""

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, NoError, UnknownMemberIdError, for_code
from aiokafka.protocol.group import LeaveGroupRequest

from services.runtime.settings import MeshSettings

log = structlog.get_logger(__name__)


class FormerMember:
    """The member of a group that the last process of this name was: noted in a file, which an orderly end removes.

    Without a worker's name nothing is noted: nobody could say whose the file is.
    """

    def __init__(self, service: str, settings: MeshSettings) -> None:
        self._service = service
        self._file = settings.work_dir / f"{settings.worker_name}.{service}.member" if settings.worker_name else None

    async def leave(self, admin: AIOKafkaAdminClient, coordinator: int) -> None:
        """Take the one that died out of the group; `coordinator` is the number of the broker that keeps the group.

        Where it cannot be done the group misses it by itself, after the session timeout.
        """
        if self._file is None or not self._file.exists():
            return
        request = LeaveGroupRequest(self._service, self._file.read_text("utf-8"))
        try:
            # aiokafka 0.14 leaves a group only as the member that it is itself.
            answer = await admin._send_request(request, coordinator)  # noqa: SLF001
        except (KafkaError, TimeoutError) as error:
            self._log_that_it_stays(repr(error))
            return
        said = for_code(answer.error_code)
        if said is NoError:
            log.info("left the group for the process that died", service=self._service)
        elif said is not UnknownMemberIdError:
            self._log_that_it_stays(said.__name__)
        self.forget()

    def _log_that_it_stays(self, why: str) -> None:
        log.info("the former member stays until its session ends", service=self._service, error=why)

    def note(self, member_id: str) -> None:
        """Remember which member this process is."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(member_id, "utf-8")

    def forget(self) -> None:
        """Nobody is to leave for this process: it has left by itself."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)
