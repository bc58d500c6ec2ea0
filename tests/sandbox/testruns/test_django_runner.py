"""Django's runner, for real, on bubblewrap, with a Django from the package index."""

from dataclasses import replace

import pytest

from sandbox.protocol import EnvironmentSpec
from sandbox.testruns import DjangoRunner, django_itself, merge
from tests.sandbox.testruns.projects import Place

SETTINGS = {
    "settings.py": """
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        INSTALLED_APPS = ["shop", "stock"]
        SECRET_KEY = "of a test"
        USE_TZ = True
        """,
}
SHOP = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Item(models.Model):
            name = models.CharField(max_length=10)
        """,
    "shop/tests.py": """
        from django.test import SimpleTestCase, TestCase
        from shop.models import Item

        class ItemTest(TestCase):
            @classmethod
            def setUpTestData(cls): Item.objects.create(name="a")
            def test_pass(self): self.assertEqual(Item.objects.count(), 1)
            def test_fail(self): self.assertEqual(Item.objects.count(), 2)
            def test_error(self): Item.objects.get(name="b")
            def test_documented(self):
                '''Says what it does
                in more lines than one.'''
            def test_subtests(self):
                for n in range(2):
                    with self.subTest(n=n): self.assertEqual(n, 0)

        class BadData(TestCase):
            @classmethod
            def setUpTestData(cls): raise OSError("data")
            def test_one(self): pass
        """,
    "stock/__init__.py": "",
    "stock/models.py": "",
    "stock/tests.py": """
        from django.test import SimpleTestCase
        class StockTest(SimpleTestCase):
            def test_pass(self): pass
        """,
}
PROJECT = SETTINGS | SHOP
DJANGO = DjangoRunner(settings="settings")
WHOLE = {
    "shop.tests.ItemTest.test_pass": "passed",
    "shop.tests.ItemTest.test_fail": "failed",
    "shop.tests.ItemTest.test_error": "error",
    "shop.tests.ItemTest.test_documented": "passed",
    "shop.tests.ItemTest.test_subtests": "failed",
    "shop.tests.BadData.test_one": "error",
    "stock.tests.StockTest.test_pass": "passed",
}


@pytest.fixture
def django(place: Place) -> Place:
    prepared = place.subject.sandbox.prepare(EnvironmentSpec(requirements=("django",)))
    return replace(place, environment=prepared)


def test_a_project_s_tests_have_their_statuses(django: Place) -> None:
    report = django.run(PROJECT, DJANGO)
    assert report.status == WHOLE
    assert report.finished
    assert report.errors["shop.tests.ItemTest.test_error"] == "DoesNotExist"


def test_tests_are_asked_for_by_label_by_what_is_printed_or_by_their_docstring(
    django: Place,
) -> None:
    asked = ["shop.tests.ItemTest.test_pass", "test_fail (shop.tests.ItemTest)"]
    assert list(django.run(PROJECT, DJANGO, asked).status.values()) == ["passed", "failed"]
    titled = [*asked, "Says what it does", "Says nothing"]
    runner = replace(DJANGO, labels=("shop.tests",))
    told = dict(zip(titled, ("passed", "failed", "passed", "missing"), strict=True))
    assert django.run(PROJECT, runner, titled).status == told


def test_a_label_that_is_gone_is_no_pass_and_hinders_no_other(django: Place) -> None:
    asked = ["stock.tests.StockTest.test_pass", "stock.tests.StockTest.test_gone"]
    report = django.run(PROJECT, DJANGO, asked)
    assert report.not_passed(asked) == ("stock.tests.StockTest.test_gone",)


def test_shards_make_the_whole(django: Place) -> None:
    parts = [django.run(PROJECT, DJANGO, shard=(index, 2)) for index in range(2)]
    assert merge(parts).status == WHOLE
    assert sum(len(part.status) for part in parts) == len(WHOLE)


def test_a_manage_script_runs_its_project(django: Place) -> None:
    manage = """
        import os, sys
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        from django.core.management import execute_from_command_line
        if __name__ == "__main__":
            execute_from_command_line(sys.argv)
        """
    files = PROJECT | {"manage.py": manage}
    asked = ["stock.tests.StockTest.test_pass"]
    runner = DjangoRunner(script="manage.py")
    assert django.run(files, runner, asked).status == {asked[0]: "passed"}


RUNTESTS = """
    import argparse, os, sys
    import django
    from django.conf import settings
    from django.test.utils import get_runner

    def django_tests(options):
        os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
        settings.INSTALLED_APPS = ["shop", "stock"]
        django.setup()
        runner = get_runner(settings)(
            verbosity=1, interactive=options.interactive, parallel=options.parallel
        )
        return runner.run_tests(options.modules or ["shop", "stock"])

    if __name__ == "__main__":
        parser = argparse.ArgumentParser()
        parser.add_argument("modules", nargs="*")
        parser.add_argument("--settings")
        parser.add_argument("--noinput", action="store_false", dest="interactive")
        parser.add_argument("--parallel", type=int)
        sys.exit(bool(django_tests(parser.parse_args())))
    """


def test_the_layout_of_django_s_own_repository_is_run_by_its_script(django: Place) -> None:
    files = {
        **{f"tests/{path}": text for path, text in SHOP.items()},
        "tests/test_sqlite.py": SETTINGS["settings.py"],
        "tests/runtests.py": RUNTESTS,
    }
    runner = django_itself(labels=("shop", "stock"))
    assert django.run(files, runner).status == WHOLE
    asked = ["test_pass (stock.tests.StockTest)", "test_one (shop.tests.BadData.test_one)"]
    told = dict(zip(asked, ("passed", "error"), strict=True))
    assert django.run(files, runner, asked).status == told


def test_a_project_that_cannot_start_has_no_passes(django: Place) -> None:
    asked = ["stock.tests.StockTest.test_pass"]
    report = django.run(PROJECT | {"settings.py": "raise OSError\n"}, DJANGO, asked)
    assert report.status == {asked[0]: "missing"}
    assert not report.finished
