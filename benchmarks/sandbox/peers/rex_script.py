"""Runs in SWE-ReX's own virtual environment: each line on stdin times one command.

    python rex_script.py IMAGE [ARGUMENT OF docker run …]

Answers one JSON object a line: {"start_ms": …} once, then {"ms": …} for every line.
"""

import asyncio
import json
import os
import sys
import time

from swerex.deployment.docker import DockerDeployment
from swerex.runtime.abstract import Command

# Its logger writes to stdout too.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


async def main() -> None:
    image, *arguments = sys.argv[1:]
    deployment = DockerDeployment(image=image, pull="never", docker_args=arguments)
    begun = time.perf_counter()
    await deployment.start()
    try:
        answer(start_ms=(time.perf_counter() - begun) * 1000)
        for _ in sys.stdin:
            begun = time.perf_counter()
            done = await deployment.runtime.execute(Command(command=["/bin/true"]))
            answer(ms=(time.perf_counter() - begun) * 1000, exit_code=done.exit_code)
    finally:
        await deployment.stop()


def answer(**values: float | None) -> None:
    print(json.dumps(values), file=ANSWERS, flush=True)


asyncio.run(main())
