import pytest
from portal.services import audit

@pytest.mark.both_databases
def test_it(context, cast, person):
    print(len(cast), sorted(cast))
    assert audit.verify()[1] is None
