"""The list of mutants fits the code. What becomes of them, `make mutants` says."""

import ast
from collections import Counter

from mutants import ROOT, listed, picked

MUTANTS = [*listed(), *picked()]


def test_each_mutant_changes_its_file_and_names_tests_that_exist() -> None:
    assert len(MUTANTS) > 50
    names = Counter(mutant.name for mutant in MUTANTS)
    assert [name for name, times in names.items() if times > 1] == []
    for mutant in MUTANTS:
        source = (ROOT / mutant.file).read_text()
        changed = ast.dump(ast.parse(mutant.applied(source)))  # it is still Python
        assert changed != ast.dump(ast.parse(source)), mutant.name
        assert mutant.tests
        assert [path for path in mutant.tests if not (ROOT / path).exists()] == []


def test_an_argument_for_a_survivor_is_more_than_a_word() -> None:
    assert all(len(mutant.survives.split()) > 5 for mutant in MUTANTS if mutant.survives)
