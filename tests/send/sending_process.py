"""A process that sends one issue, to be killed.

`python sending_process.py DATABASE_URL WORKSPACE PORT ISSUE CONNECTIONS`
"""

from __future__ import annotations

import sys
from pathlib import Path

from newsletter.clock import Clock
from newsletter.model.issue import IssueId
from newsletter.send import ledger
from newsletter.settings import Settings, Smtp
from newsletter.store.opening import open_store
from newsletter.workflows.deliver import send_or_follow

if __name__ == "__main__":
    ledger.PATIENCE = 5.0  # a full disk of a test stays full
    url, workspace, port, issue, connections = sys.argv[1:]
    server = Smtp(host="127.0.0.1", port=int(port), starttls="never", connections=int(connections), timeout=10.0)
    settings = Settings(
        workspace=Path(workspace),
        base_url="https://news.example.org",
        secret_keys=("a long random text for the tests",),
        smtp=(server,),
    )
    print(send_or_follow(open_store(url), settings, Clock(), IssueId(int(issue))))
