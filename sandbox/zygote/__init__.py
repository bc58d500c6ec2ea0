"""The fork server of a sandbox: an interpreter with an environment's modules already imported.

Standard library only, never imports ours: `wire.zygote_source` joins the files of this folder into
one text, run as ``python -c TEXT SETTINGS`` by the environment's own Python (3.8 or newer), in a
user and with an environment of its own, without a PYTHONPATH. Each run is a fork that behaves as a
cold ``python`` would, or is declined.

Frames on the socket whose number is ``SETTINGS["socket"]``: a length of 4 bytes (big endian),
then JSON. Every frame is answered by one; the end of the socket ends the process. The first is:

    {"op": "preload", "modules": […]} → {"loaded": n, "skipped": […], "modules": n, "unsafe": why}
    {"op": "fork", "argv": […], "env": {…}, "cwd": …, "uid": …, "limits": [[number, soft, hard], …]}
        with stdin, stdout and stderr as descriptors → {"pid": n} or {"cold": why}

A fork is no child of this process: whoever reaps orphans reaps it, and it starts its work only
after its pid was sent. What is preloaded is *hidden*: to a fork, `sys.modules` looks as in a cold
process. An import takes the hidden module, and all that its import had loaded, only if a cold
import would find the same files now; else it imports them anew.

The parts make up one namespace, in which each name is bound once: what changes is an attribute.
"""
