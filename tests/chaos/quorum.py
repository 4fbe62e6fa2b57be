"""Which broker is the active controller, by the brokers' own files.

KRaft tells ordinary clients any broker as the controller, and who asks for the quorum (KIP-595) needs a login where one is asked
for. But each broker writes down whom it follows before it does, on plain brokers and on secure ones.
"""

import json
from pathlib import Path

NO_LEADER = -1


def active_controller(folder: Path) -> int:
    """The leader of the newest epoch that a broker wrote down (`quorum-state`); `NO_LEADER` where none has, or votes just now.

    `folder`: that of the brokers' folders. The file of a broker that is away, or frozen, names an older epoch than the others'.
    """
    states = [json.loads(path.read_text()) for path in folder.glob("broker-*/__cluster_metadata-0/quorum-state")]
    newest = max(states, key=lambda state: (state["leaderEpoch"], state["leaderId"]), default={"leaderId": NO_LEADER})
    return int(newest["leaderId"])
