"""Runs the tests that moto has for QuickSight against another server, and prints
for each test which of its assertions do not hold.

    moto_suite.py FOLDER

FOLDER is the folder tests of the source distribution of moto, in a place where it
may be changed. TEST_SERVER_MODE_ENDPOINT is the server. A failed assertion does
not end its test, so that all of them are judged. Each line of the output is JSON:

    {"test": "test_quicksight_users.py::test_x", "asserted": 7, "failed": [2, 5], "error": "…"}

failed has the numbers of the assertions in their order in the test, counted from 1.
error is why a test ended before its end.
"""
import ast
import builtins
import json
import pathlib
import sys

import pytest
from botocore.exceptions import ClientError


class Soft(ast.NodeTransformer):
    """Makes assert statements calls of a function that does not raise."""

    def visit_FunctionDef(self, node):
        self.count = 0
        self.generic_visit(node)
        return node

    def visit_Assert(self, node):
        self.count += 1
        lazy = ast.Lambda(args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]), body=node.test)
        call = ast.Call(func=ast.Name("_soft_assert", ast.Load()), args=[ast.Constant(self.count), lazy], keywords=[])
        return ast.copy_location(ast.Expr(call), node)


class Plugin:
    def __init__(self):
        self.lines = []
        builtins._soft_assert = self.check

    def check(self, number, test):
        self.asserted += 1
        try:
            ok = test()
        except (KeyError, IndexError, TypeError):
            ok = False
        if not ok and number not in self.failed:
            self.failed.append(number)

    def pytest_runtest_setup(self):
        self.asserted, self.failed = 0, []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when != "call":
            if call.excinfo:
                self.lines.append({"test": item.nodeid, "asserted": 0, "failed": [], "error": call.when})
            return report
        error = ""
        if call.excinfo:
            value = call.excinfo.value
            error = value.response["Error"]["Code"] if isinstance(value, ClientError) else type(value).__name__
        self.lines.append({"test": item.nodeid, "asserted": self.asserted, "failed": self.failed, "error": error})
        return report


folder = pathlib.Path(sys.argv[1])
for path in (folder / "test_quicksight").glob("test_*.py"):
    tree = ast.fix_missing_locations(Soft().visit(ast.parse(path.read_text())))
    path.write_text(ast.unparse(tree))
plugin = Plugin()
pytest.main(["-p", "no:cacheprovider", "-p", "no:terminal", f"--rootdir={folder.parent}", str(folder / "test_quicksight")], plugins=[plugin])
for line in plugin.lines:
    print(json.dumps({**line, "test": line["test"].split("test_quicksight/")[-1]}))
