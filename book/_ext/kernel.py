"""A kernel that ends with whoever started it.

IPython's own watch begins late, when much has been imported: a kernel whose parent was killed
before that stays behind for good.
"""

from __future__ import annotations

import os
import sys
import threading
import time

EVERY = 0.5  # seconds between looks


def watch(parent: int) -> None:
    """End this process as soon as it has another parent."""
    while os.getppid() == parent:
        time.sleep(EVERY)
    os._exit(1)


if __name__ == "__main__":
    del sys.path[0]  # this folder is no part of what a chapter imports
    started_by = int(os.environ.get("JPY_PARENT_PID") or 0)
    if started_by > 1 and hasattr(os, "getppid"):
        threading.Thread(target=watch, args=(started_by,), daemon=True).start()

    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
