"""``python -m service.openapi``: the API's description, as it is committed in docs/openapi.json."""

import json
import sys

from service.app import create_app
from service.config import Settings


def document() -> str:
    """JSON with sorted keys, so that a change shows as a small difference."""
    app = create_app(Settings())
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
