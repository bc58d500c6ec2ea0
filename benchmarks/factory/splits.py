"""The libraries that faults are planted in: one for developing against, or for reports, never both.

All pure Python with their tests in the sdist, and a suite that takes seconds.
"""

from benchmarks.libraries import Library
from service.demo.releases import Release

DEV = (
    Library(
        Release(
            "tabulate", "0.10.0", "e2cfde8f79420f6deeffdeda9aaec3b6bc5abce947655d17ac662b126e48a60d"
        )
    ),
    Library(
        Release(
            "semver", "3.1.1", "149b26cabada6f63212f97e94505d21578cb1d280cf714827f328d5e70765fea"
        )
    ),
    Library(
        Release(
            "munch", "4.0.0", "542cb151461263216a4e37c3fd9afc425feeaf38aaa3025cd2a981fadb422235"
        )
    ),
    Library(
        Release(
            "cssselect", "1.6.0", "8c83a7139e97b93aa5ebdc0f46e785f7056a08a8bf201e597a6a2629d7eb11db"
        )
    ),
    Library(
        Release(
            "glom", "25.12.0", "1ae7da88be3693df40ad27bdf57a765a55c075c86c971bcddd67927403eb0069"
        )
    ),
)
REPORT = (
    Library(
        Release(
            "cachetools",
            "8.0.1",
            "deb1d376d4d28c2f33f3e3058043b005e0af75c35c094bd54053e27d2906ad95",
        )
    ),
    Library(
        Release(
            "schema", "0.7.8", "e86cc08edd6fe6e2522648f4e47e3a31920a76e82cce8937535422e310862ab5"
        )
    ),
    Library(
        Release(
            "anytree", "2.13.0", "c9d3aa6825fdd06af7ebb05b4ef291d2db63e62bb1f9b7d9b71354be9d362714"
        )
    ),
    Library(
        Release(
            "hyperlink",
            "21.0.0",
            "427af957daa58bc909471c6c40f74c5450fa123dd093fc53efd2e91d2705a56b",
        )
    ),
    Library(
        Release("parsy", "2.2", "e943147644a8cf0d82d1bcb5c5867dd517495254cea3e3eb058b1e421cb7561f")
    ),
)
SPLITS = {"dev": DEV, "report": REPORT}
