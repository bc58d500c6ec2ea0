"""The process inside of a sandbox that starts commands and says what became of them.

Standard library only, never imports ours: `wire.runner_source` joins the files of this folder into
one text. It should be process 1 of its own pid namespace, for then ``kill(-1, SIGKILL)`` reaches
everything else there.

Frames on stdin and stdout: a length of 4 bytes (big endian), then JSON; binary is base64.

    {"op": "base", "id": …} {"items": […]}        keep a read-only tree that runs start from
    {"op": "run", "items": […], "argv": […], …}   lay items over the workspace, run, report, mend

An item is ``[path, mode, content]``: a git mode, 0 to remove. Each line above gets one answer. A
runner that has a base sends ``{"clean": …}`` when it has mended its workspace. The end of stdin ends the process. argv[1] is a JSON object of settings, see `main.Settings`.
"""
